// Plan Portal: cells that come from a spreadsheet, and where they go in a grid. Nothing here knows a page.
"use strict";

globalThis.cells = (() => {
  // What a spreadsheet puts on the clipboard: rows of cells. A cell with a line break or a tab in it is quoted.
  const parse = (text) => {
    const rows = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at++) {
      const letter = text[at], row = rows.at(-1), cell = row.length - 1;
      if (quoted && letter === '"' && text[at + 1] === '"') { row[cell] += '"'; at++; }
      else if (quoted && letter === '"') quoted = false;
      else if (!quoted && letter === '"' && row[cell] === "" && closes(text, at)) quoted = true;
      else if (!quoted && letter === "\t") row.push("");
      else if (!quoted && letter === "\n") rows.push([""]);
      else if (letter !== "\r") row[cell] += letter;
    }
    while (rows.length && rows.at(-1).every((cell) => !cell.trim())) rows.pop();
    return rows.map((row) => row.map((cell) => cell.trim().replace(/\s+/g, " ")));
  };
  // Whether a quotation mark opens a cell: another ends it. “"A" and B” is a text with marks in it.
  const closes = (text, at) => /^"(?:[^"]|"")*"(?=[\t\r\n]|$)/.test(text.slice(at));

  const plain = (text) => globalThis.values.fold(text).replace(/\(.*?\)/g, "").replace(/[^a-z0-9]/g, "");

  // Where the columns of pasted rows go, by a first row of headings: a place or -1 for each; null where
  // it is none. `words`: for each column of the grid the headings it is known by.
  const headed = (first, words) => {
    const known = words.map((each) => new Set(each.map(plain)));
    const taken = new Set();
    const places = first.map((text) => {
      const place = known.findIndex((each, at) => !taken.has(at) && each.has(plain(text)));
      if (place >= 0) taken.add(place);
      return place;
    });
    return taken.size >= 3 ? places : null;
  };

  // [row, column, text] of each pasted cell that has a place, from a cell of the grid on; blank rows
  // are left out. With headings it begins in the first column whatever the cell.
  const spread = (rows, row, column, words) => {
    const places = rows.length > 1 ? headed(rows[0], words) : null;
    const found = (places ? rows.slice(1) : rows).filter((cells) => cells.some(Boolean));
    return found.flatMap((cells, down) => cells
      .map((text, across) => [row + down, places ? places[across] ?? -1 : column + across, text])
      .filter(([, at]) => at >= 0 && at < words.length));
  };

  // Fill down: what stands in a cell goes into the blank ones below it, of `values`, as far as `last`.
  const down = (values, from, last) => values.map((value, at) =>
    at > from && at <= last && !value.trim() ? values[from] : value);

  return { parse, headed, spread, down };
})();
