// Plan Portal: what pages gain with JavaScript. Every page works without this file.
"use strict";

(() => {
  const PREFIX = "portal-draft:";
  const SENT = "portal-sent";
  const DAYS = 14;
  const words = document.documentElement.dataset;

  // --- Drafts: a form with data-draft="key" is kept in this browser until it has been sent.

  const keyOf = (form) => PREFIX + (words.user || "") + ":" + form.dataset.draft;

  const fieldsOf = (form) => [...form.elements].filter((field) =>
    field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type));

  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };

  const keep = (form) => {
    const values = {};
    for (const field of fieldsOf(form)) {
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) (values[field.name] ||= []).push(field.value);
      } else if (field.value) (values[field.name] ||= []).push(field.value);
    }
    try {
      if (Object.keys(values).length) {
        localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), path: location.pathname, values }));
      }
    } catch { /* no room: the form still works */ }
  };

  const fill = (form, values) => {
    for (const field of fieldsOf(form)) {
      const found = values[field.name] || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = found.includes(field.value);
      else if (found.length) field.value = found[0];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const offer = (form) => {
    const kept = read(keyOf(form));
    if (!kept || form.querySelector(".wrong, [role=alert]")) return;
    const note = document.createElement("div");
    note.className = "notice info";
    note.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = words.draftFound + " " + new Date(kept.at).toLocaleString(document.documentElement.lang);
    const take = button(words.draftTake, () => { fill(form, kept.values); note.remove(); });
    const drop = button(words.draftDrop, () => { localStorage.removeItem(keyOf(form)); note.remove(); }, "quiet");
    const row = document.createElement("p");
    row.className = "actions";
    row.append(take, drop);
    note.append(text, row);
    form.before(note);
  };

  const button = (label, act, extra = "") => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "small " + extra;
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  for (const form of document.querySelectorAll("form[data-draft]")) {
    offer(form);
    let timer = 0;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => keep(form), 400); });
    form.addEventListener("submit", (event) => {
      keep(form);
      if (form.dataset.sent) { event.preventDefault(); return; }  // a second tap sends nothing
      if (navigator.onLine) {
        form.dataset.sent = "1";
        sessionStorage.setItem(SENT, keyOf(form));
        setTimeout(() => delete form.dataset.sent, 10000);
      } else {
        event.preventDefault();
        say(words.offline);
        window.addEventListener("online", () => say(words.online), { once: true });
      }
    });
  }

  // A form that was sent is on this page again (wrong, or after signing in), or it was taken.
  const sent = sessionStorage.getItem(SENT);
  if (sent && !location.pathname.includes("/login")) {
    const again = [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === sent);
    if (!again) localStorage.removeItem(sent);
    sessionStorage.removeItem(SENT);
  }

  const say = (text) => {
    let box = document.querySelector(".messages");
    if (!box) {
      box = document.createElement("div");
      box.className = "messages";
      box.setAttribute("role", "status");
      document.getElementById("main").prepend(box);
    }
    const line = document.createElement("p");
    line.className = "notice warning";
    line.textContent = text;
    box.replaceChildren(line);
  };

  // --- What is kept in this browser: shown and deleted on the page about working offline.

  const list = document.querySelector("[data-kept-list]");
  const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of drafts()) {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > DAYS * 864e5) localStorage.removeItem(key);
  }
  if (list) {
    const show = () => {
      list.replaceChildren(...drafts().map((key) => {
        const kept = read(key);
        const row = document.createElement("li");
        const link = document.createElement("a");
        link.href = kept.path;
        link.textContent = kept.path + " · " + new Date(kept.at).toLocaleString(document.documentElement.lang);
        row.append(link, " ", button(words.draftDrop, () => { localStorage.removeItem(key); show(); }, "quiet"));
        return row;
      }));
      document.querySelector("[data-kept-none]").hidden = list.children.length > 0;
    };
    show();
  }

  // --- Arrow keys turn the pages of a presentation.

  if (document.body.classList.contains("present")) {
    document.addEventListener("keydown", (event) => {
      const turn = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
      if (!turn || event.target.closest("a, button, summary, .scroll")) return;
      const link = document.querySelector(`a[rel="${turn}"]`);
      if (link) { event.preventDefault(); location.assign(link.href); }
    });
  }

  if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
  }
})();
