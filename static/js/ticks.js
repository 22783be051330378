// Ticking many rows (`data-ticks` names their boxes): all at once without loading the page anew, and how many there are.
(() => {
  "use strict";

  const form = document.querySelector("form[data-ticks]");
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[type="checkbox"]')].filter((box) => box.name === (form.dataset.ticks || "step"));
  const place = form.querySelector("[data-tick-count]");
  const all = form.querySelector("[data-tick-all]");

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    place.textContent = ticked ? `${ticked} ticked` : "";
    if (all) all.textContent = ticked === boxes.length ? "Tick none" : "Tick all on this page";
  };
  form.addEventListener("change", count);
  all?.addEventListener("click", (event) => {
    event.preventDefault();
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    count();
  });
  count();
})();
