// Cards of the board are dragged by their handle from column to column. Letting go presses the button of that column in the card's own
// list, so the page without this script, the keyboard and the pointer all send the same one request.
(() => {
  "use strict";

  const frame = document.querySelector("[data-board]");
  if (!frame) return;
  frame.classList.add("board-frame--drag");
  let held = null;

  const pileAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-status]") ?? null;

  const mark = (pile) => {
    frame.querySelectorAll(".pile--over").forEach((other) => other.classList.remove("pile--over"));
    if (pile && pile !== held.from) pile.classList.add("pile--over");
  };

  const letGo = () => {
    mark(null);
    held.card.classList.remove("board-card--held");
    // An empty style attribute, which htmx would copy into the answer, is one that our policy refuses. Reading it first makes it go.
    if (held.card.getAttribute("style") !== null) held.card.removeAttribute("style");
    held = null;
  };

  frame.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    const card = handle.closest("[data-card]");
    held = { card, from: card.closest("[data-status]"), x: event.clientX, y: event.clientY, id: event.pointerId };
    card.classList.add("board-card--held");
    frame.setPointerCapture(event.pointerId);
  });

  frame.addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.id) return;
    held.card.style.translate = `${event.clientX - held.x}px ${event.clientY - held.y}px`;
    // Near its edge the board scrolls on, so that every column can be reached on a phone.
    const board = held.card.closest(".board");
    const box = board.getBoundingClientRect();
    const step = event.clientX > box.right - 40 ? 12 : event.clientX < box.left + 40 ? -12 : 0;
    if (step) {
      const before = board.scrollLeft;
      board.scrollLeft += step;
      held.x -= board.scrollLeft - before;
    }
    mark(pileAt(event));
  });

  frame.addEventListener("pointerup", (event) => {
    if (!held || event.pointerId !== held.id) return;
    const { card, from } = held;
    const pile = pileAt(event);
    letGo();
    if (!pile || pile === from) return;
    const button = card.querySelector(`button[name="status"][value="${pile.dataset.status}"]`);
    button.form.requestSubmit(button);
  });

  frame.addEventListener("pointercancel", () => held && letGo());
  document.addEventListener("keydown", (event) => event.key === "Escape" && held && letGo());
})();
