// Plan Portal: a cell of a list opens its field where it stands. Enter saves, Esc leaves. Without this file the
// cell is a link to the whole form.
"use strict";

(() => {
  const { htmx, outbox } = window, words = document.documentElement.dataset;
  let row = "";  // the row that was busy last, by its address

  const leave = (form) => {
    const cell = form.closest("td");
    form.remove();
    cell.querySelector("a[data-edit]")?.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#list a[data-edit]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      for (const each of document.querySelectorAll("#list [data-cell-form]")) each.remove();
      row = link.closest("tr").querySelector("[data-row]")?.getAttribute("href") || "";
      htmx.ajax("GET", link.getAttribute("href"), { target: link.closest("td"), swap: "beforeend" });
    } else if (event.target.closest("[data-leave]")) leave(event.target.closest("[data-cell-form]"));
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-cell-form]");
    if (form && event.key === "Escape") { event.preventDefault(); leave(form); }
  });
  document.addEventListener("htmx:load", (event) => {
    if (!event.detail.elt.matches("[data-cell-form]")) return;
    const field = event.detail.elt.querySelector("input:not([type=hidden]), select, textarea");
    field?.focus();
    field?.select?.();
  });

  // The list is asked for again: sums, order and filters may have changed with the row.
  document.addEventListener("row-changed", async () => {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "outerHTML" });
    [...document.querySelectorAll("#list [data-row]")].find((each) => each.getAttribute("href") === row)?.focus();
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt.matches("[data-cell-form]")) outbox.say("warning", words.needs);
  });
})();
