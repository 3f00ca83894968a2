// The text of the open document: a paragraph for each line, plain until it comes near the window, then in stretches.

const LONGEST = 4000; // code units: longer lines are cut into several paragraphs, so that each can be drawn when it is seen
const MANY = 2000; // lines: in a text of more, short ones share a paragraph
const FULL = 1500; // code units of such a paragraph
const NEAR = 800; // pixels from the window
const article = byId("text");
const KINDS = ["title", "byline", "paragraph", "boilerplate"]; // of the built-in table blocks

/** What is on the page of a document. */
const shown = {
  doc: null,
  tables: new Set(),
  blocks: [],
  pieces: [],
  deep: 0,
  patterns: [],
  order: [],
  places: new Map(),
  current: 0,
};
const near = new Set();
const stretches = new Map(); // the elements of a row, by table:row
const handles = new Map();

const key = (t, r) => `${t}:${r}`;

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const block = entry.target.block;
      if (!entry.isIntersecting) near.delete(block);
      else {
        near.add(block);
        if (!block.drawn) draw(block);
      }
    }
  },
  { rootMargin: `${NEAR}px` },
);

/**
 * Where a text is cut into paragraphs: after each line feed, and in lines that are too long at a space. Where there are
 * many lines, short ones stay together, but for those of a kind of their own.
 */
function* cuts(text, kind) {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0 && lines <= MANY; at = text.indexOf("\n", at + 1)) lines += 1;
  const full = lines > MANY ? FULL : 0;
  let start = 0;
  let feed = -1;
  while (start < text.length) {
    if (feed < start) feed = text.indexOf("\n", start);
    if (feed < 0) feed = text.length;
    let end = Math.min(feed + 1, text.length);
    if (end - start > LONGEST) {
      const space = text.slice(start, start + LONGEST).lastIndexOf(" ");
      end = start + (space > 0 ? space + 1 : LONGEST);
      const before = text.charCodeAt(end - 1);
      if (before >= 0xd800 && before < 0xdc00) end += 1; // not between the halves of a code point
    }
    while (end - start < full && end < text.length && (kind.get(end) ?? "paragraph") === "paragraph") {
      const next = text.indexOf("\n", end) + 1 || text.length;
      if (next - start > LONGEST) break;
      end = next;
    }
    yield [start, end];
    start = end;
  }
}

/** Put the text of a document on the page. */
function setText(doc) {
  observer.disconnect();
  near.clear();
  stretches.clear();
  handles.clear();
  shown.doc = doc;
  shown.order = [];
  shown.current = 0;
  shown.patterns = patterns(doc);
  const kind = kinds(doc);
  const fragment = document.createDocumentFragment();
  shown.blocks = [];
  for (const [start, end] of cuts(doc.data.text, kind)) {
    const text = doc.data.text.slice(start, end);
    const block = { start, end, text, pieces: [], drawn: false, element: paragraph(text, kind.get(start)) };
    block.element.block = block;
    shown.blocks.push(block);
    fragment.append(block.element);
    observer.observe(block.element);
  }
  article.replaceChildren(fragment);
  const language = doc.data.language ?? corpus.language;
  article.lang = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(language ?? "") ? language : "";
  article.dataset.open = doc.id;
  layOut();
}

function paragraph(text, kind) {
  const names = ["block", kind ?? ""];
  if (text.trim() === "") return make("p", { class: "block blank", dir: "auto", "aria-hidden": "true" }, text);
  if (!text.endsWith("\n")) names.push("continued"); // the line goes on in the next
  const heading = kind === "title" ? { role: "heading", "aria-level": "2" } : {};
  return make("p", { class: names.filter(Boolean).join(" "), dir: "auto", ...heading }, text);
}

/** What kind of paragraph begins where, by the table `blocks`; without it, a first line that is the title is one. */
function kinds(doc) {
  const t = tableNumber("blocks");
  const values = column(doc, t, "kind");
  const found = new Map();
  if (values !== null && corpus.tables[t].marks.length) {
    values.forEach((value, r) => {
      if (KINDS.includes(value)) found.set(spansOf(doc, t, r)[0]?.[0], value);
    });
  } else if (doc.data.text.split("\n", 1)[0].trim() === doc.listed.title) found.set(0, "title");
  return found;
}

/** Find out anew what is drawn where, after a document or the choice of layers has changed. */
function layOut() {
  const { doc } = shown;
  shown.pieces = doc.pieces.filter((piece) => shown.tables.has(piece.t));
  const lines = shown.pieces.filter((piece) => !shown.patterns[piece.m].long);
  const lane = lanes(lines);
  lines.forEach((piece, at) => {
    piece.lane = lane[at];
  });
  shown.deep = lane.reduce((most, each) => Math.max(most, each + 1), 0);
  article.style.setProperty("--lines", shown.deep);
  article.style.setProperty("--above", above([...new Set(shown.pieces.map((piece) => piece.m))]));
  const before = shown.order[shown.current];
  shown.order = [];
  shown.places.clear();
  for (const block of shown.blocks) block.pieces = [];
  const starts = shown.blocks.map((block) => block.start);
  shown.pieces.forEach((piece) => {
    if (!shown.places.has(key(piece.t, piece.r))) {
      shown.places.set(key(piece.t, piece.r), shown.order.length);
      shown.order.push(piece);
    }
    for (let at = firstAtLeast(starts, piece.start + 1) - 1; at < shown.blocks.length && starts[at] < piece.end; at++) {
      shown.blocks[at].pieces.push(piece);
    }
  });
  stretches.clear();
  handles.clear();
  for (const block of shown.blocks) {
    if (block.drawn && near.has(block)) draw(block);
    else if (block.drawn) {
      block.drawn = false;
      block.element.replaceChildren(block.text);
    }
  }
  const same = before && shown.places.get(key(before.t, before.r));
  const next = before ? shown.order.findIndex((piece) => piece.start >= before.start) : 0;
  setCurrent(same ?? (next < 0 ? Infinity : next));
}

