// Forms on their way: each answer of the portal, or none, and what becomes of the form.
import assert from "node:assert/strict";
import test from "node:test";
import { Browser } from "./browser.mjs";
import { CustomEvent } from "./dom.mjs";
import { refusal } from "./pages.mjs";

const open = (browser, more) => browser.open("<main id=\"main\"></main>", { scripts: ["kept", "outbox"], ...more });
const waiting = (page, browser, key = "7.a", more = {}) => {
  page.kept.put({ id: key, key, state: "waiting", known: browser.now, at: browser.now, page: "/disbursements/new/", action: "/disbursements/new/",
    title: "Nhập", fields: [["amount", "5"]], ...more });
};
const state = (page, id = "7.a") => page.kept.get(id)?.state;

test("one that the portal took is gone from here, and it is said where it is", async () => {
  const browser = new Browser(), page = open(browser), told = [];
  page.document.addEventListener("form-taken", (event) => told.push(event.detail.at));
  browser.answer = () => ({ became: "done", at: "/disbursements/5/" });
  waiting(page, browser);
  await page.outbox.sendAll();
  assert.equal(state(page), undefined);
  assert.deepEqual([told, page.said()], [["/disbursements/5/"], ["sent: Nhập see"]]);
  assert.deepEqual([[...page.outbox.done()], browser.cookies], [["7.a"], {}]);
  assert.deepEqual([browser.asked[0].body.get("form_key"), browser.asked[0].headers["X-Kept"]], ["7.a", "1"]);
});

test("one that it objects to stays, with its reasons, and is not tried again by itself", async () => {
  const browser = new Browser(), page = open(browser);
  browser.answer = () => ({ html: refusal("Tháng  đã khóa.") });
  waiting(page, browser);
  await page.outbox.sendAll();
  await page.outbox.sendAll();
  assert.deepEqual([state(page), page.kept.get("7.a").why, browser.asked.length], ["refused", "Tháng đã khóa.", 1]);
  assert.equal(page.root.querySelector(".notice a").href, "/disbursements/new/#kept=7.a");
});

test("without an answer it waits, the others are not tried, and it is tried more and more seldom", async () => {
  const browser = new Browser(), page = open(browser);
  waiting(page, browser);
  waiting(page, browser, "7.b", { at: browser.now + 1 });
  await page.outbox.sendAll();
  assert.deepEqual([state(page), browser.asked.length], ["waiting", 1]);
  const tries = [];
  for (let second = 0; second < 300; second += 1) { await page.wait(1000); tries.push(browser.asked.length); }
  assert.deepEqual([3, 4, 12, 28, 60, 124, 244].map((second) => tries[second - 1]), [1, 2, 3, 4, 5, 6, 7]);
  browser.answer = () => ({ became: "done" });
  await page.outbox.sendAll();
  assert.equal(page.kept.all().length, 0);
});

test("trouble of the portal's own holds up no other", async () => {
  const browser = new Browser(), page = open(browser);
  browser.answer = (path) => path === "/broken/" ? { status: 500 } : { became: "done" };
  waiting(page, browser, "7.a", { action: "/broken/" });
  waiting(page, browser, "7.b", { at: browser.now + 1 });
  await page.outbox.sendAll();
  assert.deepEqual([state(page), state(page, "7.b")], ["waiting", undefined]);
});

test("too many requests: all wait as long as the portal says", async () => {
  const browser = new Browser(), page = open(browser);
  browser.answer = () => ({ status: 429, headers: { "Retry-After": "30" } });
  waiting(page, browser);
  waiting(page, browser, "7.b", { at: browser.now + 1 });
  await page.outbox.sendAll();
  await page.wait(29000);
  assert.equal(browser.asked.length, 1);
  await page.wait(1000);
  assert.equal(browser.asked.length, 2);
});

test("who has to sign in is told so, once, and nothing is lost", async () => {
  const browser = new Browser(), page = open(browser);
  browser.answer = () => ({ url: "/accounts/login/?next=/" });
  waiting(page, browser);
  waiting(page, browser, "7.b", { at: browser.now + 1 });
  await page.outbox.sendAll();
  assert.deepEqual([state(page), browser.asked.length, page.said()], ["waiting", 1, ["sign in first sign in"]]);
});

test("a redirect without a word of what became of it is no success", async () => {
  const browser = new Browser(), page = open(browser);
  browser.answer = () => ({ url: "/" });
  waiting(page, browser);
  assert.equal(await page.outbox.send(page.kept.get("7.a")), "trouble");
  assert.equal(state(page), "waiting");
});

test("what is deleted while it is being sent stays deleted", async () => {
  const browser = new Browser(), page = open(browser);
  let stopped = false;
  browser.answer = (_path, { signal }) => new Promise((_done, failed) => {
    signal.addEventListener("abort", () => { stopped = true; failed(new Error("stopped")); });
  });
  waiting(page, browser);
  const form = page.kept.get("7.a"), sending = page.outbox.send(form);
  page.kept.remove("7.a");
  page.document.dispatchEvent(new CustomEvent("form-dropped", { detail: form }));
  assert.deepEqual([await sending, stopped, page.kept.all().length], ["gone", true, 0]);
});

test("decisions, drafts and what was refused are not sent by themselves", async () => {
  const browser = new Browser(), page = open(browser);
  browser.answer = () => ({ became: "done" });
  waiting(page, browser, "7.a", { byHand: true });
  waiting(page, browser, "draft 7.b", { state: "draft" });
  waiting(page, browser, "7.c", { state: "refused" });
  await page.outbox.sendAll();
  assert.equal(browser.asked.length, 0);
});

test("nothing goes while somebody else is signed in, or without a connection", async () => {
  const browser = new Browser(), page = open(browser);
  waiting(page, browser);
  browser.online = false;
  await page.outbox.sendAll();
  browser.online = true;
  open(browser, { user: "8" });
  await page.outbox.sendAll();
  assert.deepEqual([await page.outbox.send(page.kept.get("7.a")), browser.asked.length], ["later", 0]);
});

test("an outcome is heard once, by HTTPS under its protected name, before one left from before", () => {
  const browser = new Browser(), page = open(browser);
  Object.assign(browser.cookies, { "form-7.a": "seen", "__Host-form-7.a": "done:%2Fdisbursements%2F5%2F" });
  assert.deepEqual({ ...page.outbox.outcome("7.a") }, { what: "done", at: "/disbursements/5/" });
  assert.deepEqual([{ ...page.outbox.outcome("7.a") }, browser.cookies], [{}, {}]);
});

test("outcomes that no form waits for are cleared away; files of this person's are told", () => {
  const browser = new Browser(), page = open(browser), told = [];
  page.document.addEventListener("form-taken", (event) => told.push(event.detail.form.key));
  Object.assign(browser.cookies, { "form-7.a": "done:%2F", "form-8.b": "done:%2F", "form-7.c": "seen:", csrftoken: "t" });
  page.outbox.tidy();
  assert.deepEqual([told, browser.cookies], [["7.a"], { csrftoken: "t" }]);
});
