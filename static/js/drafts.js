// Plan Portal: a form as a draft: what is typed in it, as it is kept; what was kept, put into it or offered.
"use strict";

window.drafts = (() => {
  const { kept, outbox } = window, words = document.documentElement.dataset;
  const OPEN = "portal-open:" + kept.user, NOT_KEPT = new Set(["csrfmiddlewaretoken", "form_key"]);

  // --- Small things

  const addressOf = (form, button) => {
    const given = (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href;
    const url = new URL(given, location.href);
    return url.pathname + url.search;
  };
  // A page made from what was sent can be asked for only at the page it was sent from.
  const here = () => words.page || location.pathname + location.search;
  const slotOf = (form) => form.dataset.slot || here() + " " + addressOf(form);
  const pageOf = (form) => form.dataset.page || here();
  const keyOf = (form) => form.elements.form_key.value;
  const idOf = (form) => "draft " + keyOf(form);
  const typed = (form) => [...form.elements].filter((field) => field.name && !NOT_KEPT.has(field.name) &&
    !["hidden", "submit", "button", "file", "password"].includes(field.type));
  // A password never lies here, so a form with one in it cannot be sent later.
  const secrets = (form) => [...form.elements].filter((field) => field.type === "password");
  const hasSecret = (form) => secrets(form).some((field) => field.value);
  const isKept = (form) => !("online" in form.dataset) && typed(form).length > 0;
  // One of several forms with this address: the one that has what was typed.
  const isFor = (sent) => (form) => isKept(form) && addressOf(form).split("?")[0] === (sent.own || sent.action).split("?")[0] &&
    typed(form).some((field) => sent.fields.some(([name]) => name === field.name));
  const isByHand = (form) => "byHand" in form.dataset;  // a decision: kept while it is typed, never sent later by itself
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
  const owned = () => kept.noted(OPEN) || {};
  const own = (form) => owned()[slotOf(form)];
  const hold = (draft) => {
    const still = Object.entries(owned()).filter(([, id]) => kept.get(id));
    kept.note(OPEN, { ...Object.fromEntries(still), [draft.slot]: draft.id });
  };

  // --- Reading and filling a form

  const fieldsOf = (form) => {
    const secret = secrets(form).map((field) => field.name);
    return [...new FormData(form)].filter(([name, value]) =>
      typeof value === "string" && !NOT_KEPT.has(name) && !secret.includes(name));
  };

  const record = (form, state, more = {}) => ({
    id: idOf(form), state, key: keyOf(form), known: Number(form.dataset.known) || 0, unheard: "unheard" in form.dataset,
    byHand: isByHand(form), slot: slotOf(form), own: addressOf(form), action: addressOf(form), page: pageOf(form),
    title: titleOf(form), gist: gistOf(form), at: Date.now(), fields: fieldsOf(form), ...more,
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
    form.dispatchEvent(new CustomEvent("form-fill", { detail: fields }));  // a form of rows grows to them
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || NOT_KEPT.has(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
      const found = values.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = found.includes(field.value);
      else if (field.type === "select-multiple") for (const each of field.options) each.selected = found.includes(each.value);
      else if (found.length) field.value = found.shift();
    }
    for (const field of typed(form)) field.dispatchEvent(new Event("input", { bubbles: true }));
    form.closest("details")?.setAttribute("open", "");
    for (const field of typed(form)) if (field.value.trim()) field.closest("form details")?.setAttribute("open", "");
  };

  // --- Keeping

  // What a form holds as the portal made it: a browser may have put back what was typed, at "back" or "reload".
  const start = new WeakMap();
  const open = (form) => {
    const made = form.cloneNode(true);
    made.reset();
    start.set(form, JSON.stringify(fieldsOf(made)));
    form.setAttribute("autocomplete", "off");  // what is put back is ours to say
    if ("left" in form.dataset) refused.add(form);
  };
  const blanked = (form) => fill(form, JSON.parse(start.get(form)));  // what is hidden, too
  // The next record of the same form begins with some of its values ("data-stays").
  const staying = (form) => [...form.elements].filter((field) => "stays" in field.dataset).map((field) => [field, field.value]);
  const carry = (form, values) => {
    for (const [field, value] of values) field.value = value;
    for (const [field] of values) field.dispatchEvent(new Event("input", { bubbles: true }));
    start.set(form, JSON.stringify(fieldsOf(form)));
  };
  const refused = new WeakSet();  // what was refused is kept as it stands
  const written = (fields) => JSON.stringify(fields.filter(([, value]) => value));  // a blank row more says nothing
  const isAsOpened = (form) => !refused.has(form) && written(fieldsOf(form)) === written(JSON.parse(start.get(form)));
  const store = (form, more) => {
    const draft = record(form, "draft", more);
    const done = kept.put(draft);
    if (done) hold(draft);
    return done;
  };
  // Beside the form and not on it: `form.note` is its field of that name.
  const timers = new WeakMap(), notes = new WeakMap();
  const stop = (form) => { clearTimeout(timers.get(form)); timers.delete(form); };
  const keepSoon = (form) => { stop(form); timers.set(form, setTimeout(keep, 400, form)); };
  const isToKeep = (form) => timers.has(form);
  const keep = (form, more) => {
    stop(form);
    if (isAsOpened(form)) kept.remove(idOf(form));
    else store(form, more);
  };

  // Put what was kept into a form. What was sent before goes on under the key it had: if it had arrived
  // after all, it is not saved twice. `fresh`: the form does not show it yet.
  const takeUp = (form, found, fresh) => {
    const blank = JSON.parse(start.get(form));
    if (fresh) fill(form, found.fields);
    if (found.known) {
      form.elements.form_key.value = found.key;
      form.dataset.known = found.known;
    }
    form.toggleAttribute("data-unheard", !!found.unheard);
    form.dataset.slot = found.slot;
    form.dataset.page = found.page;
    if (words.answers === found.key) refused.add(form);
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
  const unsay = (form) => notes.get(form)?.remove();
  const show = (form, note) => {
    unsay(form);
    note.setAttribute("role", "status");
    form.before(note);
    notes.set(form, note);
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

  return {
    addressOf, here, pageOf, keyOf, idOf, isKept, hasSecret, isFor, isByHand, renew, own, record, open, blanked, staying, carry, isAsOpened,
    store, stop, keepSoon, isToKeep, keep, takeUp, offer, unsay,
  };
})();
