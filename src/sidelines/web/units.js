// Offsets of a corpus count code points; strings of JavaScript count UTF-16.

/** A function from code points of a text to its UTF-16 code units. */
function converter(text, characters) {
  if (text.length === characters) return (offset) => offset;
  const units = new Uint32Array(characters + 1);
  let at = 0;
  let unit = 0;
  while (unit < text.length) {
    units[at++] = unit;
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  }
  units[at] = unit;
  return (offset) => units[offset];
}
