// The phrase card: one tap away, also without a signal and before anybody signed in. What stands in the form stays.
(() => {
  "use strict";

  const at = (id) => document.getElementById(id);
  const card = at("words");

  at("words-open").hidden = false;
  at("words-open").addEventListener("click", () => {
    card.showModal();
    card.scrollTop = 0;
    at("words-title").focus({ preventScroll: true });
  });
  at("words-close").addEventListener("click", () => card.close());
})();
