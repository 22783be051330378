// Small helps on the counting form, which works without them: + and −, and one answer to "where".
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const box = step.parentElement.querySelector("input");
    const now = /^\d+$/.test(box.value.trim()) ? Number(box.value) : 0;
    box.value = String(Math.max(0, now + Number(step.dataset.step)));
  });

  // A box belongs to its tile: choosing another tile empties it, choosing its own takes the cursor there.
  document.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    const tiles = event.target.closest(".tiles");
    if (!tiles) return;
    for (const box of tiles.querySelectorAll("[data-when-chosen]")) {
      const input = box.querySelector("input");
      if (box.dataset.whenChosen === event.target.value) input.focus();
      else if (input.inputMode === "numeric") input.value = "";
    }
  });
})();
