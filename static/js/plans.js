// The plan's page and the guided path: what others do comes in by itself, things move by drag or key, an entry row stays ready.
// Without this script every link leads to a page with a form, and reloading shows what others did.
(() => {
  "use strict";

  const EVERY = 3000; // milliseconds between two looks at what others did
  const FIELDS = "input:not([type=hidden]), textarea, select, [contenteditable]";
  const find = (selector, within = document) => within.querySelector(selector);
  const live = () => document.getElementById("live");
  if (!live()) return;
  const stage = () => (live().dataset.stage ? `?stage=${live().dataset.stage}` : "");
  const whole = { target: "#live", select: "#live", swap: "outerMorph" };
  let busy = 0; // requests and drags under way

  // ------------------------------------------------------------------ forms in their place
  // A tool's link opens its form where the step or barrier stands; "More" opens the less used tools below.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#live .tools > a.quiet:not([hx-get])");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!("more" in link.dataset)) {
      htmx.ajax("GET", link.href, { source: link, target: link.closest(".step, .item"), swap: "outerHTML" });
      return;
    }
    const open = find(":scope > .tools--more", link.closest(".step"));
    link.setAttribute("aria-expanded", open ? "false" : "true");
    if (open) open.remove();
    else htmx.ajax("GET", `${link.pathname}more/${stage()}`, { source: link, target: link.closest(".step"), swap: "beforeend" });
  });

  // Before the page's lists are replaced: keep tools that are open, and a form whose step somebody else removed.
  document.addEventListener("htmx:before:swap", (event) => {
    for (const task of event.detail.tasks ?? []) {
      const fresh = task.fragment?.querySelector?.("#live");
      if (!fresh) continue;
      for (const tools of document.querySelectorAll("#live .tools--more")) {
        fresh.querySelector(`#${tools.parentElement.id}`)?.append(tools.cloneNode(true));
      }
      for (const slot of document.querySelectorAll("#live .slot")) {
        if (!fresh.querySelector(`#${slot.id}`)) rescue(slot);
      }
    }
  });
  const rescue = (slot) => {
    const note = document.createElement("p");
    note.className = "slot__gone";
    note.textContent = "Somebody removed this meanwhile. What you typed is still here: copy it, or undo the removal.";
    slot.prepend(note);
    live().before(slot);
  };
  document.addEventListener("htmx:before:morph:attr", (event) => {
    if (event.target.matches("details") && event.detail.attrName === "open") event.preventDefault();
    if (event.detail.attrName === "aria-expanded") event.preventDefault();
  });

  document.addEventListener("htmx:before:request", () => {
    busy += 1;
  });
  document.addEventListener("htmx:finally:request", () => {
    busy = Math.max(0, busy - 1);
  });

  // ------------------------------------------------------------------ the entry row: Enter, and it is ready for the next
  // Lines go one after the other, each as it was when Enter was pressed, while the next is typed.
  let lines = Promise.resolve();
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("form[data-entry]");
      if (!form) return;
      event.preventDefault();
      const first = find(FIELDS, form);
      if (!first.value.trim()) return;
      const typed = inRow(form);
      const body = new FormData(form);
      form.reset();
      first.focus();
      lines = lines.then(() => sendLine(form, body, typed));
    },
    true,
  );
  const sendLine = async (form, body, typed) => {
    busy += 1;
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (answer.status === 422) {
        await askAgain(form, typed, text);
      } else if (answer.ok) {
        await htmx.swap({ text, sourceElement: live(), selectOOB: "#messages", ...whole });
      } else {
        giveBack(form, typed, "htmx:response:error", { response: answer });
      }
    } catch {
      giveBack(form, typed, "htmx:error", {});
    } finally {
      busy -= 1;
    }
  };
  // A line that was not understood takes the place of the row until it is put right.
  const askAgain = async (form, typed, text) => {
    if (!form.isConnected) {
      held.push(typed);
      return;
    }
    if (find(FIELDS, form).value) held.push(inRow(form));
    document.activeElement.blur(); // keys pressed now go into no field of what comes
    await htmx.swap({ text, sourceElement: live(), target: form.parentElement, select: ".slot", swap: "innerHTML" });
  };
  // What could not be sent is in the row again, or comes after what is being typed; portal.js says why.
  const giveBack = (form, typed, name, ctx) => {
    if (form.isConnected && !find(FIELDS, form).value) fill(form, typed);
    else held.push(typed);
    (form.isConnected ? form : live()).dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { ctx } }));
  };
  const held = []; // lines that wait for the row
  const inRow = (form) => [...form.elements].filter((field) => field.type !== "hidden").map((field) => [field, field.value, field.checked]);
  const fill = (form, typed) => {
    for (const [was, value, checked] of typed) {
      const same = (field) => field.name === was.name && field.type === was.type && (!was.matches("[type=checkbox]") || field.value === value);
      const field = [...form.elements].find(same);
      if (!field) continue;
      if (field.type === "checkbox") field.checked = checked;
      else field.value = value;
    }
  };
  document.addEventListener("htmx:after:swap", () => {
    const form = held.length && find("form[data-entry]");
    if (form && !find(FIELDS, form).value) fill(form, held.shift());
  });

  // ------------------------------------------------------------------ what others do
  let failed = 0;
  const tell = (words) => {
    const said = document.getElementById("said");
    if (said && said.textContent !== words) said.textContent = words;
  };
  const look = async () => {
    if (document.hidden || busy) return;
    const { changes, state, stage: at = "" } = live().dataset;
    let answer;
    try {
      answer = await fetch(`${changes}?since=${state}&stage=${at}`, { headers: { "HX-Request": "true" } });
    } catch {
      failed += 1;
      if (failed === 2) tell("No connection. What others do shows again once it is back.");
      return;
    }
    if (answer.status === 401) {
      rest();
      tell("You were signed out. Sign in again in another tab, then go on here.");
      failed = 2;
      return;
    }
    if (failed > 1) tell("");
    failed = 0;
    if ([403, 404].includes(answer.status)) {
      rest();
      tell("This page no longer follows what others do. Reload it.");
      return;
    }
    timer ??= setInterval(look, EVERY);
    if (answer.status !== 200) return;
    const text = await answer.text();
    if (busy || live().dataset.state !== state) return; // meanwhile this person did something: the next look is soon
    await htmx.swap({ text, sourceElement: live(), selectOOB: "#plan-title", ...whole });
  };
  let timer = setInterval(look, EVERY);
  const rest = () => {
    clearInterval(timer);
    timer = null; // coming back to the page looks once more
  };
  document.addEventListener("visibilitychange", look);

  // ------------------------------------------------------------------ moving
  const movable = (element) => element?.closest?.("#steps .step:has(> .tools > [data-more]), .items > li > .item[data-move]");
  const isStep = (element) => element.matches(".step");
  const moveUrl = (element) =>
    (isStep(element) ? `${find(".step__title a", element).pathname}move/` : element.dataset.move) + stage();
  const place = (element) => element.closest("li");
  const title = (element) => find(".step__title a, .item__title strong", element).textContent.trim();

  const move = async (element, values) => {
    const { id } = element;
    const focused = element.contains(document.activeElement);
    const at = [...element.querySelectorAll("a, button, input")].indexOf(document.activeElement);
    await htmx.ajax("POST", moveUrl(element), { source: element, values, selectOOB: "#messages", ...whole });
    const moved = document.getElementById(id);
    if (!moved) return;
    if (focused && !moved.contains(document.activeElement)) moved.querySelectorAll("a, button, input")[Math.max(at, 0)]?.focus();
    document.getElementById("moved").textContent = whereIs(moved);
    if (focused) moved.scrollIntoView({ block: "nearest" });
  };
  const whereIs = (element) => {
    const all = [...place(element).parentElement.children].map((item) => find(".step, .item", item)).filter(Boolean);
    const at = all.indexOf(element);
    const behind = at ? `after “${title(all[at - 1])}”` : "first";
    const number = isStep(element) ? `${find(".step__number", element).textContent.trim()}, ` : "";
    return `“${title(element)}” is now ${number}${behind}.`;
  };

  const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
  let waiting = Promise.resolve(); // one move after the other, however fast the keys
  document.addEventListener("keydown", (event) => {
    const inField = event.target.closest(FIELDS);
    const element = movable(event.target);
    if (!event.altKey || event.ctrlKey || event.metaKey || !KEYS[event.key] || !element || inField) return;
    if (!isStep(element) && /Left|Right/.test(event.key)) return;
    event.preventDefault();
    const { id } = element;
    waiting = waiting.then(() => {
      const now = document.getElementById(id);
      return now && move(now, { to: KEYS[event.key] });
    });
  });

  // ------------------------------------------------------------------ dragging, by the number of a step or the grip of an item
  const INDENT = 24; // pixels of a level, about
  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".step__number, .grip");
    const element = movable(handle);
    if (!element || event.button || !event.isPrimary) return;
    event.preventDefault();
    drag = { element, handle, y: event.clientY, line: null, to: null, pointer: event.pointerId };
    handle.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (!drag.line) {
      if (Math.abs(event.clientY - drag.y) < 5) return;
      busy += 1;
      drag.line = document.body.appendChild(document.createElement("div"));
      drag.line.className = "drop-line";
      place(drag.element).classList.add("dragging");
    }
    if (event.clientY < 60) window.scrollBy(0, -12);
    if (event.clientY > window.innerHeight - 60) window.scrollBy(0, 12);
    drag.to = isStep(drag.element) ? stepGap(event) : itemGap(event);
    drag.line.hidden = !drag.to;
    if (drag.to) {
      drag.line.style.top = `${drag.to.y + window.scrollY}px`;
      drag.line.style.left = `${drag.to.left}px`;
      drag.line.style.width = `${drag.to.right - drag.to.left}px`;
    }
  });
  const letGo = (drop) => {
    if (!drag) return;
    const { element, line, to } = drag;
    drag = null;
    if (!line) return;
    busy -= 1;
    line.remove();
    place(element).classList.remove("dragging");
    if (drop && to) move(element, to.values);
  };
  document.addEventListener("pointerup", () => letGo(true));
  document.addEventListener("pointercancel", () => letGo(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && letGo(false));

  const key = (element) => element.id.replace(/^.*-/, "");
  // The rows that do not move along, in reading order, and the gap between two of them that is nearest to the pointer.
  const gapIn = (selector, y) => {
    const rows = [...document.querySelectorAll(selector)].filter((row) => !place(drag.element).contains(row));
    const boxes = rows.map((row) => row.getBoundingClientRect());
    const below = boxes.findIndex((box) => y < box.top + box.height / 2);
    const at = below < 0 ? rows.length : below;
    const edge = at < boxes.length ? boxes[at].top : boxes.at(-1)?.bottom;
    return { rows, boxes, at, edge };
  };
  const itemGap = (event) => {
    const { rows, boxes, at, edge } = gapIn(`#${place(drag.element).parentElement.id} > li > .item, #${place(drag.element).parentElement.id} > li > .slot`, event.clientY);
    if (!rows.length) return null;
    const [box] = boxes;
    return { y: edge, left: box.left, right: box.right, values: { after: at ? key(rows[at - 1]) : "" } };
  };
  // Between two rows a step can stand at several levels: as deep as a sub-step of the row above, no higher than the row below.
  const stepGap = (event) => {
    const { rows, boxes, at, edge } = gapIn("#steps .step, #steps li > .slot", event.clientY);
    if (!rows.length) return null;
    const level = (row) => (row ? depth(row) : 0);
    const above = rows[at - 1];
    const lowest = above ? level(above) + 1 : 0;
    const highest = level(rows[at]);
    const outer = document.getElementById("steps").getBoundingClientRect();
    const wanted = Math.round((event.clientX - outer.left) / INDENT);
    const to = Math.min(Math.max(wanted, highest), lowest);
    let behind = above;
    while (behind && level(behind) > to) behind = find(":scope > .step, :scope > .slot", place(behind).parentElement.closest("li"));
    const parent = !above || to === 0 ? null : to > level(above) ? above : place(behind).parentElement.closest("li")?.querySelector(":scope > .step, :scope > .slot");
    const after = behind && level(behind) === to ? behind : null;
    return {
      y: edge,
      left: outer.left + to * INDENT,
      right: outer.right,
      values: { parent: parent ? key(parent) : "", after: after ? key(after) : "" },
    };
  };
  const depth = (row) => {
    let level = -1;
    for (let list = row.closest("ol.steps"); list; list = list.parentElement.closest("ol.steps")) level += 1;
    return level;
  };
})();
