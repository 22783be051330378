// Ctrl+Z takes back what the person did last in the plan. While they type it is the field's own; an entry row just emptied has
// nothing of its own to take back.
(() => {
  "use strict";

  const FIELDS = "input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select, [contenteditable]";
  let typedIn = null;
  document.addEventListener("input", (event) => (typedIn = event.target));
  document.addEventListener("reset", () => (typedIn = null));

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "z") return;
    const field = event.target.closest(FIELDS);
    if (field && (field === typedIn || field.value || !field.closest("form[data-entry]"))) return;
    const button = document.getElementById("undo-button");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
