// What this phone keeps: the counts that wait (with the last ones sent), and what it knows of the person who signed in here. No clock time.
window.field = {};

field.store = (() => {
  "use strict";

  let opening;

  const open = () =>
    (opening ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("phast-field", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("counts", { keyPath: "number", autoIncrement: true });
        asked.result.createObjectStore("known");
      };
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const database = asked.result;
        database.onversionchange = () => database.close();
        database.onclose = () => (opening = undefined); // the browser took it away: the next call opens it again
        resolve(database);
      };
    }));

  // One transaction. It counts as done when it is on the disk, not when the request was answered.
  const within = async (name, mode, work) => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      try {
        work(transaction.objectStore(name), (value) => (result = value));
      } catch (error) {
        transaction.abort();
        reject(error);
      }
    });
  };

  // Reads one count and writes what `decide` makes of it: the changed count, null to delete it, undefined to leave it. Gives the count as
  // it was when something changed. Two tabs cannot come between the reading and the writing.
  const change = (number, decide) =>
    within("counts", "readwrite", (counts, give) => {
      const asked = counts.get(number);
      asked.onsuccess = () => {
        const count = asked.result;
        const next = count && decide(count);
        if (next === undefined) return;
        if (next === null) counts.delete(number);
        else counts.put(next);
        give(count);
      };
    });

  return {
    change,
    // False in a private window that keeps nothing, and wherever the browser refuses.
    works: () => Promise.resolve().then(open).then(() => true, () => false),
    isFull: (error) => error?.name === "QuotaExceededError",
    all: () =>
      within("counts", "readonly", (counts, give) => {
        const asked = counts.getAll();
        asked.onsuccess = () => give(asked.result);
      }),
    keep: (count) =>
      within("counts", "readwrite", (counts, give) => {
        const asked = counts.put(count);
        asked.onsuccess = () => give(asked.result);
      }),
    known: () =>
      within("known", "readonly", (known, give) => {
        const asked = known.get("person");
        asked.onsuccess = () => give(asked.result);
      }),
    learn: (person) => within("known", "readwrite", (known) => known.put(person, "person")),
  };
})();
