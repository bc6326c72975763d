// Plan Portal: days written day first, in every browser. A field of a day is rewritten as it was understood
// once it is left; the arrow keys up and down go to the next day and back. What is saved is read by the portal
// (core/values/dates.py); tests/js/days.json holds both to the same.
"use strict";

globalThis.days = (() => {
  const DAY_FIRST = /^(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})$/;
  const ALONE = /^(\d{2})()(\d{2})(\d{4}|\d{2})$/, YEAR_FIRST = /^(\d{4})-(\d{2})-(\d{2})$/;

  // “2022-09-15” of a day as people here write it; "" of anything else.
  const read = (typed) => {
    const text = typed.trim(), iso = YEAR_FIRST.exec(text);
    const found = iso ? [, iso[3], , iso[2], iso[1]] : DAY_FIRST.exec(text) || ALONE.exec(text);
    if (!found) return "";
    const year = found[4].length === 2 ? "20" + found[4] : found[4];
    const written = [year, found[3].padStart(2, "0"), found[1].padStart(2, "0")].join("-");
    const real = new Date(written + "T00:00:00Z");
    return !isNaN(real) && real.toISOString().startsWith(written) ? written : "";
  };

  // “15/09/2022” of “2022-09-15”.
  const said = (day) => day.split("-").reverse().join("/");

  // So many days later.
  const step = (day, by) => new Date(Date.parse(day + "T00:00:00Z") + by * 864e5).toISOString().slice(0, 10);

  return { read, said, step };
})();

if (globalThis.document) {
  const { read, said, step } = globalThis.days;
  const isDay = (field) => field.matches?.("input[data-day]");
  const write = (field, day) => {
    field.value = said(day);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("change", (event) => {
    const day = isDay(event.target) && read(event.target.value);
    if (day && said(day) !== event.target.value) write(event.target, day);
  }, true);

  document.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const day = by && isDay(event.target) && read(event.target.value);
    if (!day || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    write(event.target, step(day, by));
  });
}
