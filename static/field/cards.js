// The counts on this phone, as a list: what is asked or was refused, what waits, and what arrived.
field.cards = (() => {
  "use strict";

  const list = document.getElementById("kept-list");
  const section = document.getElementById("kept");
  const STATES = { asked: "A question", refused: "Not taken", waiting: "Waits", sent: "Sent" }; // in the order of the list
  const PLACES = { unknown: "ZIP not known", outside: "outside our area" };

  const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

  const plural = (number, one, many = `${one}s`) => `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
  const inWords = ({ entry }) => `${plural(entry.kits, "kit")} · ${PLACES[entry.zip] ?? entry.zip} · ${field.form.inWords(entry.day)}`;

  const card = (count, several, acts) => {
    const item = make("li", `card card--${count.state}`);
    const head = item.appendChild(make("p", "card__head"));
    head.append(make("strong", "", inWords(count)), make("span", "state", STATES[count.state]));
    if (several) item.append(make("p", "quiet", count.agency_name));
    for (const { sentence } of [...count.questions, ...count.problems]) item.append(make("p", "card__say", sentence));
    const row = make("div", "row");
    const button = (text, act, className = "button--quiet") => {
      const element = row.appendChild(make("button", `button ${className}`, text));
      element.type = "button";
      element.setAttribute("aria-label", `${text}: ${inWords(count)}`);
      element.addEventListener("click", () => act(count));
    };
    if (count.state === "waiting" && count.tried) item.append(make("p", "quiet", "No answer yet. It is sent again by itself, and counted once."));
    // An agency that the person no longer counts for: the form would make it another one's count.
    const here = field.known.agencies.some((agency) => agency.id === count.agency);
    if (count.state === "waiting" && !count.tried && here) button("Change", acts.mend);
    if (count.state === "asked") button("Yes, save it", acts.agree, "");
    if (count.state === "refused" && count.problems.every((problem) => !problem.field)) button("Try again", acts.again);
    if (count.state === "asked" || count.state === "refused") {
      if (here) button("Change", acts.mend);
      button("Throw away", acts.discard);
    }
    if (row.children.length) item.append(row);
    return item;
  };

  // Counts of somebody else on this phone: how many, and nothing about them.
  const others = (counts) => {
    const own = new Set(field.known?.agencies.map((agency) => agency.id));
    const colleagues = counts.filter((count) => own.has(count.agency)).length;
    const told = [
      [colleagues, "person"],
      [counts.length - colleagues, "agency"],
    ];
    return told
      .filter(([number]) => number)
      .map(([number, whose]) => {
        const wait = number === 1 ? "waits here. It is" : "wait here. They are";
        return make("li", "card card--other", `${plural(number, "count")} of another ${whose} ${wait} sent when that person signs in on this phone.`);
      });
  };

  return {
    inWords,
    plural,
    // Gives how many of the person's own counts wait, and how many need an answer.
    draw: (counts, acts) => {
      const person = field.known?.person;
      const own = counts.filter((count) => count.person === person);
      const foreign = counts.filter((count) => count.person !== person && count.state !== "sent");
      const order = Object.keys(STATES);
      own.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.number - a.number);
      const focused = list.contains(document.activeElement);
      list.replaceChildren(...own.map((count) => card(count, field.known.agencies.length > 1, acts)), ...others(foreign));
      section.hidden = !list.children.length;
      if (focused) document.getElementById("kept-title").focus();
      const number = (...states) => own.filter((count) => states.includes(count.state)).length;
      return { waiting: number("waiting"), asking: number("asked", "refused") };
    },
  };
})();
