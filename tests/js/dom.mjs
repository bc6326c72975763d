// As much of a document as the scripts of static/js ask of one: elements from HTML, simple selectors,
// events that bubble, forms with their fields. No layout, no standard beyond that.
const VOID = new Set(["input", "br", "meta", "link", "img"]);
const FIELDS = new Set(["input", "textarea", "select", "button", "output", "fieldset"]);
const kebab = (name) => "data-" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
const camel = (name) => name.slice(5).replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());

export class Event {
  constructor(type, more = {}) { Object.assign(this, { type, bubbles: false, defaultPrevented: false, stopped: false }, more); }
  preventDefault() { this.defaultPrevented = true; }
  stopImmediatePropagation() { this.stopped = true; }
}
export class CustomEvent extends Event {}

export class Target {
  heard = [];
  addEventListener(type, act, how) { this.heard.push({ type, act, capture: how === true, once: !!how?.once }); }
  hear(event, capture) {
    for (const one of this.heard.filter((each) => each.type === event.type && each.capture === capture)) {
      if (event.stopped) return;
      if (one.once) this.heard = this.heard.filter((each) => each !== one);
      event.currentTarget = this;
      one.act(event);
    }
  }
  dispatchEvent(event) {
    event.target ??= this;
    const above = [];
    for (let at = this.parent; at; at = at.parent) above.push(at);
    for (const each of [...above].reverse()) each.hear(event, true);
    this.hear(event, true);
    this.hear(event, false);
    if (event.bubbles) for (const each of above) each.hear(event, false);
    return !event.defaultPrevented;
  }
}

export class Element extends Target {
  constructor(tag, attributes = {}) {
    super();
    Object.assign(this, { tag, attributes, children: [], parent: null, style: {} });
    this.dataset = new Proxy({}, {
      get: (_, name) => typeof name === "string" ? this.attributes[kebab(name)] : undefined,
      set: (_, name, value) => { this.attributes[kebab(name)] = String(value); return true; },
      has: (_, name) => kebab(name) in this.attributes,
      deleteProperty: (_, name) => delete this.attributes[kebab(name)],
      ownKeys: () => Object.keys(this.attributes).filter((each) => each.startsWith("data-")).map(camel),
    });
  }
  getAttribute(name) { return this.attributes[name] ?? null; }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  removeAttribute(name) { delete this.attributes[name]; }
  toggleAttribute(name, on) { if (on) this.attributes[name] = ""; else delete this.attributes[name]; }
  get className() { return this.attributes.class || ""; }
  set className(value) { this.attributes.class = value; }
  get hidden() { return "hidden" in this.attributes; }
  set hidden(on) { this.toggleAttribute("hidden", on); }
  get textContent() { return this.children.map((each) => typeof each === "string" ? each : each.textContent).join(""); }
  set textContent(text) { this.replaceChildren(text); }
  get childNodes() { return [...this.children]; }
  get text() { return this.textContent.replace(/\s+/g, " ").trim(); }
  place(at, all) {
    for (const each of all) { each.remove?.(); if (each.tag) each.parent = this; }
    this.children.splice(at, 0, ...all);
  }
  append(...all) { this.place(this.children.length, all); }
  prepend(...all) { this.place(0, all); }
  before(...all) { this.parent.place(this.parent.children.indexOf(this), all); }
  replaceChildren(...all) { this.children = []; this.append(...all); }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((each) => each !== this);
    this.parent = null;
  }
  scrollIntoView() {}
  click() { this.dispatchEvent(new Event("click", { bubbles: true })); }
  get all() { return this.children.filter((each) => each.tag).flatMap((each) => [each, ...each.all]); }
  matches(selectors) { return selectors.split(",").some((each) => fits(this, each.trim().split(/\s+/))); }
  closest(selectors) { return this.matches(selectors) ? this : this.parent?.closest?.(selectors) ?? null; }
  querySelectorAll(selectors) { return this.all.filter((each) => each.matches(selectors)); }
  querySelector(selectors) { return this.querySelectorAll(selectors)[0] ?? null; }
  cloneNode() {
    const made = make(this.tag, { ...this.attributes });
    made.append(...this.children.map((each) => each.tag ? each.cloneNode() : each));
    return made;
  }
}

