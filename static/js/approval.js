// Lists for approval: the keys go from row to row, tick one, open it, show its photos beside it.
"use strict";

(() => {
  const lines = () => [...document.querySelectorAll("[data-line]")];
  const shots = (line) => line?.querySelector("details.shots");
  const shown = () => document.querySelector("details.shots[open]");

  const go = (from, by) => {
    const all = lines(), at = all.indexOf(from);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (!next) return;
    next.focus();
    if (!shown()) return;
    shown().open = false;  // whoever looks at photos goes on to the next row's
    if (shots(next)) shots(next).open = true;
  };

  const isOff = () => { try { return localStorage.getItem("portal-keys-off") === "1"; } catch { return false; } };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target, line = at.closest("[data-line]"), isBox = at.matches("[type=checkbox]");
    if (event.key === "Escape" && shown()) { shown().open = false; return; }
    if ((at.closest("input, select, textarea") && !isBox) || isOff()) return;
    const acts = {
      j: () => go(line, 1),
      k: () => go(line, -1),
      ArrowDown: line && (() => go(line, 1)),
      ArrowUp: line && (() => go(line, -1)),
      x: line && (() => line.querySelector("[name=row]")?.click()),
      p: shots(line) && (() => { shots(line).open = !shots(line).open; }),
      Enter: at === line && line && (() => line.querySelector("th a").click()),
    };
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // One row's photos at a time.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.shots[open]")) return;
    for (const other of document.querySelectorAll("details.shots[open]")) if (other !== event.target) other.open = false;
  }, true);
})();
