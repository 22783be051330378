// Votes: what is open stays open while others' votes come in, and a seat's link is copied with one press.
(() => {
  "use strict";

  document.addEventListener("htmx:before:morph:attr", (event) => {
    if (event.target.matches("details") && event.detail.attrName === "open") event.preventDefault();
  });

  // <button data-copies="id of the box">. The box stays there to be copied by hand.
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
