// Votes: what is open stays open while others' votes come in.
(() => {
  "use strict";

  document.addEventListener("htmx:before:morph:attr", (event) => {
    if (event.target.matches("details") && event.detail.attrName === "open") event.preventDefault();
  });
})();
