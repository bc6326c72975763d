// Plan Portal: what this browser keeps of forms: drafts, and forms that the portal has not taken yet.
// One store for every page. What one person typed is found, shown and sent for that person alone.
//
// A kept form: {id, state, key, action, page, title, at, fields: [[name, value], …], why, files}
//   state: "draft" (being typed) · "sending" (sent, no answer heard) · "waiting" (no connection or
//          sign-in then) · "refused" (the portal objects: `why`)
"use strict";

window.kept = (() => {
  const PREFIX = "portal-kept:", WHO = "portal-user", DAY = 864e5, DRAFT_DAYS = 14;
  const page = document.documentElement.dataset;
  const live = page.user !== undefined;  // not the copy that is shown without a connection

  const parse = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(name, value); return true; } catch { return false; } };
  const drop = (name) => { try { localStorage.removeItem(name); } catch { /* nothing is kept here */ } };

  // Who is signed in: the page says so. Without a connection, who was, as long as a sign-in lasts.
  const user = (() => {
    if (live) {
      if (page.user) store(WHO, JSON.stringify({ id: page.user, at: Date.now(), hours: Number(page.hours) }));
      else drop(WHO);
      return page.user;
    }
    const last = parse(stored(WHO));
    return last && Date.now() - last.at < last.hours * 36e5 ? last.id : "";
  })();

  const name = (id) => PREFIX + user + ":" + id;
  const get = (id) => user ? parse(stored(name(id))) : null;
  const changed = () => document.dispatchEvent(new Event("kept"));
  const put = (form) => { const done = !!user && store(name(form.id), JSON.stringify(form)); changed(); return done; };
  const remove = (id) => { drop(name(id)); changed(); };
  const every = () => Object.keys(localStorage).filter((each) => each.startsWith(PREFIX));
  const all = () => user
    ? every().filter((each) => each.startsWith(PREFIX + user + ":")).map((each) => parse(stored(each)))
      .filter(Boolean).sort((a, b) => a.at - b.at)
    : [];
  const outbox = () => all().filter((form) => form.state !== "draft");

  // A form may be sent while the portal still knows its key; after that it is a draft again.
  const prune = () => {
    const days = Number(page.keyDays) || 7;
    for (const each of every()) {
      const form = parse(stored(each));
      const age = form ? (Date.now() - form.at) / DAY : Infinity;
      if (!(age < DRAFT_DAYS)) drop(each);
      else if (form.state !== "draft" && age >= days) {
        store(each, JSON.stringify({ ...form, state: "draft", key: "" }));
      }
    }
    for (const each of Object.keys(localStorage)) if (each.startsWith("portal-draft:")) drop(each);
  };

  const hex = (count) => Array.from(crypto.getRandomValues(new Uint8Array(count)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  const newKey = () => user + "." + hex(16);
  const leave = () => drop(WHO);

  try { prune(); } catch { /* no storage: forms work without */ }
  return { user, live, get, put, remove, all, outbox, prune, newKey, leave };
})();
