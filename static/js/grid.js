// Plan Portal: the grid of vouchers (disbursements/entry_grid). Paste, fill down, keys, rows as they are needed.
// What is typed is kept and sent as every form is (drafts.js, forms.js).
"use strict";

(() => {
  const { cells, days, values } = globalThis, form = document.querySelector("form[data-grid]");
  if (!form) return;
  const MOST = Number(form.dataset.most), body = form.querySelector("tbody");
  const words = [...form.querySelectorAll("th[data-words]")].map((each) => each.dataset.words.split("|"));
  const rows = () => [...body.rows];
  const fieldsOf = (row) => [...row.querySelectorAll("[data-cell] > input")];
  const placeOf = (field) => {
    const row = field.closest("tr");
    return [rows().indexOf(row), fieldsOf(row).indexOf(field)];
  };
  const cell = (row, column) => rows()[row] && fieldsOf(rows()[row])[column];
  const isTyped = (row) => fieldsOf(row).some((field) => field.value.trim());
  const say = (text) => { form.querySelector("[data-grid-said]").textContent = text; };

  // --- Rows

  const add = () => {
    const last = rows().at(-1), made = last.cloneNode(true), at = rows().length;
    for (const each of made.querySelectorAll(".error, .notice, .check")) each.remove();
    for (const field of made.querySelectorAll("input")) {
      field.name = field.name.replace(/^r\d+/, "r" + at);
      field.id = "id_" + field.name;
      field.removeAttribute("aria-describedby");
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-label", (field.getAttribute("aria-label") || "").replace(/\d+$/, at + 1));
      if (field.type === "hidden") field.value = "";
      else { field.setAttribute("value", ""); field.value = ""; }
    }
    made.classList.remove("wrong");
    made.querySelector("[data-number]").textContent = at + 1;
    body.append(made);
  };
  const atLeast = (count) => { while (rows().length < Math.min(count, MOST)) add(); };

  form.querySelector("[name=more]").addEventListener("click", (event) => {
    event.preventDefault();
    const before = rows().length;
    atLeast(before + 10);
    cell(before, 0)?.focus();
  });
  // A draft with more rows than the page has is put into it (drafts.js).
  form.addEventListener("form-fill", (event) => {
    const places = event.detail.filter(([, value]) => value).map(([name]) => Number(/^r(\d+)-/.exec(name)?.[1] ?? -1));
    atLeast(Math.max(0, ...places) + 1);
  });

  // --- Filling

  const put = (field, value) => {
    if (!field || field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain"), field = event.target;
    if (!field.matches("[data-cell] > input") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const found = cells.spread(cells.parse(text), ...placeOf(field), words);
    const last = Math.max(...found.map(([row]) => row));
    atLeast(last + 3);
    for (const [row, column, value] of found) put(cell(row, column), value);
    say(last < MOST ? "" : form.dataset.many.replace("{most}", MOST));
  });

  const lastTyped = () => rows().map(isTyped).lastIndexOf(true);
  const fillDown = (field) => {
    const [row, column] = placeOf(field);
    const filled = cells.down(rows().map((each) => fieldsOf(each)[column].value), row, lastTyped());
    filled.forEach((value, at) => put(cell(at, column), value));
  };
  let busy = null;  // the cell that was busy last: a button has the focus now
  form.querySelector("[data-fill-down]").addEventListener("click", () => { if (busy) { fillDown(busy); busy.focus(); } });

  // --- Keys. In a cell with suggestions the arrows are theirs while something is typed in it.

  let isNew = false;
  const move = (field, down, across) => {
    const [row, column] = placeOf(field), to = [row + down, column + across];
    if (down > 0 && to[0] >= rows().length) atLeast(to[0] + 1);
    const next = cell(...to);
    if (next) { next.focus(); next.select(); }
    return !!next;
  };
  const steps = {
    Enter: (field) => move(field, 1, 0),
    ArrowDown: (field) => !(field.list && isNew) && move(field, 1, 0),
    ArrowUp: (field) => !(field.list && isNew) && move(field, -1, 0),
    ArrowRight: (field) => field.selectionStart === field.value.length && move(field, 0, 1),
    ArrowLeft: (field) => field.selectionEnd === 0 && move(field, 0, -1),
  };
  body.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches("[data-cell] > input") || event.altKey || event.shiftKey || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "d") return;
      event.preventDefault();
      const [row, column] = placeOf(field);
      if (row > 0) put(field, cell(row - 1, column).value);
      return;
    }
    if (event.key === "Enter") event.preventDefault();  // it sends nothing
    if (steps[event.key]?.(field)) event.preventDefault();
  });
  body.addEventListener("focusin", (event) => {
    if (!event.target.matches("[data-cell] > input")) return;
    busy = event.target;
    isNew = false;
    if (busy.name.endsWith("-commune")) offer(busy);
  });
  body.addEventListener("input", () => { isNew = true; });

  // --- What is offered and said

  const offer = (field) => {
    const on = days.read(field.closest("tr").querySelector("[name$=-date]").value);
    for (const each of field.list.options) each.disabled = !values.existed(each.dataset, on);
  };
  const total = () => {
    const sums = rows().filter(isTyped).map((row) => values.amount(row.querySelector("[name$=-amount]").value));
    const sum = values.grouped(sums.reduce((all, each) => all + (each || 0), 0));
    form.querySelector("[data-grid-sum]").textContent = sums.length
      ? form.dataset.sum.replace("{count}", sums.length).replace("{sum}", sum) : "";
  };
  form.addEventListener("input", total);
  addEventListener("pageshow", total);
})();
