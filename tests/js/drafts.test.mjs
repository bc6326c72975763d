// A form as a draft: what is kept while it is typed, what comes back, what is only offered.
import assert from "node:assert/strict";
import test from "node:test";
import { Browser } from "./browser.mjs";
import { byHand, entry } from "./pages.mjs";

const values = (page, ...names) => names.map((name) => page.field(name).value);
const typing = async (browser, page, fields) => {
  for (const [name, value] of Object.entries(fields)) page.field(name).type_(value);
  await page.wait(400);
  return page.kept.all();
};

test("what is typed is kept a moment later, without its key and what proves a sign-in", async () => {
  const browser = new Browser(), page = browser.open(entry("7.k1"));
  page.field("amount").type_("12,5 triệu");
  assert.equal(page.kept.all().length, 0);
  await page.wait(400);
  const [draft] = page.kept.all();
  assert.deepEqual([draft.id, draft.state, draft.known, draft.gist], ["draft 7.k1", "draft", 0, "30/11/2026 · 12,5 triệu"]);
  assert.deepEqual([...draft.fields].map(([name]) => name).filter((name) => /key|token/.test(name)), []);
  assert.equal(draft.title, "Nhập giải ngân");
});

test("who goes away within that moment loses nothing", () => {
  const page = new Browser().open(entry("7.k1"));
  page.field("amount").type_("5");
  page.leave();
  assert.equal(page.kept.all().length, 1);
});

test("a form as it was opened is no draft, nor is one typed in and blanked again", async () => {
  const browser = new Browser(), page = browser.open(entry("7.k1"));
  assert.equal((await typing(browser, page, { amount: "5" })).length, 1);
  assert.equal((await typing(browser, page, { amount: "" })).length, 0);
});

test("what goes only with a connection, and a button alone, is not kept", async () => {
  const browser = new Browser(), page = browser.open(entry("7.k1", "data-online"));
  assert.equal((await typing(browser, page, { amount: "5" })).length, 0);
  const button = browser.open("<main id=\"main\"><form><input type=\"hidden\" name=\"form_key\" value=\"7.k2\"><button>Ghi sổ</button></form></main>");
  assert.equal(button.drafts.isKept(button.form), false);
});

test("a password is never kept; what else is typed is, and with one in it a form is not sent later", async () => {
  const browser = new Browser(), page = browser.open(entry("7.k1", "", "<input type=\"password\" name=\"secret\">"));
  const [draft] = await typing(browser, page, { secret: "x", amount: "5" });
  assert.equal(JSON.stringify(draft).includes("secret"), false);
  assert.deepEqual(draft.fields.find(([name]) => name === "amount"), ["amount", "5"]);
  page.form.requestSubmit();
  assert.deepEqual([page.kept.all().filter((each) => each.state !== "draft").length, page.sent.length], [0, 1]);
});

test("a reason typed with a decision is kept, and never sent later by itself", async () => {
  const browser = new Browser(), page = browser.open(byHand("7.k1"));
  const [draft] = await typing(browser, page, { reason: "thiếu hóa đơn" });
  assert.deepEqual([draft.state, draft.byHand], ["draft", true]);
});

test("after a reload everything stands as it was, ticks and choices too, and it is said", async () => {
  const browser = new Browser(), first = browser.open(entry("7.k1"));
  first.field("late").checked = true;
  await typing(browser, first, { amount: "5", commune: "03577", note: "hai\ndòng" });
  const page = browser.open(entry("7.k2"));
  assert.deepEqual(values(page, "amount", "commune", "note"), ["5", "03577", "hai\ndòng"]);
  assert.equal(page.field("late").checked, true);
  assert.match(page.said()[0], /^restored .*30\/11\/26.* anew$/);
  assert.deepEqual([...page.kept.all()].map((each) => each.id), ["draft 7.k2"]);  // under the key of the page it stands in
});

test("“begin anew” asks first, then blanks and deletes", async () => {
  const browser = new Browser();
  await typing(browser, browser.open(entry("7.k1")), { amount: "5" });
  const page = browser.open(entry("7.k2"));
  browser.sure = false;
  page.press("anew");
  assert.deepEqual([page.field("amount").value, page.kept.all().length], ["5", 1]);
  browser.sure = true;
  page.press("anew");
  assert.deepEqual([page.field("amount").value, page.kept.all().length, page.said().length], ["", 0, 0]);
  assert.notEqual(page.field("form_key").value, "7.k2");
});

test("a draft of another window is offered and not put in; typing goes past it", async () => {
  const browser = new Browser();
  await typing(browser, browser.open(entry("7.k1")), { amount: "5" });
  browser.window();
  const page = browser.open(entry("7.k2"));
  assert.equal(page.field("amount").value, "");
  assert.match(page.said()[0], /^begun: 30\/11\/2026 · 5/);
  await typing(browser, page, { amount: "9" });
  assert.deepEqual([...page.kept.all()].map((each) => each.id).sort(), ["draft 7.k1", "draft 7.k2"]);
  assert.equal(page.said().length, 0);
});

test("who takes the offer goes on with that draft, and there is one of it", async () => {
  const browser = new Browser();
  await typing(browser, browser.open(entry("7.k1")), { amount: "5" });
  browser.window();
  const page = browser.open(entry("7.k2")), moved = [];
  page.document.addEventListener("form-moved", (event) => moved.push(event.detail.from, event.detail.to));
  page.press("take up");
  assert.deepEqual(moved, ["7.k1", "7.k2"]);  // so that its files come along
  assert.equal(page.field("amount").value, "5");
  assert.deepEqual([...page.kept.all()].map((each) => each.id), ["draft 7.k2"]);
});

test("what was sent before goes on under the key that the portal may know", async () => {
  const browser = new Browser(), first = browser.open(entry("7.k1"));
  const [draft] = await typing(browser, first, { amount: "5" });
  first.kept.put({ ...draft, known: browser.now, unheard: true });
  const page = browser.open(entry("7.k2"));
  assert.equal(page.field("form_key").value, "7.k1");
  assert.match(page.said()[0], /^unheard: /);
  assert.deepEqual([...page.kept.all()].map((each) => each.id), ["draft 7.k1"]);
});

test("a field that the page does not have any more is passed over", async () => {
  const browser = new Browser(), first = browser.open(entry("7.k1"));
  const [draft] = await typing(browser, first, { amount: "5" });
  first.kept.put({ ...draft, fields: [...draft.fields, ["gone", "x"]] });
  assert.equal(browser.open(entry("7.k2")).field("amount").value, "5");
});

test("where there is no room, the form still works", async () => {
  const browser = new Browser(), page = browser.open(entry("7.k1"));
  browser.full = true;
  assert.equal((await typing(browser, page, { amount: "5" })).length, 0);
  assert.equal(page.field("amount").value, "5");
});