const fits = (element, chain) => {
  if (!simple(element, chain.at(-1))) return false;
  if (chain.length === 1) return true;
  for (let at = element.parent; at?.tag; at = at.parent) if (fits(at, chain.slice(0, -1))) return true;
  return false;
};
const simple = (element, selector) => [...selector.matchAll(/^[\w-]+|\.[\w-]+|#[\w-]+|\[[^\]]+\]/g)].every(([part]) => {
  if (part[0] === ".") return element.className.split(" ").includes(part.slice(1));
  if (part[0] === "#") return element.attributes.id === part.slice(1);
  if (part[0] !== "[") return element.tag === part;
  const [name, value] = part.slice(1, -1).split("=");
  return name in element.attributes && (value === undefined || element.attributes[name] === value.replace(/"/g, ""));
});

class Field extends Element {
  get name() { return this.attributes.name || ""; }
  get type() { return this.attributes.type || { input: "text", button: "submit", select: "select-one" }[this.tag] || this.tag; }
  set type(value) { this.attributes.type = value; }
  get form() { return this.closest("form"); }
  get made() { return this.tag === "textarea" ? this.textContent : this.attributes.value ?? (/checkbox|radio/.test(this.type) ? "on" : ""); }
  get options() { return this.querySelectorAll("option"); }
  get files() { return this.chosen ?? []; }
  set files(all) { this.chosen = all; }
  get value() {
    if (this.tag !== "select") return this.typed ?? this.made;
    return this.typed ?? (this.options.find((each) => "selected" in each.attributes) ?? this.options[0])?.attributes.value ?? "";
  }
  set value(value) { if (this.type === "file") this.chosen = []; else this.typed = value; }
  get checked() { return this.ticked ?? "checked" in this.attributes; }
  set checked(on) { this.ticked = on; }
  reset() { delete this.typed; delete this.ticked; delete this.chosen; }
  // As a person types: the page hears of it.
  type_(value) { this.value = value; this.dispatchEvent(new Event("input", { bubbles: true })); }
}

class Form extends Element {
  get elements() {
    const all = this.all.filter((each) => FIELDS.has(each.tag));
    for (const each of all) if (each.name && !(each.name in all)) all[each.name] = each;
    return all;
  }
  reset() { for (const each of this.elements) each.reset(); }
  // What the browser itself sends is the page's to see.
  requestSubmit(submitter = null) {
    const event = new Event("submit", { bubbles: true, submitter });
    if (this.dispatchEvent(event)) Form.sent(this, submitter);
  }
}
export const whenSent = (act) => { Form.sent = act; };

export class FormData {
  constructor(form) {
    this.pairs = [];
    for (const field of form?.elements ?? []) {
      if (!field.name || field.disabled || ["submit", "button"].includes(field.type)) continue;
      if (/checkbox|radio/.test(field.type) && !field.checked) continue;
      if (field.type === "file") for (const file of field.files) this.pairs.push([field.name, file]);
      else this.pairs.push([field.name, field.value]);
    }
  }
  append(...pair) { this.pairs.push(pair); }
  [Symbol.iterator]() { return this.pairs[Symbol.iterator](); }
}

export const make = (tag, attributes) => new (tag === "form" ? Form : FIELDS.has(tag) ? Field : Element)(tag, attributes);

// Well-formed HTML as the tests write it.
export const parse = (html) => {
  const root = make("html");
  let at = root;
  for (const [whole, close, tag, attributes, text] of html.matchAll(/<(\/?)(\w+)((?:[^>"]|"[^"]*")*)>|([^<]+)/g)) {
    if (text) { if (text.trim()) at.append(text); continue; }
    if (!whole) continue;
    if (close) { at = at.parent; continue; }
    const given = [...attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value ?? ""]);
    const made = make(tag, Object.fromEntries(given));
    at.append(made);
    if (!VOID.has(tag)) at = made;
  }
  return root;
};
