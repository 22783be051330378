// After a button of a checklist did its work, the box it was in is closed: the keyboard stays at that line.
(() => {
  "use strict";

  let line = "";
  document.addEventListener("submit", (event) => {
    line = event.target.closest(".activity")?.id ?? "";
  });
  document.addEventListener("htmx:after:swap", () => {
    const summary = line && document.getElementById(line)?.querySelector("summary");
    line = "";
    if (summary) summary.focus({ preventScroll: true });
  });
})();
