// Plan Portal: a form with a key (core/web/form_key.py) is kept while it is typed (drafts.js) and sent
// once, with the next connection where there is none (outbox.js).
"use strict";

(() => {
  const { kept, outbox, drafts } = window, words = document.documentElement.dataset;
  const { here, keyOf, idOf, isKept, isFor, renew, record, store, keep, takeUp } = drafts;
  const SENT = "portal-sent", FROM = "portal-from", SIGN_IN = "/accounts/login/", ASKED = "#kept=", SAVED = "#saved=";
  const forms = [...document.querySelectorAll("form")].filter((form) => form.elements.form_key);

  // --- Sending

  const hasFiles = (form) => [...form.elements].some((field) => field.type === "file" && field.files.length);
  const freshToken = (form) => {
    const token = outbox.cookie("csrftoken");
    if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
  };

  const submit = (event) => {
    const form = event.target, by = event.submitter;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }  // a second tap sends nothing
    freshToken(form);
    kept.note(FROM, [keyOf(form), drafts.pageOf(form)]);
    const offline = !navigator.onLine;
    if (!isKept(form) || drafts.isByHand(form) || drafts.hasSecret(form) || hasFiles(form)) {  // the browser could not send it later, or should not
      if (offline) { event.preventDefault(); outbox.say("warning", words.needs); return; }
      onTheWay(form);
      begin(form);
      if (form.dataset.replaces) replace(form);
      else if (isKept(form)) keep(form, { sent: true });
      return;
    }
    drafts.stop(form);
    drafts.unsay(form);
    begin(form);
    const sent = record(form, offline ? "waiting" : "sending", { id: keyOf(form), action: drafts.addressOf(form, by) });
    if (by && by.name) sent.fields.push([by.name, by.value]);
    const draft = kept.get(idOf(form));
    kept.remove(idOf(form));  // which makes room
    const safe = kept.put(sent);
    if (safe) kept.note(SENT, sent.key);
    else if (!store(form, { sent: true }) && draft) kept.put({ ...draft, known: sent.known });
    if (!offline) { onTheWay(form); return; }
    event.preventDefault();
    if (!safe) { outbox.say("warning", words.needs); return; }  // no room here: it stays in the form
    const said = outbox.say("warning", words.offline, outbox.link("/offline/", words.show));
    said.scrollIntoView({ block: "center" });
    document.addEventListener("kept", () => { if (!kept.get(sent.id)) said.remove(); });  // no longer so
    clear(form);
  };

  // Its key is sent, now or first some days ago. One that the portal has forgotten begins anew.
  const begin = (form) => {
    const first = Number(form.dataset.known);
    form.dataset.known = first && !kept.isOver(first) ? first : Date.now();
  };
  const onTheWay = (form) => {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 15000);
  };

  // Kept without a connection: a new record's form is ready for the next; that of a change, or of one
  // that was refused before, would show what is not so any more, and rests.
  const isChange = (form) => "change" in form.dataset ||
    [...form.elements].some((field) => /^(\w+-)?version$/.test(field.name) && field.value);
  const clear = (form) => {
    if (words.answers || isChange(form)) { rest(form); return; }
    const stays = drafts.staying(form);
    form.reset();
    renew(form);
    drafts.blanked(form);
    drafts.carry(form, stays);
  };
  const rest = (form) => { for (const field of form.elements) field.disabled = true; };

  // The same once more as an entry of its own: what is kept of it goes on under the new key.
  const replace = (form) => {
    const old = sentAs(form.dataset.replaces), key = keyOf(form);
    if (old && kept.put({ ...old, id: key, key, known: Date.now(), state: "sending" })) kept.remove(old.id);
  };

  const sentAs = (key) => kept.get(key) || kept.get("draft " + key);

  // --- When a page opens

  // What the portal answered to a form sent from here; this page may be that answer, or any other.
  // What was typed or saved since is newer than the page of a refusal.
  const settle = () => {
    const [from, page] = kept.noted(FROM) || [];
    if (from && words.answers === from) words.page = page;
    for (const sent of kept.all().filter((each) => each.known)) {
      const form = forms.find(isFor(sent)), answers = words.answers === sent.key;
      const { what = answers && "seen", at } = outbox.outcome(sent.key);  // another window may have heard it first
      const isAnswer = answers && (sent.sent || sent.state === "sending");
      if (what === "done" || (what === "shown" && answers && !form)) outbox.taken(sent, at);
      else if (what === "changed") kept.change(sent.id, { state: "refused", why: answers ? outbox.objections(document) : "" });
      else if (what && form) takeUp(form, { ...sent, unheard: false }, !isAnswer);
      else if (what && sent.state !== "draft") kept.change(sent.id, { state: "waiting" });  // so that the reasons are heard
    }
  };

  // "Open what was saved", where a form came again with other content: its files belong there, and what
  // was typed since is a draft.
  const openSaved = () => {
    const sent = sentAs(named(SAVED));
    if (!sent) return;
    kept.change(sent.id, { state: "draft", why: "", turned: Date.now() });
    outbox.told(sent, location.pathname, "");
    forgetHash();
  };
  const named = (what) => {
    if (!location.hash.startsWith(what)) return "";
    try { return decodeURIComponent(location.hash.slice(what.length)); } catch { return ""; }
  };
  // Not by a reload: that would send again what this page answers.
  const openAnew = (address) => {
    for (const form of forms) if (drafts.isToKeep(form)) keep(form);
    history.replaceState(null, "", "/offline/");
    location.replace(address);
  };
  const forgetHash = () => history.replaceState(null, "", location.pathname + location.search);
  const restore = () => {
    const id = named(ASKED), asked = kept.get(id);
    const wanted = asked && forms.find((form) => isKept(form) && !form.dataset.slot && isFor(asked)(form));
    for (const form of forms) {
      if (outbox.done().includes(keyOf(form))) renew(form);
      if (!isKept(form) || form.dataset.slot) continue;
      const found = form === wanted ? asked : kept.get(drafts.own(form));
      if (found) takeUp(form, found, true);
      else if ("left" in form.dataset) store(form);  // the portal could not save it, and does not keep it for long
      else if (!drafts.isAsOpened(form)) drafts.keepSoon(form);  // typed in before this script had come
      else drafts.offer(form);
    }
    if (id && !wanted) outbox.say("warning", asked ? words.gone : words.past, outbox.link("/offline/", words.show));
    if (id) forgetHash();
  };

  const watch = (form) => {
    form.addEventListener("submit", submit);
    if (!isKept(form)) return;
    form.addEventListener("input", () => drafts.keepSoon(form));
    addEventListener("pagehide", () => { if (drafts.isToKeep(form) && !("sent" in form.dataset)) keep(form); });
  };

  const count = () => {
    const shown = document.querySelector("[data-kept-count]");
    if (!shown) return;
    const many = kept.outbox().length;
    shown.hidden = !many;
    shown.textContent = words.unsent + " " + many;
  };

  if (kept.user) {
    if (kept.live) {
      forms.forEach(drafts.open);
      const isPast = outbox.done().includes(words.answers);  // before this page says that it was taken
      settle();
      if (words.page && isPast) openAnew(words.page);  // "back" to a refusal of what was taken since
      openSaved();
      outbox.tidy();
      restore();
      forms.forEach(watch);
    }
    count();
    document.addEventListener("kept", count);
    addEventListener("online", outbox.sendAll);
    addEventListener("hashchange", () => { if (named(ASKED) || named(SAVED)) openAnew(location.href); });
    outbox.sendAll();
  } else if (location.pathname === SIGN_IN && kept.noted(SENT)) {
    outbox.say("info", words.signIn);
  }
  if (kept.user) kept.note(SENT, null);

  // A page taken from the browser's memory ("back") may be another person's by now, or show what was sent from it.
  const isOver = (form) => "sent" in form.dataset || (isKept(form) && !drafts.isAsOpened(form) && !kept.get(idOf(form)));
  addEventListener("pageshow", (event) => {
    if (!event.persisted || !kept.user) return;
    const past = kept.same() ? forms.filter(isOver) : forms;
    past.forEach(rest);
    if (!kept.same()) document.getElementById("main").hidden = true;  // it shows what somebody else typed
    if (!kept.same() || (past.length && navigator.onLine)) openAnew(here());
  });

  // --- Signing out: what is kept for this person is asked about first.

  // One in the head, one in the menu of a phone.
  for (const out of document.querySelectorAll("form[data-sign-out]")) out.addEventListener("submit", async (event) => {
    out.closest("details")?.removeAttribute("open");  // the menu would lie over what is said and asked
    if (out.dataset.asked && navigator.onLine) return;
    event.preventDefault();
    if (!navigator.onLine) {
      delete out.dataset.asked;
      outbox.say("warning", words.needs).scrollIntoView({ block: "center" });
    } else if (await kept.any()) {
      location.assign("/offline/#sign-out");
    } else {
      out.dataset.asked = "1";
      out.requestSubmit();
    }
  });
})();
