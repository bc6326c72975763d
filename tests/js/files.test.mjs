// Files of a voucher: made smaller, put aside, and sent after it; what broke off, what is refused.
import assert from "node:assert/strict";
import test from "node:test";
import { Browser, DAY } from "./browser.mjs";
import { CustomEvent, Event } from "./dom.mjs";
import { entry } from "./pages.mjs";

const FIELD = "<input type=\"file\" name=\"files\"><ul data-files-list data-waiting=\"waiting\" data-broken=\"broke off\" data-refused=\"not taken\" data-again=\"again\" data-drop=\"delete\" data-sending=\"on its way\"></ul>";
const form = (key) => entry(key, "data-files", FIELD);
const LIST = `<main id="main"><section>${FIELD}</section></main>`;
const VOUCHER = "<main id=\"main\"><form data-files-to=\"/disbursements/5/files/\"></form></main>";
const pdf = (name = "hoa-don.pdf", size = 1000) => new File([new Uint8Array(size)], name, { type: "application/pdf" });
const photo = (width, height, more = {}) => Object.assign(
  new File([new Uint8Array(4e6)], "IMG 1.HEIC.png", { type: "image/png" }), { picture: { width, height }, ...more });
const kept = (browser) => [...browser.files.rows.values()];
const choose = async (page, ...files) => {
  page.field("files").files = files;
  page.field("files").dispatchEvent(new Event("change", { bubbles: true }));
  page.form.requestSubmit();
  await page.wait();
};
const taken = async (page, text = VOUCHER) => {
  page.document.dispatchEvent(new CustomEvent("form-taken", { detail: { form: { key: "7.k1" }, at: "/disbursements/5/", text } }));
  await page.wait();
};
const waits = async (browser, ...files) => {
  const page = browser.open(form("7.k1"), { scripts: ["kept", "outbox", "files"] });
  await choose(page, ...files);
  return page;
};

test("files are put aside under their form's key, and the form goes without them", async () => {
  const browser = new Browser(), page = await waits(browser, pdf(), pdf("bien-ban.pdf"));
  assert.deepEqual(kept(browser).map((each) => [each.name, each.key, each.user, each.to, each.why]),
    [["hoa-don.pdf", "7.k1", "7", null, ""], ["bien-ban.pdf", "7.k1", "7", null, ""]]);
  assert.deepEqual([page.sent.length, page.sent[0].fields.files], [1, undefined]);
});

test("a photo is made smaller than 300 kB, with as much of it as that leaves; the rest stays as it is", async () => {
  const browser = new Browser();
  await waits(browser, photo(3000, 4000), pdf("lon.pdf", 9e6), photo(10, 10, { picture: { width: 10, height: 10 } }));
  const [large, other] = kept(browser);
  assert.deepEqual([large.name, large.type], ["IMG 1.HEIC.jpg", "image/jpeg"]);
  assert.ok(large.blob.size <= 300 * 1024 && large.blob.size > 150 * 1024, String(large.blob.size));
  assert.equal(other.blob.size, 9e6);
});

test("what only calls itself a photo goes as it is: the portal says so", async () => {
  const browser = new Browser();
  await waits(browser, photo(1, 1, { broken: true }));
  assert.deepEqual([kept(browser)[0].name, kept(browser)[0].blob.size], ["IMG 1.HEIC.png", 4e6]);
});

test("without room they go with the form, as without a script", async () => {
  const browser = new Browser(), page = browser.open(form("7.k1"), { scripts: ["kept", "outbox", "files"] });
  browser.full = true;
  await choose(page, pdf());
  assert.deepEqual([kept(browser).length, page.sent[0].fields.files.name, page.form.dataset.plain], [0, "hoa-don.pdf", "1"]);
});

test("once the voucher is saved they follow, one in a request, to where its page says", async () => {
  const browser = new Browser(), page = await waits(browser, pdf(), pdf("bien-ban.pdf"));
  browser.answer = () => ({ status: 201 });
  await taken(page);
  assert.deepEqual(browser.asked.map((each) => each.path), ["/disbursements/5/files/", "/disbursements/5/files/"]);
  assert.deepEqual(browser.asked.map((each) => [...each.body].map(([name]) => name)), [["files"], ["files"]]);
  assert.equal(kept(browser).length, 0);
});

test("where only the voucher's address is known, its page is asked", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  browser.answer = (path) => path === "/disbursements/5/" ? { html: VOUCHER } : { status: 201 };
  await taken(page, "");
  assert.deepEqual(browser.asked.map((each) => each.path), ["/disbursements/5/", "/disbursements/5/files/"]);
});

test("a page that leads elsewhere by now says nothing of where a file goes", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  browser.answer = () => ({ html: VOUCHER, url: "/disbursements/9/" });
  await taken(page, "");
  assert.deepEqual([kept(browser)[0].to, browser.asked.length], [null, 1]);
});

test("what broke off is tried again, by itself and by hand", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  await taken(page);
  assert.equal(kept(browser)[0].why, "broken");
  browser.answer = () => ({ status: 503 });
  page.say("online");
  await page.wait();
  assert.deepEqual([kept(browser)[0].why, browser.asked.length], ["broken", 2]);
  browser.answer = () => ({ status: 201 });
  const list = browser.open(LIST, { scripts: ["kept", "outbox", "files"] });
  await list.wait();
  assert.deepEqual([kept(browser).length, list.root.querySelector("ul").hidden], [0, true]);
});

test("what the portal does not take is not sent again by itself, but where a person asks", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  browser.answer = () => ({ status: 400, json: JSON.stringify({ errors: ["Tệp rỗng."] }) });
  await taken(page);
  assert.deepEqual([kept(browser)[0].why, browser.asked.length], ["Tệp rỗng.", 1]);
  const list = browser.open(LIST, { scripts: ["kept", "outbox", "files"] });
  await list.wait();
  assert.equal(browser.asked.length, 1);
  assert.match(list.root.querySelector("li").text, /^hoa-don.pdf \(1 kB\): Tệp rỗng\./);
  list.press("again");
  await list.wait();
  assert.equal(browser.asked.length, 2);
});

test("after a sign-in that ended they wait for the next", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  browser.answer = () => ({ url: "/accounts/login/?next=/" });
  await taken(page);
  assert.equal(kept(browser)[0].why, "later");
});

test("they go with their form: under another key, or away where it is deleted", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  page.document.dispatchEvent(new CustomEvent("form-moved", { detail: { from: "7.k1", to: "7.k2" } }));
  await page.wait();
  assert.equal(kept(browser)[0].key, "7.k2");
  page.document.dispatchEvent(new CustomEvent("form-dropped", { detail: { key: "7.k2" } }));
  await page.wait();
  assert.equal(kept(browser).length, 0);
});

test("another person sees and sends none of them; after four weeks they are deleted", async () => {
  const browser = new Browser(), page = await waits(browser, pdf());
  browser.answer = () => ({ status: 201 });
  const other = browser.open(LIST, { user: "8", scripts: ["kept", "outbox", "files"] });
  await taken(other);
  assert.deepEqual([(await other.kept.files.mine()).length, browser.asked.length, kept(browser).length], [0, 0, 1]);
  await taken(page);
  assert.equal(browser.asked.length, 0);  // this window's person is not signed in any more
  browser.now += 29 * DAY;
  await browser.open(LIST, { scripts: ["kept", "outbox", "files"] }).wait();
  assert.equal(kept(browser).length, 0);
});
