// Plan Portal: the page of what this browser keeps: each form can be opened, sent and deleted; whoever
// signs out says what becomes of it.
"use strict";

(() => {
  const { kept, outbox } = window, page = document.querySelector("[data-kept-page]");
  if (!page) return;
  const words = page.dataset;
  const list = page.querySelector("[data-kept-list]");
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const button = (text, title, kind, act) => {
    const made = element("button", text, "small " + kind);
    made.type = "button";
    const what = element("span", " " + title, "visually-hidden");
    made.append(what);
    made.addEventListener("click", act);
    return made;
  };

  const row = (form) => {
    const item = element("li");
    const head = element("p");
    head.append(element("strong", form.title), " ", element("span", words[form.unheard ? "unheard" : form.state], "badge " + (form.state === "refused" ? "bad" : form.state === "draft" && !form.unheard ? "" : "warn")));
    const facts = element("p", [outbox.when(form.at), form.gist].filter(Boolean).join(" · "), "help");
    const deeds = element("p", "", "actions");
    const open = element("a", words.open, "button small quiet");
    open.href = outbox.openAt(form);
    deeds.append(open);
    if (form.state !== "draft") deeds.append(button(words.send, form.title, "", (event) => {
      event.currentTarget.disabled = true;
      outbox.send(form).then((became) => { if (["later", "trouble"].includes(became)) page.querySelector("[data-kept-later]").hidden = false; show(true); });
    }));
    deeds.append(button(words.drop, form.title, "quiet", () => {
      if (!kept.isSure()) return;
      drop(form);
      show();
      list.querySelector("a, button")?.focus();
    }));
    item.append(head, facts);
    if (form.why) item.append(element("p", form.why, "notice error"));
    item.append(deeds);
    return item;
  };

  let shown = "", files = 0;
  const countFiles = async () => {
    files = (await kept.files?.mine().catch(() => []) || []).length;
    show();
    ask();
  };
  const show = (again) => {
    const forms = kept.all(), now = JSON.stringify([forms, files]);
    if (now === shown && again !== true) return;  // nothing moves under a finger for nothing
    shown = now;
    list.replaceChildren(...forms.map(row));
    page.querySelector("[data-kept-none]").hidden = forms.length > 0 || !kept.user;
    page.querySelector("[data-kept-nobody]").hidden = !!kept.user;
    page.querySelector("[data-kept-all]").hidden = forms.length + files < 2;
  };
  const drop = (form) => {
    kept.remove(form.id);
    return document.dispatchEvent(new CustomEvent("form-dropped", { detail: form }));
  };
  const dropAll = async () => {
    for (const form of kept.all()) drop(form);
    await kept.files?.dropAll();
  };

  page.querySelector("[data-kept-all] button").addEventListener("click", () => { if (kept.isSure()) { dropAll(); show(); } });
  document.addEventListener("kept", show);
  document.addEventListener("files", countFiles);

  const out = document.querySelector("form[data-sign-out]");
  const leaving = document.querySelector("[data-leaving]");
  const ask = () => { leaving.hidden = !(out && location.hash === "#sign-out" && kept.all().length + files > 0); };
  for (const each of leaving.querySelectorAll("button")) {
    each.addEventListener("click", async () => {
      if (each.name === "delete") await dropAll();
      out.dataset.asked = "1";
      out.requestSubmit();
    });
  }
  addEventListener("hashchange", ask);
  show();
  countFiles();
})();
