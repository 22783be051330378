// A report's page: when the report that was just asked for is ready, its download starts by itself, once.
(() => {
  const start = () => {
    const link = document.querySelector("[data-download-now]");
    if (!link) return;
    watch.disconnect();
    link.removeAttribute("data-download-now");
    history.replaceState(null, "", location.pathname); // loading the page again does not download again
    link.click();
  };
  const watch = new MutationObserver(start);
  watch.observe(document.body, { childList: true, subtree: true });
  start();
})();
