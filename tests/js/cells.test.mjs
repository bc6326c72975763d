// Rows that come from a spreadsheet go where they belong.
import assert from "node:assert/strict";
import test from "node:test";
import { load, plain } from "./load.mjs";

const { cells } = load("values.js", "cells.js");
const WORDS = [["Ngày", "ngày tháng"], ["số ct"], ["mã hoạt động"], ["xã"], ["Số tiền (đồng)", "thành tiền"]];

test("the clipboard of a spreadsheet is rows of cells", () => {
  assert.deepEqual(plain(cells.parse("a\tb\r\nc\t\r\n")), [["a", "b"], ["c", ""]]);
  assert.deepEqual(plain(cells.parse("")), []);
});

test("a quoted cell may hold a line break, a tab and quotation marks", () => {
  assert.deepEqual(plain(cells.parse('"Chi ""đợt 1""\nvà\t2"\t5\nx')), [['Chi "đợt 1" và 2', "5"], ["x"]]);
});

test("marks within a text are part of it", () => {
  assert.deepEqual(plain(cells.parse('"A" và B\t1\n12" ống\t2')), [['"A" và B', "1"], ['12" ống', "2"]]);
});

test("without headings cells go right and down from where they are pasted", () => {
  const found = cells.spread([["1", "2"], ["3", "4"]], 2, 3, WORDS);
  assert.deepEqual(plain(found), [[2, 3, "1"], [2, 4, "2"], [3, 3, "3"], [3, 4, "4"]]);
});

test("what is beyond the last column is left out", () => {
  assert.deepEqual(plain(cells.spread([["1", "2", "3"]], 0, 4, WORDS)), [[0, 4, "1"]]);
});

test("with headings each cell goes to its own column, whatever their order and accents", () => {
  const rows = [["THÀNH TIỀN (đồng)", "STT", "Xa", "Ngay"], ["5", "1", "Nậm Xe", "1/9/2022"], ["", "", "", ""]];
  assert.deepEqual(plain(cells.spread(rows, 0, 2, WORDS)), [[0, 4, "5"], [0, 3, "Nậm Xe"], [0, 0, "1/9/2022"]]);
});

test("two headings alone are taken for what was typed", () => {
  assert.equal(cells.headed(["Ngày", "Xã", "5"], WORDS), null);
});

test("a row of headings alone is pasted as it is", () => {
  assert.equal(cells.spread([["Ngày", "Số CT", "Xã"]], 0, 0, WORDS).length, 3);
});

test("a value is filled down into blank cells, as far as rows are typed", () => {
  assert.deepEqual(plain(cells.down(["a", "b", "", "", "", ""], 1, 4)), ["a", "b", "b", "b", "b", ""]);
  assert.deepEqual(plain(cells.down(["a", "", "c", ""], 0, 3)), ["a", "a", "c", "a"]);
});