/** Draw a paragraph: stretches between the boundaries of spans, and a handle where a row begins. */
function draw(block) {
  block.drawn = true;
  const bounds = new Set([block.start, block.end]);
  for (const { start, end } of block.pieces) {
    bounds.add(Math.max(start, block.start));
    bounds.add(Math.min(end, block.end));
  }
  const sorted = [...bounds].sort((a, b) => a - b);
  const children = [];
  let open = [];
  let next = 0;
  for (let at = 0; at + 1 < sorted.length; at++) {
    const [start, end] = [sorted[at], sorted[at + 1]];
    open = open.filter((piece) => piece.end > start);
    while (next < block.pieces.length && block.pieces[next].start <= start) open.push(block.pieces[next++]);
    const text = shown.doc.data.text.slice(start, end);
    if (!open.length) {
      children.push(text);
      continue;
    }
    for (const piece of open) {
      if (piece.start === start && shown.order[shown.places.get(key(piece.t, piece.r))] === piece)
        children.push(handle(piece));
    }
    const inside = [...open].sort((a, b) => b.end - b.start - (a.end - a.start));
    const rows = [...new Set(inside.map((piece) => key(piece.t, piece.r)))];
    const element = make("span", { class: "seg", "data-rows": rows.join(" ") }, text);
    const ends = inside.map((piece) => [piece.start === start, piece.end === end]);
    element.style.background = background(
      inside,
      shown.patterns,
      ends,
      inside.map((piece) => piece.lane),
      shown.deep,
      text,
    );
    for (const row of rows) {
      if (!stretches.has(row)) stretches.set(row, new Set());
      stretches.get(row).add(element);
    }
    children.push(element);
  }
  block.element.replaceChildren(...children);
  relight(block.element);
}

/** What a row is reached by from the keyboard: it has no text, so that the text stays what it is. */
function handle({ t, r }) {
  const row = key(t, r);
  const tabbed = shown.places.get(row) === shown.current ? "0" : "-1";
  const element = make("span", {
    class: "handle",
    role: "button",
    tabindex: tabbed,
    "data-row": row,
    "aria-label": spoken(shown.doc, t, r),
  });
  handles.set(row, element);
  return element;
}

/** The paragraph that a place of the text is in. */
function blockAt(place) {
  const starts = shown.blocks.map((block) => block.start);
  return shown.blocks[firstAtLeast(starts, place + 1) - 1];
}

/** Draw the paragraph of a row, if that has not been done; its handle, or null where it is not drawn at all. */
function handleOf(row) {
  if (!shown.places.has(row)) return null;
  if (!handles.has(row)) {
    const { start } = shown.order[shown.places.get(row)];
    draw(blockAt(start));
  }
  return handles.get(row);
}

/** Which row the tab key comes to. */
function setCurrent(at) {
  if (!shown.order.length) return;
  handles.get(rowAt(shown.current))?.setAttribute("tabindex", "-1");
  shown.current = Math.max(0, Math.min(at, shown.order.length - 1));
  handleOf(rowAt(shown.current)).setAttribute("tabindex", "0");
}

function rowAt(at) {
  const piece = shown.order[at];
  return piece === undefined ? "" : key(piece.t, piece.r);
}

/** Scroll to a place in the text, and mark it. */
function seek(start, end) {
  const block = blockAt(start);
  if (!block.drawn) draw(block);
  const range = document.createRange();
  const nodes = document.createTreeWalker(block.element, NodeFilter.SHOW_TEXT);
  let at = block.start;
  for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
    if (start >= at && start < at + node.length) range.setStart(node, start - at);
    if (end > at && end <= at + node.length) range.setEnd(node, end - at);
    at += node.length;
  }
  if (end > block.end) range.setEndAfter(block.element.lastChild);
  block.element.scrollIntoView({ block: "center" });
  if ("highlights" in CSS) CSS.highlights.set("sought", new Highlight(range));
}

// -- light -----------------------------------------------------------------------------------------------------------

const light = { row: "", kin: new Set() };

/** Light up a row, and those that belong to it. */
function setLight(row, kin) {
  for (const element of article.querySelectorAll(".lit, .kin")) element.classList.remove("lit", "kin");
  light.row = row;
  light.kin = kin;
  for (const each of kin) for (const element of stretches.get(each) ?? []) element.classList.add("kin");
  for (const element of stretches.get(row) ?? []) element.classList.add("lit");
}

function relight(root) {
  if (!light.row && !light.kin.size) return;
  for (const element of root.querySelectorAll(".seg")) {
    const rows = element.dataset.rows.split(" ");
    if (rows.includes(light.row)) element.classList.add("lit");
    else if (rows.some((row) => light.kin.has(row))) element.classList.add("kin");
  }
}

/** Scroll a row into the middle of the window, where it is not to be seen already. */
function reveal(row) {
  const element = handleOf(row);
  if (element === null) return;
  const { top, bottom } = element.getBoundingClientRect();
  const covered = getComputedStyle(byId("slot")).position === "sticky" && !card.hidden;
  const limit = covered ? card.getBoundingClientRect().top : window.innerHeight - 100;
  if (top >= 60 && bottom <= limit) return;
  element.scrollIntoView({ block: "center" });
  if (covered) window.scrollBy(0, (window.innerHeight - limit) / 2);
}
