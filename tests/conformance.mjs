// Hold the vectors of conformance/offsets.json against JavaScript's own strings, arrays of code points and bytes.
//
//     node tests/conformance.mjs conformance/offsets.json
//
// Exit status 1, and a message, at the first difference.

import { readFileSync } from "node:fs";

const UNITS = ["codepoint", "utf8", "utf16"];
const LONE = /\p{Surrogate}/u; // with the flag u a pair is one character, and none of these

class Difference extends Error {}

function expect(name, what, expected, found) {
  const [a, b] = [expected, found].map((value) => JSON.stringify(value));
  if (a !== b) throw new Difference(`${name}: ${what}: expected ${a}, found ${b}`);
}

// The text in each unit, as JavaScript has it: something with a length that can be sliced, and how a slice is read.
function views(text) {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return {
    codepoint: { all: Array.from(text), read: (slice) => slice.join("") },
    utf8: { all: new TextEncoder().encode(text), read: (slice) => strict.decode(slice) },
    utf16: { all: text, read: (slice) => slice },
  };
}

// Whether a text can be cut at an offset: what stands before it and what follows are texts.
function isEdge(view, offset) {
  if (offset < 0 || offset > view.all.length) return false;
  try {
    return [view.all.slice(0, offset), view.all.slice(offset)].every((part) => !LONE.test(view.read(part)));
  } catch (error) {
    if (error instanceof TypeError) return false; // by the strict decoder
    throw error;
  }
}

// An offset in another unit: the length, there, of what stands before it.
function convert(view, offset, target) {
  return views(view.read(view.all.slice(0, offset)))[target].all.length;
}

function checkText({ name, text, lengths, spans, refused }) {
  const view = views(text);
  expect(name, "units of lengths", [...UNITS].sort(), Object.keys(lengths).sort());
  for (const unit of UNITS) expect(name, `length in ${unit}`, lengths[unit], view[unit].all.length);
  for (const span of spans) {
    for (const unit of UNITS) {
      const surface = view[unit].read(view[unit].all.slice(...span[unit]));
      expect(name, `the words from ${span[unit].join(" to ")} in ${unit}`, span.surface, surface);
      for (const target of UNITS) {
        const made = span[unit].map((offset) => convert(view[unit], offset, target));
        expect(name, `${span[unit].join(" to ")} in ${unit}, as ${target}`, span[target], made);
      }
    }
  }
  for (const unit of UNITS) {
    for (const offset of refused[unit]) expect(name, `${offset} in ${unit} is an edge`, false, isEdge(view[unit], offset));
    // Every unit but the first of each character is inside it.
    const inside = refused[unit].filter((offset) => offset >= 0 && offset < lengths[unit]).length;
    expect(name, `refused offsets inside characters, in ${unit}`, lengths[unit] - lengths.codepoint, inside);
  }
}

try {
  const { texts } = JSON.parse(readFileSync(process.argv[2], "utf8"));
  texts.forEach(checkText);
  const refused = texts.flatMap((text) => Object.values(text.refused)).flat();
  console.log(`${texts.length} texts, ${texts.flatMap((text) => text.spans).length} spans, ${refused.length} refused`);
} catch (error) {
  if (!(error instanceof Difference)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
