// A form that is sent, with and without a connection; and the page after it, which learns what became of it.
import assert from "node:assert/strict";
import test from "node:test";
import { Browser } from "./browser.mjs";
import { byHand, change, entry, refusal } from "./pages.mjs";

const OUT = "<form data-sign-out action=\"/accounts/logout/\"><button>Thoát</button></form>";
const PLAIN = `<main id="main"><a data-kept-count hidden></a>${OUT}</main>`;
const states = (page) => [...page.kept.all()].map((each) => [each.id, each.state]);
const save = (page, by) => page.form.requestSubmit(by && page.form.elements[by]);
const sent = async (browser, fields = { amount: "5" }) => {
  const page = browser.open(entry("7.k1"));
  for (const [name, value] of Object.entries(fields)) page.field(name).type_(value);
  await page.wait(400);
  save(page);
  return page;
};

test("a form that is sent is kept under its key until it is heard of, and its draft is no more", async () => {
  const browser = new Browser();
  browser.cookies.csrftoken = "new";
  const page = await sent(browser), [form] = page.kept.all();
  assert.deepEqual([form.id, form.state, form.known, form.action], ["7.k1", "sending", browser.now, "/disbursements/new/"]);
  assert.deepEqual([page.sent.length, page.sent[0].fields.csrfmiddlewaretoken], [1, "new"]);
});

test("a second tap sends nothing; a quarter of a minute later it may", async () => {
  const browser = new Browser(), page = await sent(browser);
  save(page);
  assert.equal(page.sent.length, 1);
  await page.wait(15000);
  save(page);
  assert.equal(page.sent.length, 2);
});

test("the button that was pressed says where it goes", () => {
  const page = new Browser().open(entry("7.k1"));
  page.field("amount").value = "5";
  save(page, "again");
  const [form] = page.kept.all();
  assert.deepEqual([form.action, ...form.fields.at(-1)], ["/disbursements/new/?next=1", "again", "1"]);
});

test("without a connection it waits, and the form is ready for the next but for what stays", async () => {
  const browser = new Browser();
  browser.online = false;
  const page = await sent(browser, { date: "1/12/2026", amount: "5" });
  assert.deepEqual([states(page), page.sent.length, page.said()], [[["7.k1", "waiting"]], 0, ["offline show"]]);
  assert.deepEqual(["date", "amount"].map((name) => page.field(name).value), ["1/12/2026", ""]);
  assert.notEqual(page.field("form_key").value, "7.k1");
  page.field("amount").value = "6";
  save(page);
  assert.equal(page.kept.all().length, 2);
  browser.online = true;
  browser.answer = () => ({ became: "done", at: "/disbursements/5/" });
  page.say("online");
  await page.wait();
  assert.deepEqual([page.kept.all().length, browser.asked.length], [0, 2]);
});

test("the form of a change rests without a connection: blank it would show what is not so", async () => {
  const browser = new Browser(), page = browser.open(change("7.k1"), { path: "/disbursements/5/edit/" });
  browser.online = false;
  page.field("amount").value = "6";
  save(page);
  assert.deepEqual([states(page), page.field("amount").value, page.field("amount").disabled], [[["7.k1", "waiting"]], "6", true]);
});

test("a decision asks for a connection, and keeps what was typed with it", async () => {
  const browser = new Browser(), page = browser.open(byHand("7.k1"));
  browser.online = false;
  page.field("reason").type_("thiếu hóa đơn");
  await page.wait(400);
  save(page);
  assert.deepEqual([states(page), page.sent.length, page.said()], [[["draft 7.k1", "draft"]], 0, ["needs a connection"]]);
  browser.online = true;
  save(page);
  assert.deepEqual([states(page), page.sent.length, page.kept.all()[0].sent], [[["draft 7.k1", "draft"]], 1, true]);
});

test("without room and without a connection it stays in the form, and says so", async () => {
  const browser = new Browser(), page = browser.open(entry("7.k1"));
  Object.assign(browser, { full: true, online: false });
  page.field("amount").value = "5";
  save(page);
  assert.deepEqual([page.kept.all().length, page.field("amount").value, page.said()], [0, "5", ["needs a connection"]]);
});

