// "quarterly" as a due date proposes that the step comes again every quarter. A proposal only: it can be seen and changed, and who
// chose for themselves is left alone.
(() => {
  "use strict";

  const proposed = (due) => {
    const words = JSON.parse(due.dataset.comesAgain);
    const found = Object.entries(words).find(([, pattern]) => new RegExp(`\\b(?:${pattern})\\b`, "i").test(due.value));
    return found ? found[0] : "";
  };

  document.addEventListener("change", (event) => {
    const field = event.target;
    const select = field.form?.querySelector("select[name$=repeats]");
    if (!select) return;
    if (field === select) select.dataset.chosen = "";
    if (!("comesAgain" in field.dataset) || "chosen" in select.dataset) return;
    if (select.value !== "" && select.value !== select.dataset.proposed) return;
    const again = proposed(field);
    select.value = again;
    select.dataset.proposed = again;
    if (again) select.closest("details")?.setAttribute("open", "");
  });
})();
