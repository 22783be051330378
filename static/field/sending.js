// Sends what waits, one count after another, from one tab at a time. A count leaves the queue only when the portal names it as saved, or
// when the person throws it away: no redirect, no strange page and no error is taken for a yes.
field.sending = (() => {
  "use strict";

  const { store } = field;
  const PATIENCE = 20_000; // milliseconds for one answer
  const FIRST_PAUSE = 5_000;
  const LONGEST_PAUSE = 300_000;
  const LAST_SENT = 5; // how many sent counts stay to be looked at
  const news = "BroadcastChannel" in window ? new BroadcastChannel("phast-field") : null;

  // `session`: "unknown" until the portal has answered, then "in" or "out". `signIn`: where.
  const standing = { session: "unknown", signal: true, signIn: document.body.dataset.signIn };
  let learned = null; // the person whose agencies were asked for since the page was opened
  let pause = FIRST_PAUSE;
  let timer;
  let inLine = false;
  let heard = () => {};

  const tell = () => {
    heard();
    news?.postMessage("changed");
  };
  news?.addEventListener("message", () => heard());

  // The answer as status and JSON. Status 0: no answer that is ours (no signal, a redirect, somebody else's page).
  const ask = async (url, options = {}) => {
    let told = { status: 0, body: {} };
    try {
      const headers = { Accept: "application/json", ...options.headers };
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(url, { cache: "no-store", redirect: "manual", ...options, headers, signal });
      told.status = response.status;
      told.body = await response.json();
    } catch {
      // No JSON: the status alone tells whether it can have been saved.
    }
    standing.signal = told.status !== 0;
    if (told.status === 401 && told.body.sign_in) {
      standing.session = "out";
      standing.signIn = told.body.sign_in;
    }
    return told;
  };

  // Who is signed in, with the token for sending; null when nobody is, or nothing answers.
  const who = async () => {
    const { status, body } = await ask(document.body.dataset.person);
    if (status !== 200 || !body.person || !(await learn(body))) return null;
    standing.session = "in";
    return body;
  };

  // Learns for which agencies the person counts: once for each opening of the page, and when somebody else has signed in.
  const learn = async ({ person, coalitions }) => {
    if (learned === person) return true;
    const agencies = [];
    for (const url of coalitions) {
      const { status, body } = await ask(url);
      if (status === 200 && body.agencies) agencies.push(...body.agencies);
      else if (status !== 403 && status !== 404) return false;
    }
    const before = field.known;
    field.known = { person, agencies, chosen: before?.person === person ? before.chosen : undefined };
    learned = person;
    await store.learn(field.known).catch(() => {}); // full or private: it is known until the page is closed
    return true;
  };

  const post = ({ csrf }, count) =>
    ask(count.send, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ ...count.entry, key: count.key, person: count.person, agency: count.agency, confirmed: count.confirmed }),
    });

  // What an answer makes of a count; undefined where it decides nothing and the count waits on.
  const decided = (count, { body }) => {
    const said = { tried: false, reason: body.reason ?? "", questions: [], problems: [] };
    if (["saved", "saved_before"].includes(body.outcome) && body.key === count.key) return { ...count, ...said, state: "sent", correct: body.correct };
    if (body.outcome === "questions") return { ...count, ...said, state: "asked", questions: body.questions };
    if (body.outcome === "problems") return { ...count, ...said, state: "refused", problems: body.problems };
    if (body.outcome === "refused" && body.reason !== "other_person") {
      return { ...count, ...said, state: "refused", problems: [{ field: "", sentence: body.sentence }] };
    }
    return undefined;
  };

  // A count that was on its way may have arrived: until the portal has answered, nobody takes it back.
  const sendOne = async (person, count) => {
    const mark = (now) => (now.state === "waiting" ? { ...now, tried: true } : undefined);
    try {
      if (!(await store.change(count.number, mark))) return; // taken back or sent meanwhile
    } catch (error) {
      if (!store.isFull(error)) throw error; // sending is what makes room
    }
    const answer = await post(person, count);
    const next = decided(count, answer);
    const settle = (now) => next ?? (answer.status >= 400 && answer.status < 500 ? { ...now, tried: false } : undefined);
    await store.change(count.number, settle).catch((error) => {
      if (store.isFull(error) && next?.state === "sent") return store.change(count.number, () => null);
    });
    tell();
  };

  // The last ones that arrived stay to be looked at, by the person who counted alone.
  const tidy = async (person) => {
    const sent = (await store.all()).filter((count) => count.state === "sent");
    const own = sent.filter((count) => count.person === person).slice(-LAST_SENT);
    for (const count of sent) if (!own.includes(count)) await store.change(count.number, () => null);
  };

  const sendAll = async () => {
    const person = await who();
    tell();
    if (!person) return;
    const passed = new Set(); // one that the portal stumbles over does not hold up the others
    while (standing.signal && standing.session === "in") {
      const waits = (count) => count.state === "waiting" && count.person === person.person && !passed.has(count.number);
      const next = (await store.all()).find(waits);
      if (!next) break;
      passed.add(next.number);
      await sendOne(person, next);
    }
    await tidy(person.person);
  };

  // While another tab sends, this one stands in line, so that a count saved meanwhile is not left behind.
  const flush = async () => {
    if (inLine) return;
    inLine = true;
    const turn = () => {
      inLine = false;
      return sendAll();
    };
    try {
      await (navigator.locks ? navigator.locks.request("phast-field-sending", turn) : turn());
    } finally {
      inLine = false;
      tell();
      clearTimeout(timer);
      if ((await store.all()).some((count) => count.state === "waiting")) {
        timer = setTimeout(flush, pause * (0.75 + Math.random() / 2));
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
  };

  return {
    standing,
    tell,
    listen: (what) => (heard = what),
    flush: () => {
      pause = FIRST_PAUSE;
      return flush().catch(tell); // the browser took its store away: the page says so when it saves
    },
    // In a browser that keeps nothing there is no queue: only who is signed in is asked.
    meet: () => who().then(tell),
    // Sends a count that could not be kept. The answer tells whether it was saved.
    sendUnkept: async (count) => {
      const person = await who();
      if (person?.person !== count.person) return count;
      return decided(count, await post(person, count)) ?? count;
    },
  };
})();
