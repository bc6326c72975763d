// A browser for the scripts that keep and send forms: what stays from page to page (storage, cookies,
// files, who is signed in) and what the test says of the world (connection, answers, time).
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { CustomEvent, Event, FormData, Target, make, parse, whenSent } from "./dom.mjs";

const SCRIPTS = ["kept", "outbox", "files", "drafts", "forms"];
const WORDS = {
  restored: "restored {when}", blank: "anew", begun: "begun: {gist}", "take-up": "take up", gone: "gone", unheard: "unheard: {gist}",
  sure: "sure?", past: "past", offline: "offline", needs: "needs a connection", show: "show", "sign-in": "sign in first",
  "sign-in-link": "sign in", sent: "sent: {what}", refused: "refused: {what}.", open: "open", see: "see", unsent: "unsent", hours: "10", "key-days": "7",
};
export const DAY = 864e5;

const storage = (browser) => Object.create({
  getItem(name) { return Object.hasOwn(this, name) ? this[name] : null; },
  setItem(name, value) { if (browser.full) throw new Error("full"); this[name] = String(value); },
  removeItem(name) { delete this[name]; },
});

// IndexedDB, as files.js uses it.
const database = (browser) => {
  const rows = new Map();
  let last = 0;
  const asked = (act) => {
    const request = {};
    queueMicrotask(() => {
      try { request.result = act(); request.onsuccess?.(); } catch (error) { request.error = error; request.onerror?.(); }
    });
    return request;
  };
  const store = {
    getAll: () => asked(() => [...rows.values()]),
    get: (id) => asked(() => rows.get(id)),
    delete: (id) => asked(() => void rows.delete(id)),
    put: (row) => asked(() => {
      if (browser.full) throw new Error("full");
      const id = row.id ?? ++last;
      rows.set(id, { ...row, id });
      return id;
    }),
  };
  return { rows, open: () => asked(() => ({ transaction: () => ({ objectStore: () => store }) })) };
};

export class Browser {
  // Another window of the same browser.
  window() { this.session = storage(this); }

  constructor() {
    Object.assign(this, { online: true, full: false, sure: true, now: Date.parse("2026-11-30T08:00:00Z"), cookies: {}, asked: [] });
    this.local = storage(this);
    this.session = storage(this);
    this.files = database(this);
    this.answer = () => { throw new Error("no connection"); };
  }

  // What the portal answers: {status, html, became: what its cookie says, at, url: where it redirected to}
  async fetch(path, options = {}) {
    this.asked.push({ path, ...options });
    const { status = 200, html = "", json, became, at = "", url, headers = {} } = await this.answer(path, options);
    const key = options.body?.get?.("form_key");
    if (became) this.cookies["form-" + key] = became + ":" + encodeURIComponent(at);
    return { status, redirected: !!url, url: new URL(url ?? path, "https://portal.example").href,
      headers: { get: (name) => headers[name] ?? null }, text: async () => html, json: async () => JSON.parse(json ?? html) };
  }

  // Open a page, as the person who is signed in by then; null: the copy that is shown without a connection.
  open(html, { path = "/disbursements/new/", user = "7", answers, hash = "", scripts = SCRIPTS } = {}) {
    const page = new Target(), browser = this, timers = new Map();
    const root = parse(html), document = new Target();
    for (const [name, value] of Object.entries(WORDS)) root.setAttribute("data-" + name, value);
    if (user !== null) root.setAttribute("data-user", user);
    if (answers) root.setAttribute("data-answers", answers);
    root.lang = "vi";
    root.parent = document;
    document.parent = page;
    Object.assign(document, {
      documentElement: root, createElement: (tag) => tag === "canvas" ? canvas() : make(tag), getElementById: (id) => root.querySelector("#" + id),
      querySelector: (one) => root.querySelector(one), querySelectorAll: (all) => root.querySelectorAll(all),
    });
    Object.defineProperty(document, "cookie", {
      get: () => Object.entries(browser.cookies).map((each) => each.join("=")).join("; "),
      set: (text) => { if (/Max-Age=0/.test(text)) delete browser.cookies[text.split("=")[0]]; },
    });
    const url = new URL(path + hash, "https://portal.example");
    const location = { href: url.href, pathname: url.pathname, search: url.search, hash: url.hash, went: [],
      assign: (to) => location.went.push(to), replace: (to) => location.went.push(to) };
    class Clock extends Date { constructor(...given) { super(...(given.length ? given : [browser.now])); } static now() { return browser.now; } }
    let last = 0;
    const world = {
      document, location, localStorage: this.local, sessionStorage: this.session, indexedDB: this.files, Date: Clock, URL, URLSearchParams,
      Event, CustomEvent, FormData, AbortController, Blob, File, JSON, console, queueMicrotask,
      crypto: globalThis.crypto, navigator: { get onLine() { return browser.online; } }, confirm: () => browser.sure,
      history: { replaceState: (_state, _title, to) => { location.hash = new URL(to, location.href).hash; } },
      fetch: (...given) => browser.fetch(...given), DOMParser: class { parseFromString(text) { return parse(text); } },
      setTimeout: (act, time, ...given) => { timers.set(++last, { at: browser.now + time, act: () => act(...given) }); return last; },
      clearTimeout: (id) => timers.delete(id),
      addEventListener: (...given) => page.addEventListener(...given),
      createImageBitmap: async (file) => { if (file.broken) throw new Error("no picture"); return file.picture; },
      DataTransfer: class { files = []; items = { add: (file) => this.files.push(file) }; },
    };
    world.window = world.globalThis = world;
    const context = createContext(world), sent = [];
    whenSent((form, by) => sent.push({ form, by, fields: Object.fromEntries(new FormData(form)) }));
    for (const name of scripts) runInContext(readFileSync(new URL(`../../static/js/${name}.js`, import.meta.url), "utf8"), context, { filename: name });
    const say = (type, more) => page.dispatchEvent(new Event(type, more));
    const field = (name) => root.querySelectorAll("form").map((form) => form.elements[name]).find(Boolean);
    return {
      document, root, location, sent, say, field, kept: world.kept, outbox: world.outbox, drafts: world.drafts, form: root.querySelector("form"),
      said: () => root.querySelectorAll(".notice").map((each) => each.text),
      press: (text) => root.querySelectorAll("button").find((each) => each.text.startsWith(text)).click(),
      // Time goes by: what was to happen by then happens.
      async wait(time = 0) {
        const until = browser.now + time;
        for (;;) {
          await settled();
          const [id, next] = [...timers].filter(([, each]) => each.at <= until).sort((a, b) => a[1].at - b[1].at)[0] ?? [];
          if (!next) break;
          timers.delete(id);
          browser.now = Math.max(browser.now, next.at);
          next.act();
        }
        browser.now = until;
      },
      // The person goes away, what was typed with them.
      leave() { say("pagehide"); },
    };
  }
}

const settled = () => new Promise((done) => setImmediate(() => setImmediate(done)));

// A picture of so many bytes per point.
const canvas = () => ({
  getContext: () => ({ fillRect() {}, drawImage() {} }),
  toBlob(done, type, quality) { done(new Blob([new Uint8Array(Math.round(this.width * this.height * quality / 4))], { type })); },
});
