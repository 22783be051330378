// Helps on the stock-take, which works without them: − and + from what is expected, one tap for "as expected", Enter to the next lot.
(() => {
  "use strict";

  const form = document.getElementById("take");
  if (!form) return;
  const boxes = [...form.querySelectorAll('.take__boxes input[type="text"]')];
  const progress = form.querySelector("[data-take-progress]");

  form.querySelectorAll("[data-without-script]").forEach((words) => words.remove());

  // What was counted stands out; what is left to count is told.
  function show() {
    for (const box of boxes) {
      const same = box.parentElement.querySelector(".take__same");
      const text = box.value.trim();
      same.setAttribute("aria-pressed", String(text === same.dataset.expected));
      box.closest(".take__lot").classList.toggle("take__lot--counted", text !== "");
    }
    progress.textContent = `${boxes.filter((box) => box.value.trim()).length} of ${boxes.length} lots counted`;
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const box = button.parentElement.querySelector("input");
    const expected = button.parentElement.querySelector(".take__same").dataset.expected;
    const now = /^\d+$/.test(box.value.trim()) ? Number(box.value) : Number(expected);
    box.value = button.dataset.take === "same" ? expected : String(Math.max(0, now + Number(button.dataset.take)));
    show();
  });

  form.addEventListener("keydown", (event) => {
    const at = boxes.indexOf(event.target);
    if (event.key !== "Enter" || at < 0 || event.isComposing) return;
    event.preventDefault();
    const next = boxes[at + 1] || form.querySelector('button[type="submit"]');
    next.focus();
    if (next.select) next.select();
  });

  form.addEventListener("input", show);
  show();
})();
