// Every pattern of the document compiles in ECMA-262 with the flag `u`, and judges texts as the service does.
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const compiled = new Map();
const walk = (value) => {
  if (value === null || typeof value !== "object") return;
  if (typeof value.pattern === "string") compiled.set(value.pattern, new RegExp(value.pattern, "u"));
  Object.values(value).forEach(walk);
};
walk(document);
const { remarks, manufacturer } = document.components.schemas.Instrument.properties;
const [text, line] = [compiled.get(remarks.pattern), compiled.get(manufacturer.pattern)];
for (const good of ["说明", "two\r\nlines", "a\tb", "\u3000缩进"]) assert(text.test(good), good);
for (const bad of ["\x85", "a\x00", "\u200b", " \n", "a\u202eb", "\ufffe"]) assert(!text.test(bad) && !line.test(bad), escape(bad));
for (const good of ["Thermo Fisher Scientific, Inc.", "上海\u3000仪器", "𠮷野"]) assert(line.test(good), good);
for (const bad of ["a\tb", " a", "a\u00a0b", "a\u200bb", "\u3164"]) assert(!line.test(bad), escape(bad));
console.log(`${compiled.size} patterns`);
