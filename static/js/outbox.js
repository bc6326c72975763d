// Plan Portal: forms on their way to the portal. What got no answer is sent again under its key, which
// the portal takes once (accounts/form_keys.py), by the next page, connection or sign-in, or after a while.
"use strict";

window.outbox = (() => {
  const kept = window.kept, words = document.documentElement.dataset;
  const DONE = "portal-done", SIGN_IN = "/accounts/login/", PATIENCE = 60;

  // --- What is said

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
  const objections = (page) => {
    const said = [...page.querySelectorAll(".notice.error li, .notice.error p, .notice[role=alert] p, .field .error")];
    const found = said.length ? said : [...page.querySelectorAll("main h1, main .lead")];
    return [...new Set(found.map((each) => each.textContent.trim().replace(/\s+/g, " ")))].slice(0, 6).join(" ");
  };
  const openAt = (form) => form.page + "#kept=" + encodeURIComponent(form.id);

  // --- What became of a form: the portal says so in a cookie that names its key, once

  // By HTTPS their names have a prefix; one without it may be left from before.
  const HOST = "__Host-";
  const cookies = () => {
    const all = document.cookie.split("; "), host = all.filter((each) => each.startsWith(HOST));
    return [...host.map((each) => each.slice(HOST.length)), ...all.filter((each) => !host.includes(each))];
  };
  const cookie = (name) => {
    const found = cookies().find((each) => each.startsWith(name + "="));
    return found ? found.slice(name.length + 1) : "";
  };
  const forget = (name) => {
    const over = name + "=; Max-Age=0; path=/; SameSite=Lax";
    document.cookie = over;
    document.cookie = HOST + over + "; Secure";
  };
  // {what: "done", "shown", "seen" or "changed", at: where what was made is}; nothing: {}
  const outcome = (key) => {
    const found = cookie("form-" + key);
    if (found) forget("form-" + key);
    const [what, at] = found.split(":");
    return found ? { what, at: decodeURIComponent(at || "") } : {};
  };
  // What no form here waits for: a hundred of them would make a request too large. The form itself may
  // have found no room here, and its files wait.
  const tidy = () => {
    for (const each of cookies().filter((one) => one.startsWith("form-"))) {
      const key = each.slice(5).split("=")[0], { what, at } = outcome(key);
      if (what === "done" && key.startsWith(kept.user + ".")) told({ key }, at, "");
    }
  };
  const done = () => kept.noted(DONE) || [];
  // `text`: the page that was answered; without it, whoever needs that page asks for it.
  const taken = (form, at, text = "") => {
    kept.remove(form.id);
    kept.note(DONE, [...done(), form.key].slice(-40));
    told(form, at, text);
  };
  const told = (form, at, text) => document.dispatchEvent(new CustomEvent("form-taken", { detail: { form, at, text } }));

  // --- Sending

  const PAUSE = 4000, LONGEST = 120000;
  let pause = PAUSE, timer = 0;
  const tryAgain = (seconds) => {
    if (timer) return;
    timer = setTimeout(() => { timer = 0; sendAll(); }, Math.max(pause, (Number(seconds) || 0) * 1000));
    pause = Math.min(2 * pause, LONGEST);
  };
  const waits = (form, result, answer) => {
    if (kept.change(form.id, { state: "waiting" })) tryAgain(answer?.headers.get("Retry-After"));
    return result;
  };

  // "X-Kept": nobody goes on from the answer, so it need not be a page to enter the next.
  const trying = new Map();  // what is being sent, by key
  const ask = async (form) => {
    const body = new URLSearchParams(form.fields);
    body.set("form_key", form.key);
    const control = kept.limit(PATIENCE);
    trying.set(form.key, control);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": cookie("csrftoken"), "X-Kept": "1" }, signal: control.signal });
      return { answer, text: await answer.text() };
    } catch { return {}; } finally { trying.delete(form.key); }
  };
  document.addEventListener("form-dropped", (event) => trying.get(event.detail.key)?.abort());

  // Send one: "done", "refused", "trouble" (the portal's own), "gone" (deleted meanwhile), or "later"
  // (no answer, no sign-in, too many requests): then the others need not be tried.
  const send = async (form) => {
    if (!kept.same()) return "later";
    const { answer, text } = await ask(form);
    if (!answer) return kept.get(form.id) ? waits(form, "later") : "gone";
    const became = outcome(form.key);
    if (!became.what) {
      if (answer.status === 429) return waits(form, "later", answer);
      if (answer.status >= 500) return waits(form, "trouble", answer);
      if (answer.redirected && new URL(answer.url).pathname === SIGN_IN) return askedToSignIn(form);
      if (answer.redirected) return waits(form, "trouble", answer);
    }
    pause = PAUSE;
    if (became.what === "done") {
      say("success", words.sent.replace("{what}", form.title).replace("{when}", when(form.at)), link(became.at, words.see));
      taken(form, became.at, text);
      return "done";
    }
    const why = objections(new DOMParser().parseFromString(text, "text/html"));
    if (kept.change(form.id, { state: "refused", why })) {
      say("error", words.refused.replace("{what}", form.title) + " " + why, link(openAt(form), words.open));
    }
    return "refused";
  };
  const askedToSignIn = (form) => {
    if (kept.change(form.id, { state: "waiting" })) {
      say("warning", words.signIn, link(SIGN_IN + "?next=" + encodeURIComponent(words.page || location.pathname + location.search), words.signInLink));
    }
    return "later";
  };

  let busy = false;
  const sendAll = async () => {
    if (busy || !kept.same() || !navigator.onLine) return;
    busy = true;
    kept.prune();
    try {
      for (const { id } of kept.outbox()) {
        const form = kept.get(id);  // as it is now: it may have been deleted meanwhile
        if (!form || !["sending", "waiting"].includes(form.state) || form.byHand || isOnTheWay(form)) continue;
        if (await send(form) === "later") break;
      }
    } finally { busy = false; }
  };
  const isOnTheWay = (sent) => [...document.querySelectorAll("form[data-sent]")]
    .some((form) => form.elements.form_key?.value === sent.key);

  return { when, notice, say, link, objections, openAt, cookie, outcome, tidy, done, taken, told, send, sendAll };
})();
