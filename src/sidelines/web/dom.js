// The only ways in which this page makes elements: what comes from a corpus is text, or the value of a harmless attribute.

const ATTRIBUTES = new Set([
  "aria-current",
  "aria-hidden",
  "aria-level",
  "aria-label",
  "aria-pressed",
  "class",
  "data-begin",
  "data-document",
  "data-row",
  "data-rows",
  "data-table",
  "data-until",
  "dir",
  "for",
  "id",
  "rel",
  "role",
  "tabindex",
  "title",
  "type",
]);

/** An element with attributes, listeners (functions, by the name of the event) and children (nodes or text). */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (!ATTRIBUTES.has(name)) throw new Error(`no attribute for this page: ${name}`);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A link within the page. */
function inner(parts, attributes, ...children) {
  const link = make("a", attributes, ...children);
  link.setAttribute("href", address(parts));
  link.addEventListener("click", (event) => {
    if (elsewhere(event) || link.hash !== location.hash) return;
    event.preventDefault(); // where one already is: nothing would happen, though the text may have been scrolled away
    follow(true);
  });
  return link;
}

/** A link to another site where text is the address of one, else the text. */
function outer(text) {
  if (!/^https?:\/\/[^\s]+$/i.test(text) || !URL.canParse(text)) return text;
  const { href } = new URL(text); // text that is shown as it is: nothing in it that a reader would not see
  if (href !== text && href !== `${text}/`) return text;
  const link = make("a", { rel: "noreferrer noopener" }, text);
  link.setAttribute("href", text);
  return link;
}

const byId = (id) => document.getElementById(id);

/** The address of a document, or of a row of it: #document/table/id. */
function address(parts) {
  return `#${parts.map(encodeURIComponent).join("/")}`;
}

/** The parts of an address; where it cannot be decoded, all of it as one, which names nothing. */
function named(hash) {
  try {
    return hash
      .replace(/^#/, "")
      .split("/")
      .map(decodeURIComponent)
      .filter((part) => part !== "");
  } catch {
    return [hash.slice(1)];
  }
}

/** Whether a click asks for another tab or window. */
const elsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;

/** A text cut to so many characters, between code points. */
function shortened(text, most) {
  const line = text.replace(/\s+/gu, " ").trim();
  const points = line.length > most ? [...line.slice(0, 2 * most)] : [];
  return points.length > most
    ? `${points
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
    : line;
}

function counted(number, word, words = `${word}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? word : words}`;
}

/** Lists of what has the same key, by the key, in the order of the first. */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}
