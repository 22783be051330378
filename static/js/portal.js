// Small helps on top of pages that work without them.
(() => {
  "use strict";

  const cookie = (name) =>
    document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

  // The token changes when somebody signs in (in another tab, too). The cookie always holds the one that counts.
  const freshenToken = (form) => {
    const token = cookie("csrftoken");
    const field = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (token && field) field.value = token;
  };

  const say = (text) => {
    const place = document.getElementById("messages");
    if (!place) return;
    const alert = document.createElement("div");
    alert.className = "usa-alert usa-alert--slim usa-alert--warning";
    const body = alert.appendChild(document.createElement("div"));
    body.className = "usa-alert__body";
    const words = body.appendChild(document.createElement("p"));
    words.className = "usa-alert__text";
    words.textContent = text;
    place.replaceChildren(alert);
    place.scrollIntoView({ block: "center" });
  };

  // Ask before what cannot be taken back: data-confirm on a button or a form. Capturing, so that it comes before htmx.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
      if (question && !window.confirm(question)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      if (form.method === "post") freshenToken(form);
    },
    true,
  );

  // data-copies="id" on a button copies what stands in that box, which stays there to be copied by hand.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    const box = button && document.getElementById(button.dataset.copies);
    if (!box) return;
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
    }
  });

  // A second press while the first is on its way does nothing. A page that comes back from the history is usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
    if (form.dataset.sending !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "";
    form.setAttribute("aria-busy", "true");
    if ("download" in form.dataset) setTimeout(() => release(form), 3000);
  });
  const release = (form) => {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
  };
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));

  // A browser cuts what is pasted at `maxlength` without a word. Then the whole text goes to the portal, which says how much is too much.
  document.addEventListener("paste", (event) => {
    const field = event.target;
    const pasted = event.clipboardData?.getData("text") ?? "";
    if (field.maxLength > 0 && field.value.length + pasted.length > field.maxLength) field.removeAttribute("maxlength");
  });

  // One menu at a time, closed by Escape; the page gets the focus back.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open], details.more[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = cookie("csrftoken");
  });

  // The fragment is not swapped in for these: what was typed stays on the page.
  document.addEventListener("htmx:response:error", (event) => {
    const response = event.detail.ctx.response;
    if (response.headers.has("HX-Redirect")) return;
    if (response.status === 401) say("You were signed out. Sign in again in another tab, then repeat what you did here.");
    else if (response.status === 403) say("You may not do this. Ask your coalition's coordinator.");
    else if (response.status === 404) say("This is no longer here. Reload the page to see what has changed.");
    else if (response.status >= 500) say("Something went wrong on our side and nothing was saved. Please try again in a moment.");
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) say("No answer from the portal. Check your connection and try again; nothing you typed is lost.");
  });

  // A passkey or security key that was not used in time, or that this browser does not have.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say("No passkey or security key was used. Try again, or choose another way.");
  });

  // Elements that only make sense with scripts.
  document.querySelectorAll("[data-needs-script]").forEach((element) => {
    element.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
