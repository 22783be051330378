// The form of one count: what it holds, what is missing, and putting a count back into it.
field.say = (sentence) => (document.getElementById("said").textContent = sentence.trim());

field.form = (() => {
  "use strict";

  const form = document.getElementById("count");
  const at = (id) => document.getElementById(id);
  const BESIDES = ["declined", "none_available", "reversals"];
  const EMPTY = { where: "", zip: "", kits: "1", when: "today", day: "", setting: "", recipient: "", kit_type: "", declined: "", none_available: "", reversals: "" };
  const MOST = 5000; // kits in one count
  const ZIPS = 6;
  // A count that is mended keeps its key. One that could not be kept keeps it until it has arrived, so that it arrives once.
  let mended = null;
  let key = null;
  let unasked = false; // "another ZIP" is chosen because there was no tile yet, not by the person

  const agency = () => field.known?.agencies.find((each) => each.id === field.known.chosen) ?? field.known?.agencies[0];

  // The day where the coalition is, as this phone's clock has it; `back` days before it.
  const day = (back = 0) => {
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: agency()?.time_zone, dateStyle: "short" }).format(new Date());
    const date = new Date(`${today}T12:00:00Z`);
    date.setUTCDate(date.getUTCDate() - back);
    return date.toISOString().slice(0, 10);
  };

  // The ZIPs on the tiles: the agency's last ones. A new one that was saved here takes the last place; the others keep theirs.
  const zips = () => {
    const { zips: last = [], added = [] } = agency() ?? {};
    const [newest] = added.slice(-1);
    return newest ? [...last.slice(0, ZIPS - 1), newest] : last;
  };

  const inWords = (iso) =>
    new Date(`${iso}T12:00:00Z`).toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });

  const tile = (zip) => {
    const box = document.createElement("div");
    box.className = "tile";
    const input = box.appendChild(document.createElement("input"));
    Object.assign(input, { type: "radio", name: "where", value: zip, id: `where-${zip}` });
    const label = box.appendChild(document.createElement("label"));
    Object.assign(label, { htmlFor: input.id, textContent: zip });
    return box;
  };

  // What depends on the agency: its last ZIPs and its kits. What is chosen stays chosen.
  const offer = () => {
    const held = read();
    if (unasked && held.where === "another" && !held.zip && zips().length) held.where = "";
    const { kit_types: kinds = [] } = agency() ?? {};
    at("zips").replaceChildren(...zips().map(tile));
    at("other-zip").textContent = zips().length ? "Another ZIP" : "A ZIP code";
    form.kit_type.replaceChildren(new Option("Not recorded", ""), ...kinds.map((kind) => new Option(kind.name, kind.id)));
    at("kit-type-box").hidden = kinds.length < 2;
    show(held);
    form.kit_type.selectedIndex = Math.max(0, form.kit_type.selectedIndex);
    date();
  };

  // The days on the tiles, which change at midnight while the page stays open.
  const date = () => {
    at("day-today").textContent = inWords(day());
    at("day-yesterday").textContent = inWords(day(1));
    form.day.max = day();
  };

  const read = () => Object.fromEntries(Object.keys(EMPTY).map((name) => [name, form[name].value]));

  const show = (values) => {
    for (const [name, value] of Object.entries(values)) form[name].value = value;
    if (!values.where) for (const input of form.querySelectorAll("[name=where]")) input.checked = false;
    unasked = !zips().length && (unasked || !form.where.value);
    if (unasked && !form.where.value) form.where.value = "another";
    reveal();
  };

  // Boxes that belong to a tile show when it is chosen.
  const reveal = () => {
    for (const box of form.querySelectorAll("[data-when]")) {
      const [name, value] = box.dataset.when.split("=");
      box.hidden = form[name].value !== value;
    }
  };

  const whole = (text) => (/^\d{1,4}$/.test(text.trim()) && Number(text) <= MOST ? Number(text) : null);

  // The count as it is sent, and what is missing, each with its box. Whatever else a count must be, the portal says.
  const entry = () => {
    const values = read();
    const problems = [];
    const miss = (box, sentence) => problems.push({ box, sentence });
    const zip = values.where === "another" ? values.zip.trim().replace(/^(\d{5})-?\d{4}$/, "$1") : values.where; // nobody needs the last four
    if (!values.where) miss("where", "Choose where the kits were left.");
    else if (values.where === "another" && !/^\d{5}$/.test(zip)) miss("zip", "A ZIP code has five digits, such as 12203.");
    if (whole(values.kits) === null) miss("kits", "Enter a whole number of kits, such as 3. One count holds 5,000 at most.");
    if (values.when === "other" && !values.day) miss("day", "Enter the day.");
    const found = { zip, kits: whole(values.kits), day: { today: day(), yesterday: day(1), other: values.day }[values.when] };
    for (const name of ["setting", "recipient", "kit_type"]) if (values[name]) found[name] = values[name];
    for (const name of BESIDES) {
      if (!values[name].trim()) continue;
      found[name] = whole(values[name]);
      if (found[name] === null) miss(name, "Enter a whole number, such as 3, or leave it empty.");
    }
    return { entry: found, problems };
  };

  // Says what is wrong beside each box, and takes the cursor to the first.
  const complain = (problems) => {
    for (const old of form.querySelectorAll(".wrong")) old.remove();
    for (const box of form.querySelectorAll("[aria-invalid]")) box.removeAttribute("aria-invalid");
    for (const { box, sentence } of problems) {
      const line = (at(`wrong-${box}`) ?? at("wrong-form")).appendChild(document.createElement("p"));
      Object.assign(line, { className: "wrong", textContent: sentence });
      at(box)?.setAttribute("aria-invalid", "true");
      if (at("more").contains(line)) at("more").open = true;
    }
    if (problems.length) (at(problems[0].box) ?? form.querySelector(`[name="${problems[0].box}"]`) ?? form.kits).focus();
  };

  const clear = () => {
    mended = key = null;
    show(EMPTY);
    at("more").open = false;
    complain([]);
  };

  // Puts a count back into the form, as if it had just been typed. `again`: it goes on as this one of the queue.
  const putBack = (count, again = null) => {
    clear();
    mended = again;
    const { zip, kits, day: on, ...more } = count.entry;
    const tiles = [...zips(), "unknown", "outside"];
    const where = tiles.includes(zip) ? zip : "another";
    const when = on === day() ? "today" : on === day(1) ? "yesterday" : "other";
    const typed = { where, zip: where === "another" ? zip : "", kits: String(kits), when, day: when === "other" ? on : "" };
    show({ ...EMPTY, ...typed, ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, String(value)])) });
    at("more").open = Object.keys(more).length > 0;
    const boxes = { zip: where === "another" ? "zip" : "where", day: when === "other" ? "day" : "when" };
    const problems = count.problems.map(({ field: name, sentence }) => ({ box: boxes[name] ?? name, sentence }));
    complain(problems);
    if (!problems.length) form.kits.focus();
  };

  // Typing replaces a number that stands there already.
  form.addEventListener("focusin", ({ target }) => target.dataset.unit && target.select());
  form.addEventListener("change", (event) => {
    reveal();
    if (event.target.value === "another" && event.isTrusted) form.zip.focus();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const box = form[button.dataset.for];
    box.value = Math.min(MOST, Math.max(0, (whole(box.value) ?? 0) + Number(button.dataset.step)));
    at("stepped").textContent = `${box.value} ${box.dataset.unit}`;
  });

  return {
    agency,
    offer,
    date,
    entry,
    clear,
    complain,
    putBack,
    inWords,
    // A new ZIP becomes a tile at once, also where there is no signal.
    remember: (zip) => {
      const here = agency();
      if (/^\d{5}$/.test(zip) && !here.zips.includes(zip)) here.added = [...(here.added ?? []).filter((each) => each !== zip), zip];
    },
    // The portal did not take it: it is no tile any more. True when it was one.
    forget: (id, zip) => {
      const here = field.known?.agencies.find((each) => each.id === id);
      if (!here?.added?.includes(zip)) return false;
      here.added = here.added.filter((each) => each !== zip);
      return true;
    },
    // True when the person has begun a count: then nothing replaces what is in the form without asking.
    isTouched: () => {
      const { where, ...now } = read();
      return mended !== null || !["", "another"].includes(where) || Object.entries(now).some(([name, value]) => value !== EMPTY[name]);
    },
    get mended() {
      return mended;
    },
    get key() {
      return (key ??= mended && mended.reason !== "key_reused" ? mended.key : crypto.randomUUID());
    },
  };
})();
