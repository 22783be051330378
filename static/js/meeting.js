// The meeting view: one key to record, nothing reloads, and what others record comes in by itself. Without this script each form sends the
// page anew. On a meeting's page Alt and an arrow move an item of the agenda.
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    const item = event.target.closest(".agenda__item");
    const to = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!item || !event.altKey || !to) return;
    event.preventDefault();
    item.querySelector(`button[name="to"][value="${to}"]`)?.click();
  });

  const board = () => document.getElementById("board");
  if (!board()) return;
  const EVERY = 3000; // milliseconds between two looks at what others did
  const said = document.getElementById("said");
  const text = document.getElementById("text");
  const name = document.getElementById("name");
  let busy = 0;
  let going = 0; // arrows pressed and not answered yet
  let lines = Promise.resolve(); // one after the other, however fast the keys

  const show = (html) => htmx.swap({ text: html, sourceElement: board(), target: "#board", select: "#board", swap: "outerMorph" });
  const tell = (words) => {
    if (said && said.textContent !== words) said.textContent = words;
  };

  // ------------------------------------------------------------------ saving stays on the page
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("form[data-live]");
      if (!form) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const body = new FormData(form, event.submitter);
      const url = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
      const boxes = [...form.querySelectorAll("input.usa-input")];
      if (boxes.length && !boxes[0].value.trim()) {
        boxes[0].focus();
        return;
      }
      const typed = boxes.map((box) => [box, box.value]);
      for (const box of boxes) box.value = "";
      boxes[0]?.focus();
      narrow();
      const after = going; // the item that the arrow leads to is the one meant
      lines = lines.then(() => {
        if (after && form.id === "record-form") body.set("item", document.querySelector("#board [name=item]")?.value ?? "");
        return save(url, body, typed);
      });
    },
    true,
  );

  // An arrow goes on from what the one before it led to, however fast they come.
  const go = (id) => {
    going += 1;
    lines = lines.then(async () => {
      const button = document.getElementById(id);
      if (button) await save(button.form.getAttribute("action"), new FormData(button.form, button), []);
      going -= 1;
    });
  };

  const save = async (url, body, typed) => {
    busy += 1;
    try {
      const answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true" } });
      const words = await answer.text();
      if (answer.ok) {
        tell("");
        await show(words);
        return;
      }
      giveBack(typed);
      if (answer.status === 422) tell(words);
      else if (answer.status === 401) tell("You were signed out. Sign in again in another tab, then press Enter here again.");
      else if (answer.status === 404) tell("This is no longer here: somebody removed it. Nothing you typed is lost.");
      else tell("This was not saved. Please try again in a moment; nothing you typed is lost.");
    } catch {
      giveBack(typed);
      tell("No answer from the portal, so this is not saved yet. Nothing you typed is lost: press Enter again.");
    } finally {
      busy -= 1;
    }
  };
  // What was not saved is in its boxes again; what is typed there meanwhile comes after it.
  const giveBack = (typed) => {
    for (const [box, value] of typed) box.value = [value, box.value].filter(Boolean).join(" ");
    typed[0]?.[0].focus();
    narrow();
  };

  // ------------------------------------------------------------------ what others record
  const look = async () => {
    if (document.hidden || busy) return;
    const { url, state } = board().dataset;
    try {
      const answer = await fetch(`${url}?since=${state}`, { headers: { "HX-Request": "true" } });
      if (answer.status !== 200) return;
      const words = await answer.text();
      if (!busy && board().dataset.state === state) await show(words);
    } catch {
      // the next look is soon; saving says when there is no connection
    }
  };
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);

  // ------------------------------------------------------------------ who is here: the list narrows to what is typed
  const narrow = () => {
    const wanted = name?.value.trim().toLowerCase() ?? "";
    const list = document.querySelector(".ticks");
    if (!list) return;
    list.classList.toggle("ticks--looking", Boolean(wanted));
    for (const person of list.children) person.classList.toggle("fits", person.dataset.name.toLowerCase().includes(wanted));
  };
  name?.addEventListener("input", narrow);
  name?.addEventListener("focus", () => document.querySelector(".attending").scrollIntoView({ block: "end" }));
  text?.addEventListener("focus", () => document.querySelector(".now").scrollIntoView({ block: "nearest" }));
  document.addEventListener("htmx:after:swap", narrow);

  // ------------------------------------------------------------------ one key
  const KINDS = { d: "decision", a: "action", n: "note" };
  const keys = document.getElementById("keys");
  const on = () => keys?.checked;
  if (keys) keys.checked = localStorage.getItem("meeting-keys") !== "off";
  keys?.addEventListener("change", () => localStorage.setItem("meeting-keys", keys.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest("input.usa-input, textarea, select");
    if (event.key === "Escape" && box) {
      box.blur();
      return;
    }
    if (!on() || box || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowRight: "go-on", ArrowLeft: "go-back" }[event.key];
    const kind = KINDS[event.key.toLowerCase()];
    if (way && !event.target.matches("[type=radio]")) {
      go(way);
    } else if (kind) {
      document.querySelector(`#record-form [name=kind][value=${kind}]`).checked = true;
      text.focus();
    } else if (event.key.toLowerCase() === "p") {
      name.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
})();