test("the next page hears that it was taken, whichever page that is", async () => {
  const browser = new Browser();
  await sent(browser);
  browser.cookies["form-7.k1"] = "done:%2Fdisbursements%2F5%2F";
  const page = browser.open(PLAIN, { path: "/" });
  assert.deepEqual([states(page), [...page.outbox.done()], browser.cookies], [[], ["7.k1"], {}]);
});

test("a refusal's page goes on with what was sent, under its key, and keeps it", async () => {
  const browser = new Browser();
  await sent(browser);
  browser.cookies["form-7.k1"] = "seen:";
  const page = browser.open(entry("7.k1"), { answers: "7.k1" });
  assert.deepEqual([states(page), page.field("form_key").value], [[["draft 7.k1", "draft"]], "7.k1"]);
});

test("what was typed since is newer than a refusal asked for once more", async () => {
  const browser = new Browser(), first = await sent(browser);
  first.kept.change("7.k1", { state: "draft", fields: [["amount", "8"]], id: "7.k1" });
  browser.cookies["form-7.k1"] = "seen:";
  assert.equal(browser.open(entry("7.k1"), { answers: "7.k1" }).field("amount").value, "8");
});

test("other content under a key that the portal has is asked about", async () => {
  const browser = new Browser();
  await sent(browser);
  browser.cookies["form-7.k1"] = "changed:";
  const page = browser.open(refusal("Đã lưu trước với nội dung khác."), { answers: "7.k1" });
  assert.deepEqual([states(page), page.kept.get("7.k1").why], [[["7.k1", "refused"]], "Đã lưu trước với nội dung khác."]);
  const saved = browser.open(PLAIN, { path: "/disbursements/5/", hash: "#saved=7.k1" });
  assert.deepEqual([states(saved), saved.location.hash], [[["7.k1", "draft"]], ""]);
});

test("a form asked for from the list of what is kept stands in its page, or it is said why not", async () => {
  const browser = new Browser(), first = await sent(browser);
  first.kept.change("7.k1", { state: "refused", why: "Tháng đã khóa." });
  assert.equal(browser.open(entry("7.k2"), { hash: "#kept=7.k1" }).field("amount").value, "5");
  browser.window();
  const id = states(first)[0][0];
  assert.deepEqual(browser.open(PLAIN, { hash: "#kept=" + encodeURIComponent(id) }).said(), ["gone show"]);
  assert.deepEqual(browser.open(PLAIN, { hash: "#kept=7.none" }).said(), ["past show"]);
  assert.deepEqual(browser.open(PLAIN, { hash: "#kept=%E0%A4%A" }).said(), []);  // no address at all
});

test("how many were not sent yet stands in the head", async () => {
  const browser = new Browser();
  await sent(browser);
  const page = browser.open(PLAIN, { path: "/" });
  await page.wait();
  assert.equal(page.root.querySelector("[data-kept-count]").text, "unsent 1");
});

test("signing out asks about what is kept, needs a connection, and else goes at once", async () => {
  const browser = new Browser(), free = browser.open(PLAIN, { path: "/" });
  free.form.requestSubmit();
  await free.wait();
  assert.equal(free.sent.length, 1);
  browser.online = false;
  const off = browser.open(PLAIN, { path: "/" });
  off.form.requestSubmit();
  await off.wait();
  assert.deepEqual([off.sent.length, off.said()], [0, ["needs a connection"]]);
  browser.online = true;
  await sent(browser);
  const full = browser.open(PLAIN, { path: "/" });
  full.form.requestSubmit();
  await full.wait();
  assert.deepEqual([full.sent.length, full.location.went], [0, ["/offline/#sign-out"]]);
});

test("a page from the browser's memory hides what another person typed", async () => {
  const browser = new Browser(), page = await sent(browser);
  browser.open(PLAIN, { user: "8" });
  page.say("pageshow", { persisted: true });
  assert.deepEqual([page.root.querySelector("main").hidden, page.field("amount").disabled, page.location.went], [true, true, ["/disbursements/new/"]]);
});

test("“back” to a form that was sent does not offer it once more", async () => {
  const browser = new Browser(), page = await sent(browser);
  page.say("pageshow", { persisted: true });
  assert.deepEqual([page.field("amount").disabled, page.location.went], [true, ["/disbursements/new/"]]);
});

test("who is asked to sign in with something sent is told that it is kept", async () => {
  const browser = new Browser();
  await sent(browser);
  assert.deepEqual(browser.open(PLAIN, { user: "", path: "/accounts/login/" }).said(), ["sign in first"]);
});
