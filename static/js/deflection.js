// After a button of a checklist did its work, its box closes: the keyboard stays at the line.
(() => {
  "use strict";

  document.addEventListener("htmx:after:swap", () => {
    const closed = document.activeElement?.closest("details.set:not([open])");
    closed?.querySelector("summary").focus();
  });
})();
