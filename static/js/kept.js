// Plan Portal: what this browser keeps of forms: drafts, and forms that the portal has not taken yet.
// One store for every page. What one person typed is found, shown and sent for that person alone.
//
// A kept form: {id, state, key, known, slot, own, action, page, title, gist, at, fields: [[name, value], …], why}
//   id:    "draft KEY" while it is typed, KEY once it was sent
//   state: "draft" (being typed) · "sending" (sent, no answer heard) · "waiting" (no connection or
//          sign-in then) · "refused" (the portal objects: `why`)
//   known: when it was first sent under its key, which the portal may know: it goes on under that key; 0: never
//   sent:  a draft as it was sent; what is typed makes it another
//   unheard: no answer came for as long as the portal knows its key; turned: when it became a draft for that
//   slot:  which form of which page it is; own: the form's address; action: where it goes (a button may have its own)
"use strict";

window.kept = (() => {
  const PREFIX = "portal-kept:", WHO = "portal-user", DAY = 864e5, DRAFT_DAYS = 14;
  const page = document.documentElement.dataset;
  const live = page.user !== undefined;  // not the copy that is shown without a connection

  const parse = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(name, value); return true; } catch { return false; } };
  // For this window alone, until it is closed.
  const note = (name, value) => { try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* no room */ } };
  const noted = (name) => { try { return parse(sessionStorage.getItem(name)); } catch { return null; } };
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
  // Whether that is still so: somebody else may have signed in, or out, in another window meanwhile.
  const same = () => !!user && parse(stored(WHO))?.id === user;

  const name = (id) => PREFIX + user + ":" + id;
  const get = (id) => user && id ? parse(stored(name(id))) : null;
  const changed = () => document.dispatchEvent(new Event("kept"));
  const put = (form) => { const done = !!user && store(name(form.id), JSON.stringify(form)); changed(); return done; };
  // What was deleted meanwhile stays deleted.
  const change = (id, more) => { const now = get(id); return !!now && put({ ...now, ...more }); };
  const remove = (id) => { drop(name(id)); changed(); };
  const names = () => { try { return Object.keys(localStorage); } catch { return []; } };
  const every = () => names().filter((each) => each.startsWith(PREFIX));
  const all = () => user
    ? every().filter((each) => each.startsWith(PREFIX + user + ":")).map((each) => parse(stored(each)))
      .filter(Boolean).sort((a, b) => a.at - b.at)
    : [];
  const outbox = () => all().filter((form) => form.state !== "draft");
  // Whether anything is kept for this person, files (files.js) as well.
  const any = async () => all().length > 0 || (await window.kept.files?.mine().catch(() => []) || []).length > 0;

  // The portal knows a key for some days from when it first came, whatever is typed later. A form is sent
  // by itself only so long; after that it is a draft, for the person to send.
  const isOver = (known) => !((Date.now() - known) / DAY < (Number(page.keyDays) || 7));
  const prune = () => {
    for (const each of every()) {
      const form = parse(stored(each));
      if (form && form.state !== "draft") {
        const unheard = form.state !== "refused", turned = Date.now();
        if (isOver(form.known)) store(each, JSON.stringify({ ...form, state: "draft", unheard, turned }));
      } else if (!form || !((Date.now() - (form.turned || form.at)) / DAY < DRAFT_DAYS)) drop(each);
    }
  };

  const hex = (count) => Array.from(crypto.getRandomValues(new Uint8Array(count)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  const newKey = () => user + "." + hex(16);

  // Asked before something typed is deleted.
  const isSure = () => confirm(page.sure);

  // For a request that must not hang for ever.
  const limit = (seconds) => {
    const control = new AbortController();
    setTimeout(() => control.abort(), seconds * 1000);
    return control;
  };

  prune();
  addEventListener("storage", (event) => { if (event.key?.startsWith(PREFIX)) changed(); });  // another window's doing
  return { user, live, same, note, noted, get, put, change, remove, all, any, outbox, isOver, prune, newKey, isSure, limit };
})();
