// Helps on the month's page, which works without them: keys that move between boxes, a pasted block, new rows, and sums as they grow.
(() => {
  "use strict";

  const form = document.getElementById("month");
  const body = document.getElementById("month-rows");
  const total = form.elements["rows-TOTAL_FORMS"];

  const boxes = (row) => [...row.querySelectorAll('input[type="text"]')];
  const whole = (text) => (/^\d{1,3}(,\d{3})+$|^\d+$/.test(text.trim()) ? Number(text.replaceAll(",", "")) : null);

  // A row more, before the two places without a ZIP.
  function add() {
    const number = Number(total.value);
    const holder = document.createElement("tbody");
    holder.innerHTML = document.getElementById("month-blank").innerHTML.replaceAll("__prefix__", String(number)).replaceAll("row new", `row ${number + 1}`);
    const row = holder.firstElementChild;
    const fixed = [...body.rows].find((each) => ["unknown", "outside"].includes(each.querySelector('[name$="-place"]').value));
    body.insertBefore(row, fixed || null);
    total.value = String(number + 1);
    return row;
  }

  function go(box) {
    if (!box) return;
    box.focus();
    box.select();
  }

  // The same column of the row above or below; a row that has no such box gives its last one.
  function beside(box, step) {
    const row = box.closest("tr");
    const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!next) return null;
    const from = boxes(row);
    const to = boxes(next);
    return from.indexOf(box) === from.length - 1 ? to.at(-1) : to[0];
  }

  // Where Enter goes on: from a ZIP to its total, from a total to the next row that waits for something.
  function onward(box) {
    const row = box.closest("tr");
    const own = boxes(row);
    if (box !== own.at(-1)) return own.at(-1);
    const next = row.nextElementSibling;
    const fixed = next && boxes(next).length === 1 && !next.dataset.already && boxes(row).length === 2;
    if (fixed && row.querySelector('[name$="-zip_code"]').value) return boxes(add())[0];
    if (!next) return null;
    return boxes(next).find((each) => !each.value) || boxes(next).at(-1);
  }

  body.addEventListener("keydown", (event) => {
    if (event.target.type !== "text" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const next = event.shiftKey ? beside(event.target, -1) : onward(event.target);
      if (next) go(next);
      else if (!event.shiftKey) form.querySelector(".form-buttons button").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(beside(event.target, event.key === "ArrowDown" ? 1 : -1));
    }
  });

  // A block of cells goes where all pasting goes: to the box below, which the server reads.
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (event.target.type !== "text" || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    document.getElementById("pasted").value = text;
    document.getElementById("month-paste").click();
  });

  document.getElementById("month-more").addEventListener("click", (event) => {
    event.preventDefault();
    const first = add();
    for (let more = 0; more < 3; more += 1) add();
    go(boxes(first)[0]);
  });

  function sums() {
    const chosen = form.querySelector('input[name="how"]:checked');
    let all = 0;
    for (const row of body.rows) {
      const typed = whole(row.querySelector('[name$="-kits"]').value);
      all += typed ?? 0;
      if (!row.dataset.already) continue;
      const already = Number(row.dataset.already);
      const how = row.querySelector('[name$="-how"]').value || (chosen ? chosen.value : "");
      const after = how === "add" ? `+ ${already.toLocaleString("en-US")} = ${(already + (typed ?? 0)).toLocaleString("en-US")}` : `instead of ${already.toLocaleString("en-US")}`;
      row.querySelector("output").textContent = typed === null || !how ? "" : after;
    }
    document.getElementById("month-sum").textContent = all.toLocaleString("en-US");
  }
  form.addEventListener("input", sums);
  form.addEventListener("change", sums);
  sums();
})();
