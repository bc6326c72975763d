// A plain script of static/js as a page runs it, without a page: what it leaves on globalThis.
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

export const load = (...names) => {
  const context = createContext({ BigInt, Number, String, Date });
  for (const name of names) {
    runInContext(readFileSync(new URL("../../static/js/" + name, import.meta.url), "utf8"), context, { filename: name });
  }
  return context;
};
export const facts = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
// Values made in another context have prototypes of their own.
export const plain = (value) => JSON.parse(JSON.stringify(value));
