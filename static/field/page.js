// The page as a whole: saving, what is said, the notices, and the newer version when there is one.
(() => {
  "use strict";

  const { store, sending, form, cards } = field;
  const { plural } = cards;
  const at = (id) => document.getElementById(id);
  let keeps = true; // false where the browser keeps nothing
  let full = false;
  let waiting = 0;
  let latest = null; // the count that was saved last, while the line above the button is about it
  let shown; // what was known when the agencies were drawn

  // What stands beside the line above the button: the way back, or the way to correct.
  const offerAfter = (text = "", act = null) => {
    const link = typeof act === "string";
    const element = Object.assign(document.createElement(link ? "a" : "button"), { className: "button button--quiet", textContent: text });
    if (link) element.href = act;
    else Object.assign(element, { type: "button", onclick: act });
    at("after").replaceChildren(...(text ? [element] : []));
  };

  const notices = () => {
    const { session, signal, signIn } = sending.standing;
    const known = field.known?.agencies.length;
    at("notice-sign-in").hidden = session !== "out" || !field.known;
    at("notice-first").hidden = Boolean(field.known);
    for (const link of document.querySelectorAll("a[data-sign-in]")) {
      link.href = `${signIn}?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = waiting ? `Sign in to send ${plural(waiting, "count")}` : "Sign in";
    }
    at("notice-none").hidden = !field.known || known > 0;
    at("notice-unkept").hidden = keeps;
    at("notice-full").hidden = !full;
    at("offline").hidden = navigator.onLine && signal;
    at("count").hidden = at("dock").hidden = !known;
    at("save").textContent = !keeps ? "Send" : form.mended ? "Save the change" : "Save";
  };

  const agencies = () => {
    const known = field.known?.agencies ?? [];
    const coalitions = new Set(known.map((agency) => agency.coalition));
    const named = (agency) => (coalitions.size > 1 ? `${agency.name}, ${agency.coalition}` : agency.name);
    at("agency").replaceChildren(...known.map((agency) => new Option(named(agency), agency.id)));
    at("agency").value = form.agency()?.id ?? "";
    at("agency-choice").hidden = known.length < 2;
    at("agency-name").hidden = known.length !== 1;
    at("agency-name").textContent = known[0]?.name ?? "";
    // Told before an agency's first count, when the portal knows of nobody trained. It stands in nobody's way.
    const { name, training } = form.agency() ?? {};
    at("notice-untrained").hidden = !training;
    at("untrained-said").textContent = `As far as we know, nobody of ${name} has had the training yet.`;
    if (training) at("untrained-link").href = training;
    form.offer();
  };

  const draw = async () => {
    if (field.known !== shown) {
      shown = field.known;
      agencies();
    }
    const all = keeps ? await store.all().catch(() => []) : [];
    forget(all.filter((count) => count.state === "refused" && count.problems.some((problem) => problem.field === "zip")));
    const numbers = cards.draw(all, acts);
    waiting = numbers.waiting;
    at("asking").hidden = !numbers.asking;
    at("asking").textContent = `${numbers.asking} need${numbers.asking === 1 ? "s" : ""} an answer`;
    at("waiting").hidden = !waiting;
    at("waiting").textContent = `${waiting} wait${waiting === 1 ? "s" : ""}`;
    notices();
    follow(all);
    update();
  };

  // A ZIP that was refused, taken back or thrown away is offered no more.
  const forget = (counts) => {
    if (!counts.filter((count) => form.forget(count.agency, count.entry.zip)).length) return;
    store.learn(field.known).catch(() => {});
    form.offer();
  };

  // The last count after it was saved: it waits, it arrived, or there is something to say about it.
  const follow = (all) => {
    const now = all.find((count) => count.number === latest?.number);
    if (!now) return;
    if (now.state === "waiting") {
      offerAfter(...(now.tried ? [] : ["Undo", () => acts.mend(now)]));
      return;
    }
    latest = null;
    if (now.state === "sent") {
      field.say(`Sent: ${cards.inWords(now)}.`);
      offerAfter("Correct it", now.correct);
    } else {
      field.say(now.state === "asked" ? "There is a question about it." : "It was not taken.");
      offerAfter("See it", () => at("kept-title").focus());
    }
  };

  const goOn = async (count, changes) => {
    await store.change(count.number, (now) => (now.state === count.state ? { ...now, ...changes, state: "waiting" } : undefined));
    latest = count;
    sending.flush();
  };

  const acts = {
    agree: (count) => goOn(count, { confirmed: count.questions.map((question) => question.token), questions: [] }),
    again: (count) => goOn(count, { problems: [] }),
    discard: async (count) => {
      if (!confirm(`Throw away ${cards.inWords(count)}? It has not been counted.`)) return;
      await store.change(count.number, (now) => (now.state === count.state ? null : undefined));
      forget([count]);
      field.say("Thrown away.");
      offerAfter();
      sending.tell();
    },
    // A count that waits is taken out of the queue; one that was sent back stays there until it is saved again.
    mend: async (count) => {
      if (form.isTouched() && !confirm("The form holds another count. Replace it?")) return;
      const waits = count.state === "waiting";
      if (waits) {
        const taken = await store.change(count.number, (now) => (now.state === "waiting" && !now.tried ? null : undefined));
        if (!taken) return field.say("It is being sent. Correct it when it has arrived.");
      }
      latest = null;
      offerAfter();
      forget([count]);
      choose(count.agency);
      form.putBack(count, waits ? null : count);
      field.say(waits ? "Back in the form. It is not saved now." : "Change it and save it again.");
      sending.tell();
    },
  };

  const choose = (id) => {
    if (!field.known?.agencies.some((agency) => agency.id === id)) return;
    field.known.chosen = id;
    store.learn(field.known).catch(() => {}); // then it is chosen until the page is closed
    agencies();
  };

  const made = (entry) => {
    const { id, name, send } = form.agency();
    const waits = { state: "waiting", tried: false, confirmed: [], reason: "", questions: [], problems: [] };
    return { key: form.key, person: field.known.person, agency: id, agency_name: name, send, entry, ...waits };
  };

  const keep = async (count) => {
    const old = form.mended;
    const isOpen = (now) => (["asked", "refused"].includes(now.state) ? { ...count, number: old.number } : undefined);
    if (old && (await store.change(old.number, isOpen))) return old.number;
    return store.keep(count);
  };

  // Saves on this phone. What cannot be saved stays in the form.
  const save = async (count) => {
    try {
      count.number = await keep(count);
    } catch (error) {
      full = true; // whatever the browser calls it: nothing more can be kept just now
      field.say("Not saved: this phone keeps no more.");
      offerAfter();
      notices();
      at("notice-full").scrollIntoView({ block: "center" });
      return;
    }
    full = false;
    latest = count;
    form.remember(count.entry.zip);
    form.agency().training = "";
    store.learn(field.known).catch(() => {});
    form.clear();
    agencies();
    field.say("Saved on this phone.");
    scrollTo(0, 0); // the next count begins at the top
    navigator.storage?.persist?.().catch(() => {});
    sending.tell();
    sending.flush();
  };

  // Without a place to keep it: sent from the form, which empties itself once the portal has it.
  const sendFromForm = async (count) => {
    field.say("Sending …");
    const next = await sending.sendUnkept(count);
    if (next.state === "asked") {
      const sentences = next.questions.map((question) => question.sentence).join(" ");
      if (confirm(`${sentences}\n\nSave it as it is?`)) return sendFromForm({ ...count, confirmed: next.questions.map((question) => question.token) });
      field.say("Not sent. Change it and send it again.");
    } else if (next.state === "refused") {
      form.complain(next.problems.map(({ field: box, sentence }) => ({ box, sentence })));
      field.say("Not sent. See the form.");
    } else if (next.state === "sent") {
      if (form.mended) await store.change(form.mended.number, () => null).catch(() => {});
      form.clear();
      full = false;
      field.say(`Sent: ${cards.inWords(count)}.`);
      offerAfter("Correct it", next.correct);
    } else field.say("Not sent: no answer. Keep this page open and try again.");
    sending.tell();
  };

  // One at a time: a second tap while the first is under way does nothing.
  const submit = async (how) => {
    const button = at("save");
    if (button.getAttribute("aria-busy") === "true") return;
    const { entry, problems } = form.entry();
    form.complain(problems);
    if (problems.length) return field.say(problems.map((problem) => problem.sentence).join(" "));
    button.setAttribute("aria-busy", "true");
    await how(made(entry)).finally(() => button.removeAttribute("aria-busy"));
  };

  at("count").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(keeps ? save : sendFromForm);
  });
  at("send-now").addEventListener("click", () => submit(sendFromForm));
  at("agency").addEventListener("change", (event) => choose(Number(event.target.value)));

  // ------------------------------------------------------------------ coming back
  const look = () => {
    if (document.hidden) return;
    form.date();
    if (keeps) sending.flush();
    else sending.meet();
  };
  addEventListener("online", look);
  addEventListener("offline", notices);
  document.addEventListener("visibilitychange", look);
  setInterval(form.date, 30_000);

  // ------------------------------------------------------------------ a newer version, and the home screen
  let registration;
  let old = false; // a newer page has taken over, perhaps from another tab
  // What is being typed stays: the newer page takes over, and this one is opened again, when nothing is in the form.
  const update = () => {
    if (form.isTouched() || document.querySelector("dialog[open]")) return;
    if (old) location.reload();
    else registration?.waiting?.postMessage("take over");
  };
  const serve = async () => {
    let served = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      old = served; // the first one of all has only just come: it brought this page
      served = true;
      update();
    });
    registration = await navigator.serviceWorker.register(document.body.dataset.worker, { scope: location.pathname, updateViaCache: "none" });
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", update));
    update();
  };
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    at("install").hidden = false;
    at("install").onclick = () => event.prompt();
  });

  const begin = async () => {
    at("without").remove();
    keeps = await store.works();
    if (keeps) field.known = await store.known().catch(() => undefined);
    sending.listen(draw);
    await draw();
    look();
    if ("serviceWorker" in navigator) await serve().catch(() => {}); // a private window may refuse it: the page works while it is open
  };

  begin();
})();
