// Plan Portal: a form with a key (core/form_key.py) is kept while it is typed, restored after a reload
// or a new sign-in, and sent once: what could not be sent goes when the connection is back (outbox.js).
"use strict";

(() => {
  const { kept, outbox } = window, words = document.documentElement.dataset;
  const SENT = "portal-sent", OPEN = "portal-open:" + kept.user, SIGN_IN = "/accounts/login/", ASKED = "#kept=", SAVED = "#saved=", FROM = "portal-from";
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "form_key"]);
  const forms = [...document.querySelectorAll("form")].filter((form) => form.elements.form_key);

  // --- Small things

  const addressOf = (form, button) => {
    const given = (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href;
    const url = new URL(given, location.href);
    return url.pathname + url.search;
  };
  // A page made from what was sent can be asked for only at the page it was sent from.
  const here = () => words.page || location.pathname + location.search;
  const slotOf = (form) => form.dataset.slot || here() + " " + addressOf(form);
  const keyOf = (form) => form.elements.form_key.value;
  const idOf = (form) => "draft " + keyOf(form);
  const typed = (form) => [...form.elements].filter((field) => field.name && !NOT_KEPT.has(field.name) &&
    !["hidden", "submit", "button", "file", "password"].includes(field.type));
  const isKept = (form) => !("online" in form.dataset) && typed(form).length > 0;
  // One of several forms with this address: the one that has what was typed.
  const isFor = (sent) => (form) => isKept(form) && addressOf(form).split("?")[0] === (sent.own || sent.action).split("?")[0] &&
    typed(form).some((field) => sent.fields.some(([name]) => name === field.name));
  const isByHand = (form) => "byHand" in form.dataset;  // a decision: kept while it is typed, never sent later by itself
  const hasFiles = (form) => [...form.elements].some((field) => field.type === "file" && field.files.length);
  const renew = (form) => {
    for (const each of ["known", "unheard", "slot", "page"]) delete form.dataset[each];
    form.elements.form_key.value = kept.newKey();
  };
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "small quiet";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  // Which draft this window goes on with, by form: another window may be busy with one of its own.
  const own = () => kept.noted(OPEN) || {};
  const hold = (draft) => {
    const still = Object.entries(own()).filter(([, id]) => kept.get(id));
    kept.note(OPEN, { ...Object.fromEntries(still), [draft.slot]: draft.id });
  };

  // --- Reading and filling a form

  const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && !NOT_KEPT.has(name));

  const record = (form, state, more = {}) => ({
    id: idOf(form), state, key: keyOf(form), known: Number(form.dataset.known) || 0, unheard: "unheard" in form.dataset, byHand: isByHand(form), slot: slotOf(form),
    own: addressOf(form), action: addressOf(form),
    page: form.dataset.page || here(), title: titleOf(form), gist: gistOf(form), at: Date.now(),
    fields: fieldsOf(form), ...more,
  });

  const titleOf = (form) => {
    const part = form.closest("section, details")?.querySelector("h2, summary");
    const whole = document.querySelector("h1");
    return [whole, part].filter(Boolean).map((each) => each.textContent.trim()).join(" · ");
  };

  // What was written, in a line: enough to know which form it is.
  const gistOf = (form) => typed(form).filter((field) => ["text", "textarea", "number"].includes(field.type) && field.value.trim())
    .map((field) => field.value.trim()).slice(0, 4).join(" · ").slice(0, 120);

  const fill = (form, fields) => {
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || NOT_KEPT.has(field.name) || ["file", "submit", "button", "password"].includes(field.type)) continue;
      const found = values.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = found.includes(field.value);
      else if (field.type === "select-multiple") for (const each of field.options) each.selected = found.includes(each.value);
      else if (found.length) field.value = found.shift();
    }
    for (const field of typed(form)) field.dispatchEvent(new Event("input", { bubbles: true }));
    form.closest("details")?.setAttribute("open", "");
  };

  // --- Keeping

  const start = new WeakMap();  // what a form held when it was opened
  const isAsOpened = (form) => JSON.stringify(fieldsOf(form)) === start.get(form);
  const store = (form, more) => {
    const draft = record(form, "draft", more);
    const done = kept.put(draft);
    if (done) hold(draft);
    return done;
  };
  const keep = (form, more) => {
    clearTimeout(form.timer);
    form.timer = 0;
    if (isAsOpened(form)) kept.remove(idOf(form));
    else store(form, more);
  };

  // Put what was kept into a form. What was sent before goes on under the key it had: if it had arrived
  // after all, it is not saved twice. `fresh`: the form does not show it yet.
  const takeUp = (form, found, fresh) => {
    const blank = fieldsOf(form);
    if (fresh) fill(form, found.fields);
    if (found.known) {
      form.elements.form_key.value = found.key;
      form.dataset.known = found.known;
    }
    form.toggleAttribute("data-unheard", !!found.unheard);
    form.dataset.slot = found.slot;
    form.dataset.page = found.page;
    if (words.answers === found.key) start.set(form, "");  // what was refused is kept as it stands
    if (store(form, { at: found.at, turned: Date.now() }) && found.id !== idOf(form)) kept.remove(found.id);
    if (found.key !== keyOf(form)) document.dispatchEvent(new CustomEvent("form-moved", { detail: { from: found.key, to: keyOf(form) } }));
    if (!fresh) return;
    const note = outbox.notice("info", said(found, words.restored), button(words.blank, () => {
      if (!kept.isSure()) return;
      document.dispatchEvent(new CustomEvent("form-dropped", { detail: found }));
      kept.remove(idOf(form));
      form.reset();
      fill(form, blank);
      renew(form);
      note.remove();
    }));
    show(form, note);
  };
  // One that was sent and got no answer for too long may have arrived.
  const said = (found, text) => (found.unheard ? words.unheard : text)
    .replace("{when}", outbox.when(found.at)).replace("{gist}", found.gist || "…");
  const show = (form, note) => {
    form.note?.remove();
    note.setAttribute("role", "status");
    form.before(note);
    form.note = note;
  };

  // A draft of this form that another window left behind, or is still busy with: asked for, not put in.
  const offer = (form) => {
    const last = kept.all().filter((each) => each.state === "draft" && each.slot === slotOf(form)).pop();
    if (!last) return;
    const note = outbox.notice("info", said(last, words.begun), button(words.takeUp, () => {
      const found = kept.get(last.id);
      note.remove();
      if (found) takeUp(form, found, true);
    }), outbox.link("/offline/", words.show));
    show(form, note);
    document.addEventListener("kept", () => { if (!kept.get(last.id)) note.remove(); });  // sent or deleted meanwhile
    form.addEventListener("input", () => note.remove(), { once: true });
  };

  // --- Sending

  const freshToken = (form) => {
    const token = outbox.cookie("csrftoken");
    if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
  };

  const submit = (event) => {
    const form = event.target, by = event.submitter;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }  // a second tap sends nothing
    freshToken(form);
    kept.note(FROM, [keyOf(form), form.dataset.page || here()]);
    const offline = !navigator.onLine;
    if (!isKept(form) || isByHand(form) || hasFiles(form)) {  // the browser could not send it later, or should not
      if (offline) { event.preventDefault(); outbox.say("warning", words.needs); return; }
      onTheWay(form);
      begin(form);
      if (form.dataset.replaces) replace(form);
      else if (isKept(form)) keep(form, { sent: true });
      return;
    }
    clearTimeout(form.timer);
    form.timer = 0;
    form.note?.remove();
    begin(form);
    const sent = record(form, offline ? "waiting" : "sending", { id: keyOf(form), action: addressOf(form, by) });
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
  const clear = (form) => {
    if (words.answers || form.elements.version?.value) { rest(form); return; }
    form.reset();
    renew(form);
    fill(form, JSON.parse(start.get(form)));  // what is hidden, too
  };
  const rest = (form) => { for (const field of form.elements) field.disabled = true; };

  // The same once more as an entry of its own: what is kept of it goes on under the new key.
  const replace = (form) => {
    const old = sentAs(form.dataset.replaces), key = keyOf(form);
    if (old && kept.put({ ...old, id: key, key, known: Date.now(), state: "sending" })) kept.remove(old.id);
  };

  const sentAs = (key) => kept.get(key) || kept.get("draft " + key);

  // --- When a page opens

  // What the portal answered to a form that was sent from a page of this browser. The page that shows
  // may be that answer, or any other: the answer itself may have been lost. What was typed or saved since
  // is newer than the page of a refusal, which may have been asked for once more.
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
  // On the page that is open. Not by a reload: that would send again what this page answers.
  const openHere = () => {
    const wanted = location.href;
    for (const form of forms) if (form.timer) keep(form);
    history.replaceState(null, "", "/offline/");
    location.replace(wanted);
  };
  const forgetHash = () => history.replaceState(null, "", location.pathname + location.search);
  const restore = () => {
    const id = named(ASKED), asked = kept.get(id);
    const wanted = asked && forms.find((form) => isKept(form) && !form.dataset.slot && isFor(asked)(form));
    for (const form of forms) {
      if (outbox.done().includes(keyOf(form))) renew(form);
      if (!isKept(form) || form.dataset.slot) continue;
      const found = form === wanted ? asked : kept.get(own()[slotOf(form)]);
      if (found) takeUp(form, found, true);
      else offer(form);
    }
    if (id && !wanted) outbox.say("warning", asked ? words.gone : words.past, outbox.link("/offline/", words.show));
    if (id) forgetHash();
  };

  const watch = (form) => {
    form.addEventListener("submit", submit);
    if (!isKept(form)) return;
    form.addEventListener("input", () => { clearTimeout(form.timer); form.timer = setTimeout(keep, 400, form, {}); });
    addEventListener("pagehide", () => { if (form.timer && !("sent" in form.dataset)) keep(form); });
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
      for (const form of forms) start.set(form, JSON.stringify(fieldsOf(form)));
      settle();
      openSaved();
      outbox.tidy();
      restore();
      forms.forEach(watch);
    }
    count();
    document.addEventListener("kept", count);
    addEventListener("online", outbox.sendAll);
    addEventListener("hashchange", () => { if (named(ASKED) || named(SAVED)) openHere(); });
    outbox.sendAll();
  } else if (location.pathname === SIGN_IN && kept.noted(SENT)) {
    outbox.say("info", words.signIn);
  }
  if (kept.user) kept.note(SENT, null);

  // A page taken from the browser's memory ("back") may be another person's by now, or show what was sent from it.
  const isPast = (form) => "sent" in form.dataset || (isKept(form) && !isAsOpened(form) && !kept.get(idOf(form)));
  addEventListener("pageshow", (event) => {
    if (!event.persisted || !kept.user) return;
    const past = kept.same() ? forms.filter(isPast) : forms;
    past.forEach(rest);
    if (!kept.same()) document.getElementById("main").hidden = true;  // it shows what somebody else typed
    if (!kept.same() || (past.length && navigator.onLine)) location.reload();
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
