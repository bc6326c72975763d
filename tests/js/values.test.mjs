// What the browser reads and says is what the portal does: both are held to amounts.json and days.json
// (core/tests/values/test_in_browser.py).
import assert from "node:assert/strict";
import test from "node:test";
import { facts, load } from "./load.mjs";

const { values, days } = load("values.js", "days.js");

test("an amount is read as the portal reads it, or not at all", () => {
  for (const [text, amount] of facts("amounts.json")) assert.equal(values.amount(text), amount, text);
});

test("an amount is said in both languages as the portal says it", () => {
  for (const [, amount, vi, en] of facts("amounts.json").filter((each) => each[1])) {
    assert.equal(values.words(amount), vi);
    assert.equal(values.words(amount, "en"), en);
  }
});

test("a day is read day first", () => {
  for (const [text, day] of facts("days.json")) assert.equal(days.read(text), day, text);
});

test("a day is written day first, and a step from it is the next day", () => {
  assert.equal(days.said("2022-09-05"), "05/09/2022");
  assert.equal(days.step("2022-12-31", 1), "2023-01-01");
  assert.equal(days.step("2024-03-01", -1), "2024-02-29");
});

test("figures are grouped as offices write them", () => {
  assert.equal(values.grouped(1234567), "1.234.567");
  assert.equal(values.grouped(12), "12");
});

test("a unit is offered for the days on which there was one", () => {
  const old = { from: "0001-01-01", to: "2025-06-30" }, now = { from: "2025-07-01", to: "" };
  assert.deepEqual([old, now].map((each) => values.existed(each, "2025-06-30")), [true, false]);
  assert.deepEqual([old, now].map((each) => values.existed(each, "2025-07-01")), [false, true]);
  assert.ok(values.existed(old, ""));
});
