// Plan Portal: a form with a key (core/form_key.py) is kept while it is typed, restored after a reload
// or a new sign-in, and sent once: what could not be sent goes when the connection is back.
"use strict";

(() => {
  const kept = window.kept, words = document.documentElement.dataset;
  const DONE = "portal-done", SENT = "portal-sent", SIGN_IN = "/accounts/login/";
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "form_key"]);
  const forms = [...document.querySelectorAll("form")].filter((form) => form.elements.form_key);

  // --- Small things

  const cookie = (name) => {
    const found = document.cookie.split("; ").find((each) => each.startsWith(name + "="));
    return found ? found.slice(name.length + 1) : "";
  };
  const outcome = (key) => {
    const found = cookie("form-" + key);
    if (found) document.cookie = "form-" + key + "=; Max-Age=0; path=/; SameSite=Lax";
    return found;
  };
  const addressOf = (form, button) => {
    const given = (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href;
    const url = new URL(given, location.href);
    return url.pathname + url.search;
  };
  const slotOf = (form) => form.dataset.slot || "draft " + location.pathname + location.search + " " + addressOf(form);
  const typed = (form) => [...form.elements].filter((field) => field.name && !NOT_KEPT.has(field.name) &&
    !["hidden", "submit", "button", "file", "password"].includes(field.type));
  const isKept = (form) => !("online" in form.dataset) && typed(form).length > 0;
  const hasFiles = (form) => [...form.elements].some((field) => field.type === "file" && field.files.length);
  const done = () => (sessionStorage.getItem(DONE) || "").split(" ");
  const noteDone = (key) => sessionStorage.setItem(DONE, [...done(), key].slice(-40).join(" "));
  const renew = (form) => { form.elements.form_key.value = kept.newKey(); };
  const language = document.documentElement.lang === "en" ? "en-GB" : "vi";
  const when = (at) => new Date(at).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });

  const notice = (kind, text, ...more) => {
    const line = document.createElement("p");
    line.className = "notice " + kind;
    line.append(text, ...more.flatMap((each) => [" ", each]));
    return line;
  };
  const say = (...said) => {
    let box = document.querySelector(".messages");
    if (!box) {
      box = document.createElement("div");
      box.className = "messages";
      box.setAttribute("role", "status");
      document.getElementById("main").prepend(box);
    }
    const line = notice(...said);
    box.append(line);
    return line;
  };
  const link = (href, text) => {
    const made = document.createElement("a");
    made.href = href;
    made.textContent = text;
    return made;
  };
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "small quiet";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  // --- Reading and filling a form

  const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && !NOT_KEPT.has(name));

  const record = (form, state, more = {}) => ({
    id: slotOf(form), state, key: form.elements.form_key.value, slot: slotOf(form), action: addressOf(form),
    page: form.dataset.page || location.pathname + location.search, title: titleOf(form), gist: gistOf(form), at: Date.now(),
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

  const start = new WeakMap();  // what a form held when it was opened
  const keep = (form) => {
    const now = record(form, "draft");
    if (JSON.stringify(now.fields) !== start.get(form)) kept.put(now);
    else kept.remove(now.id);
  };

  // Put what was kept into a form, under the key it had: if it had arrived after all, it is not saved twice.
  const takeUp = (form, found, fresh) => {
    const blank = fieldsOf(form);
    if (fresh) fill(form, found.fields);
    form.elements.form_key.value = found.key || kept.newKey();
    form.dataset.slot = found.slot;
    form.dataset.page = found.page;
    kept.remove(found.id);
    kept.put(record(form, "draft", { at: found.at }));
    if (!fresh) return;
    const note = notice("info", words.restored.replace("{when}", when(found.at)), button(words.blank, () => {
      document.dispatchEvent(new CustomEvent("form-dropped", { detail: found }));
      kept.remove(slotOf(form));
      form.reset();
      fill(form, blank);
      kept.remove(slotOf(form));
      renew(form);
      note.remove();
    }));
    note.setAttribute("role", "status");
    form.before(note);
  };

  // --- Sending

  const freshToken = (form) => {
    const token = cookie("csrftoken");
    if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
  };

  const submit = (event) => {
    const form = event.target, by = event.submitter;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }  // a second tap sends nothing
    freshToken(form);
    const offline = !navigator.onLine;
    if (!isKept(form) || (offline && hasFiles(form))) {
      if (offline) { event.preventDefault(); say("warning", words.needs); }
      else onTheWay(form);
      return;
    }
    clearTimeout(form.timer);
    const draft = slotOf(form);
    const sent = record(form, offline ? "waiting" : "sending", { action: addressOf(form, by) });
    sent.id = sent.key;
    kept.remove(draft);
    if (by && by.name) sent.fields.push([by.name, by.value]);
    const safe = kept.put(sent);
    if (safe) sessionStorage.setItem(SENT, sent.key);
    if (!offline) { onTheWay(form); return; }
    event.preventDefault();
    if (!safe) { say("warning", words.needs); return; }  // no room here: it stays in the form
    say("warning", words.offline, link("/offline/", words.show)).scrollIntoView({ block: "center" });
    form.reset();
    delete form.dataset.slot;
    renew(form);
  };

  const onTheWay = (form) => {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 15000);
  };

  const objections = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const said = [...page.querySelectorAll(".notice.error li, .notice.error p, .notice[role=alert] p, .field .error")];
    const found = said.length ? said : [...page.querySelectorAll("main h1, main .lead")];
    return [...new Set(found.map((each) => each.textContent.trim().replace(/\s+/g, " ")))].slice(0, 6).join(" ");
  };

  // No answer, although the browser thinks it is connected: again after a while, then more seldom.
  const PAUSE = 4000, LONGEST = 120000;
  let pause = PAUSE, timer;
  const tryAgain = () => {
    clearTimeout(timer);
    timer = setTimeout(() => sendAll(), pause);
    pause = Math.min(2 * pause, LONGEST);
  };

  // Send one: "done", "refused", or "later" (no connection, no sign-in, a server in trouble).
  const send = async (form) => {
    const body = new URLSearchParams(form.fields);
    body.set("form_key", form.key);
    let answer, text;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": cookie("csrftoken") } });
      text = await answer.text();
    } catch { kept.put({ ...form, state: "waiting" }); tryAgain(); return "later"; }
    pause = PAUSE;
    const became = outcome(form.key);
    if (became === "done") { settled(form, answer.url, text); return "done"; }
    const away = answer.redirected || answer.status === 429 || answer.status >= 500;
    if (!became && away) {
      kept.put({ ...form, state: "waiting" });
      if (new URL(answer.url).pathname === SIGN_IN) say("warning", words.signIn, link(SIGN_IN + "?next=" + encodeURIComponent(location.pathname), words.signInLink));
      return "later";
    }
    const why = objections(text);
    kept.put({ ...form, state: "refused", why });
    say("error", words.refused.replace("{what}", form.title) + " " + why, link(openAt(form), words.open));
    return "refused";
  };

  const settled = (form, url, text) => {
    kept.remove(form.id);
    noteDone(form.key);
    say("success", words.sent.replace("{what}", form.title).replace("{when}", when(form.at)), link(url, words.see));
    document.dispatchEvent(new CustomEvent("form-taken", { detail: { form, text } }));
  };

  let busy = false;
  const sendAll = async () => {
    if (busy || !kept.user || !navigator.onLine) return;
    busy = true;
    kept.prune();
    for (const form of kept.outbox()) {
      if (form.state === "refused" || isOnTheWay(form)) continue;
      if (await send(form) === "later") break;
    }
    busy = false;
  };
  const isOnTheWay = (sent) => forms.some((form) => form.dataset.sent && form.elements.form_key.value === sent.key);
  const openAt = (form) => form.id === form.slot ? form.page : form.page + "#kept=" + form.id;

  // --- When a page opens

  // What the portal answered to a form that was sent from a page of this browser.
  const settle = () => {
    for (const sent of kept.outbox()) {
      const became = outcome(sent.key);
      if (became === "done") {
        kept.remove(sent.id);
        noteDone(sent.key);
        document.dispatchEvent(new CustomEvent("form-taken", { detail: { form: sent, text: null } }));
      } else if (became) {
        const path = sent.action.split("?")[0];
        const form = forms.find((each) => addressOf(each).split("?")[0] === path);
        if (form) takeUp(form, sent, false);
        else kept.put({ ...sent, state: "refused", why: objections(document.documentElement.outerHTML) });
      }
    }
  };

  const restore = () => {
    const wanted = location.hash.startsWith("#kept=") && kept.get(location.hash.slice(6));
    for (const form of forms) {
      start.set(form, JSON.stringify(fieldsOf(form)));
      if (done().includes(form.elements.form_key.value)) renew(form);
      if (!isKept(form) || form.dataset.slot) continue;
      const path = addressOf(form).split("?")[0];
      if (wanted && wanted.action.split("?")[0] === path) takeUp(form, wanted, true);
      else {
        const found = kept.get(slotOf(form));
        if (found) takeUp(form, found, true);
      }
    }
    if (wanted) history.replaceState(null, "", location.pathname + location.search);
  };

  const watch = (form) => {
    form.addEventListener("submit", submit);
    if (!isKept(form)) return;
    form.addEventListener("input", () => { clearTimeout(form.timer); form.timer = setTimeout(keep, 400, form); });
    addEventListener("pagehide", () => { if (form.timer && !form.dataset.sent) { clearTimeout(form.timer); keep(form); } });
  };

  const count = () => {
    const shown = document.querySelector("[data-kept-count]");
    if (!shown) return;
    const many = kept.outbox().length;
    shown.hidden = !many;
    shown.textContent = words.unsent + " " + many;
  };

  window.kept.send = send;
  window.kept.openAt = openAt;
  window.kept.when = when;

  if (kept.user) {
    if (kept.live) { settle(); restore(); forms.forEach(watch); }
    count();
    document.addEventListener("kept", count);
    addEventListener("online", sendAll);
    sendAll();
  } else if (location.pathname === SIGN_IN && sessionStorage.getItem(SENT)) {
    say("info", words.signIn);
  }
  if (kept.user) sessionStorage.removeItem(SENT);

  // A page taken from the browser's memory ("back") still holds the key of what was sent from it.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of forms) {
      delete form.dataset.sent;
      if (!kept.get(form.elements.form_key.value)) renew(form);
    }
  });

  // --- Signing out: what is kept for this person is asked about first.

  // One in the head, one in the menu of a phone.
  for (const out of document.querySelectorAll("form[data-sign-out]")) out.addEventListener("submit", (event) => {
    if (kept.all().length && !out.dataset.asked) { event.preventDefault(); location.assign("/offline/#sign-out"); }
    else kept.leave();
  });
})();
