// Copies what stands in a box: <button data-copies="id of the box">. The box stays there to be copied by hand.
(() => {
  "use strict";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    const box = button && document.getElementById(button.dataset.copies);
    if (!box) return;
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
    }
  });
})();
