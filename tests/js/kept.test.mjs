// What a browser keeps of forms: for whom, for how long, in which state.
import assert from "node:assert/strict";
import test from "node:test";
import { Browser, DAY } from "./browser.mjs";

const NONE = "<main id=\"main\"></main>";
const open = (browser, more) => browser.open(NONE, { scripts: ["kept"], ...more }).kept;
const form = (browser, more) => ({ id: "7.a", key: "7.a", state: "waiting", known: browser.now, at: browser.now, fields: [["a", "1"]], ...more });

test("what one person typed nobody else finds", () => {
  const browser = new Browser();
  assert.ok(open(browser).put(form(browser)));
  assert.equal(open(browser, { user: "8" }).all().length, 0);
  assert.equal(open(browser).all().length, 1);
  assert.equal(open(browser, { user: "" }).get("7.a"), null);
});

test("a window knows that somebody else has signed in meanwhile", () => {
  const browser = new Browser(), first = open(browser);
  assert.ok(first.same());
  open(browser, { user: "8" });
  assert.ok(!first.same());
  open(browser, { user: "" });
  assert.ok(!first.same());
});

test("without a connection it is who was signed in, as long as a sign-in lasts", () => {
  const browser = new Browser();
  open(browser);
  browser.now += 9 * 36e5;
  assert.equal(open(browser, { user: null }).user, "7");
  browser.now += 36e5;
  assert.equal(open(browser, { user: null }).user, "");
});

test("what waited longer than the portal knows its key is a draft again, that no answer came to", () => {
  const browser = new Browser(), kept = open(browser);
  kept.put(form(browser));
  kept.put(form(browser, { id: "7.b", key: "7.b", state: "refused" }));
  browser.now += 7 * DAY;
  kept.prune();
  assert.deepEqual([kept.get("7.a").state, kept.get("7.a").unheard, kept.get("7.a").turned], ["draft", true, browser.now]);
  assert.deepEqual([kept.get("7.b").state, kept.get("7.b").unheard], ["draft", false]);
});

test("a draft lives 14 days from when it was typed in or became one, and a wreck does not", () => {
  const browser = new Browser(), kept = open(browser);
  kept.put(form(browser, { id: "draft 7.a", state: "draft" }));
  kept.put(form(browser, { id: "draft 7.b", state: "draft", at: browser.now - 20 * DAY, turned: browser.now }));
  browser.local["portal-kept:7:7.c"] = "{broken";
  browser.now += 13 * DAY;
  kept.prune();
  assert.deepEqual([...kept.all()].map((each) => each.id).sort(), ["draft 7.a", "draft 7.b"]);
  assert.ok(!("portal-kept:7:7.c" in browser.local));
  browser.now += DAY;
  kept.prune();
  assert.equal(kept.all().length, 0);
});

test("what was deleted meanwhile stays deleted", () => {
  const browser = new Browser(), kept = open(browser);
  kept.put(form(browser));
  kept.remove("7.a");
  assert.equal(kept.change("7.a", { state: "refused" }), false);
  assert.equal(kept.all().length, 0);
});

test("no room is said, and nothing breaks", () => {
  const browser = new Browser(), kept = open(browser);
  browser.full = true;
  assert.equal(kept.put(form(browser)), false);
  kept.note("a", 1);
  assert.equal(kept.noted("a"), null);
});

test("a key is its person's, and no two are the same", () => {
  const kept = open(new Browser());
  assert.match(kept.newKey(), /^7\.[0-9a-f]{32}$/);
  assert.notEqual(kept.newKey(), kept.newKey());
});
