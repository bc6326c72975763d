// Lists: what they gain with JavaScript beside htmx. Every list works without this file.
"use strict";

(() => {
  const OFF = "portal-keys-off";  // the letter keys can be switched off, for this browser

  const rows = () => [...document.querySelectorAll("#list [data-row]")];
  const search = () => document.querySelector("[data-list-filters] input[type=search]");
  const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };

  const go = (step) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    if (all[next]) all[next].focus();
    else if (next < 0 && search()) search().focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const at = event.target;
    const typing = at.closest("input, select, textarea");
    const onRow = at.matches("[data-row]");
    const act = () => {
      if (event.key === "ArrowDown" && (onRow || at === search())) return () => go(1);
      if (event.key === "ArrowUp" && onRow) return () => go(-1);
      if (typing || isOff()) return null;
      if (event.key === "/" && search()) return () => { search().focus(); search().select(); };
      if (event.key === "j") return () => go(1);
      if (event.key === "k") return () => go(-1);
      if (event.key === "x" && onRow) return () => at.closest("tr").querySelector("[name=row]")?.click();
      return null;
    };
    const found = act();
    if (found) { event.preventDefault(); found(); }
  });

  const box = document.querySelector("[data-keys-on]");
  if (box) {
    box.checked = !isOff();
    box.addEventListener("change", () => {
      try { if (box.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* for this page only */ }
    });
  }

  // How many rows are ticked, and what they come to. The box in the head stands for all that are found.
  const ticked = () => {
    const list = document.getElementById("list"), said = list?.querySelector("[data-ticked]");
    if (!said) return;
    const all = list.querySelector("[data-all]"), some = [...list.querySelectorAll("[name=row]:checked")];
    const count = all.checked ? Number(all.dataset.count) : some.length;
    const worth = all.checked ? all.dataset.worth : String(some.reduce((sum, box) => sum + Number(box.dataset.worth), 0));
    const known = worth !== "" && some.every((box) => box.dataset.worth !== "");
    const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, document.documentElement.lang === "en" ? "," : ".");
    said.value = said.dataset[known ? "worth" : "rows"].replace("{count}", number(count)).replace("{sum}", number(worth));
  };
  document.addEventListener("change", (event) => {
    const box = event.target, all = document.querySelector("#list [data-all]");
    if (!all || !box.closest(".tick")) return;
    if (box === all) for (const each of document.querySelectorAll("#list [name=row]")) each.checked = all.checked;
    else if (!box.checked) all.checked = false;
    ticked();
  });
  document.addEventListener("htmx:afterSwap", ticked);
  window.addEventListener("pageshow", ticked);

  // On a phone a tap opens a row's card, and another closes it; links and boxes are themselves.
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".list tbody tr");
    if (row && !event.target.closest("a, button, input, label, summary")) row.classList.toggle("open");
  });

  // Addresses without empty filters read well and can be sent on.
  document.addEventListener("htmx:configRequest", (event) => {
    const sent = event.detail.formData;
    if (!sent || event.detail.verb !== "get") return;
    for (const [name, value] of [...sent.entries()]) if (value === "") sent.delete(name);
  });
  for (const form of document.querySelectorAll("[data-list-filters]")) {
    form.addEventListener("submit", () => {
      const empty = [...form.elements].filter((field) => field.name && field.value === "");
      for (const field of empty) field.disabled = true;
      setTimeout(() => { for (const field of empty) field.disabled = false; });
    });
  }

  // What did not come is said; the list stays as it came last.
  const failed = (yes) => { for (const note of document.querySelectorAll("[data-list-failed]")) note.hidden = !yes; };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, () => failed(true));
  }
  document.addEventListener("htmx:afterSwap", () => failed(false));

  // The field of a wrong filter is marked while the list says so.
  document.addEventListener("htmx:afterSwap", () => {
    const wrong = new Set([...document.querySelectorAll("#list [data-wrong]")].map((each) => each.dataset.wrong));
    for (const field of document.querySelectorAll("[data-list-filters] [name]")) {
      if (wrong.has(field.name)) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
      field.closest(".field")?.classList.toggle("wrong", wrong.has(field.name));
    }
  });

  // An answer from another page (the sign-in of an expired session) is no list: ask for the list whole.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const came = event.detail.xhr.responseURL, asked = new URL(event.detail.pathInfo.finalRequestPath, location.href);
    if (came && new URL(came).pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      location.assign(asked);
    }
  });
})();
