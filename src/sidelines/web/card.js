// The card: all that is known of one row. It follows the pointer and the focus, until a click fixes it.

const card = byId("card");
const MOST = 40; // rows in a list of a card
const held = { t: -1, r: -1, fixed: false };

/** The rows that are lit up with a row: of the same entity, what it refers to, and what refers to it. */
function kinOf(doc, t, r) {
  const kin = new Set();
  const add = (rows) => rows.forEach(([table, row]) => kin.add(key(table, row)));
  for (const [, target, row] of references(doc, t, r)) {
    if (corpus.tables[target].marks.length) kin.add(key(target, row));
    else add(users(doc, target)[row]);
  }
  add(users(doc, t)[r]);
  kin.delete(key(t, r));
  return kin;
}

/** Show the card of a row; fixed, it stays, and the address names it. */
function show(t, r, fixed) {
  const { doc } = shown;
  if (held.t === t && held.r === r && (held.fixed || !fixed)) return;
  if (!fixed && held.fixed) setAddress([doc.id], true);
  Object.assign(held, { t, r, fixed });
  setLight(key(t, r), kinOf(doc, t, r));
  const inside = card.contains(document.activeElement);
  card.replaceChildren(...content(doc, t, r));
  card.dataset.fixed = fixed;
  card.setAttribute("aria-label", `Card of ${spoken(doc, t, r)}`);
  card.hidden = false;
  card.scrollTop = 0;
  if (inside) card.focus({ preventScroll: true });
  byId("hint").hidden = true;
  byId("message").textContent = "";
  if (shown.places.has(key(t, r))) setCurrent(shown.places.get(key(t, r)));
  if (fixed) setAddress([doc.id, corpus.tables[t].name, idOf(doc, t, r)]);
}

/** Fix the card that is shown, or let it follow the pointer again. */
function toggle(t, r) {
  const fixed = !held.fixed;
  if (!fixed) setAddress([shown.doc.id], true);
  Object.assign(held, { t: -1, r: -1, fixed: false });
  show(t, r, fixed);
  card.querySelector(".fix").focus({ preventScroll: true });
}

/** Let go of the card; the address names the document alone. */
function hide() {
  if (held.fixed) setAddress([shown.doc.id], true);
  letGo();
}

function letGo() {
  if (card.hidden) return;
  Object.assign(held, { t: -1, r: -1, fixed: false });
  card.hidden = true;
  card.dataset.fixed = false;
  card.replaceChildren();
  byId("hint").hidden = false;
  setLight("", new Set());
}

/** Go to a row: its layer is switched on, it is scrolled to, and its card is fixed. */
function go(t, r) {
  if (corpus.tables[t].marks.length && !shown.tables.has(t)) switchLayer(t, true);
  show(t, r, true);
  const first = corpus.tables[t].marks.length ? key(t, r) : key(...(users(shown.doc, t)[r][0] ?? [t, r]));
  reveal(first);
}

function content(doc, t, r) {
  const table = corpus.tables[t];
  const m = mainMark(t);
  const children = [
    make(
      "div",
      { class: "buttons" },
      make(
        "button",
        {
          type: "button",
          class: "fix",
          "aria-pressed": String(held.fixed),
          title: "Keep this card",
          click: () => toggle(t, r),
        },
        "fix",
      ),
      make("button", { type: "button", class: "close", "aria-label": "Close the card", click: hide }, "×"),
    ),
    make("h2", { dir: "auto" }, shortened(typed(doc, t, "name")?.[r] || surface(doc, t, r, m) || idOf(doc, t, r), 240)),
    make(
      "p",
      { class: "of" },
      m < 0 ? "" : swatch(firstMark[t] + m),
      ` ${plain(table.name)} `,
      inner([doc.id, table.name, idOf(doc, t, r)], {}, idOf(doc, t, r)),
    ),
  ];
  const said = phrase(doc, t, r);
  if (said) children.push(make("p", { class: "phrase", dir: "auto" }, said));
  const families = references(doc, t, r)
    .filter(([, target]) => !corpus.tables[target].marks.length)
    .map(([at, target, row]) => {
      const id = idOf(doc, target, row);
      const values = doc.data.tables[t].values[at];
      const rows = users(doc, target)[row].filter(([other, each]) => other === t && [values[each]].flat().includes(id));
      return family(doc, t, r, rows, called(doc, target, row), table.columns[at].name);
    });
  children.push(...families.map(([walk]) => walk), properties(doc, t, r), ...families.map(([, list]) => list));
  children.push(...rowLists(doc, "Named by", users(doc, t)[r]), ...rowLists(doc, "Also here,", beside(doc, t, r)));
  return children.filter(Boolean);
}

/** Every property of a row, with what the schema says of it. */
function properties(doc, t, r) {
  const table = corpus.tables[t];
  const list = make("dl", {});
  const add = (name, description, ...value) => {
    list.append(
      make(
        "div",
        {},
        make("dt", {}, plain(name)),
        make("dd", { dir: "auto" }, ...value, description ? make("small", {}, description) : ""),
      ),
    );
  };
  table.marks.forEach((mark, m) => {
    const words = surface(doc, t, r, m);
    if (words && (m > 0 || mark.name))
      add(mark.name, mark.description, swatch(firstMark[t] + m), ` ${cited(shortened(words, 160))}`);
  });
  table.columns.forEach((described, at) => {
    const value = doc.data.tables[t].values[at][r];
    if (at > 0 && value !== null && !(Array.isArray(value) && !value.length))
      add(described.name, described.description, ...told(doc, described, value));
  });
  return list.children.length ? list : null;
}

/** The rows that share what a row refers to, such as all mentions of an entity: a walk through them, and a list. */
function family(doc, t, r, rows, name, property) {
  const at = rows.findIndex(([, row]) => row === r);
  const step = (by, pressed) => {
    go(...rows[(at + by + rows.length) % rows.length]);
    card.querySelector(pressed)?.focus({ preventScroll: true });
  };
  const of = `${counted(rows.length, "row")} of ${plain(corpus.tables[t].name)}, ${plain(property)} `;
  const walk = make(
    "p",
    { class: "walk" },
    make(
      "button",
      { type: "button", "aria-label": "Previous", class: "previous", click: () => step(-1, ".previous") },
      "←",
    ),
    ` ${at + 1} of ${rows.length.toLocaleString("en")} `,
    make("button", { type: "button", "aria-label": "Next", class: "next", click: () => step(1, ".next") }, "→"),
    ` ${plain(property)} `,
    make("bdi", {}, name),
  );
  const list = make(
    "section",
    { class: "family" },
    make("h3", {}, of, make("bdi", {}, name)),
    make(
      "ul",
      { class: "rows" },
      ...some(rows).map(([table, each]) =>
        make("li", {}, rowLink(doc, table, each, each === r ? { "aria-current": "true" } : {})),
      ),
    ),
    rows.length > MOST ? make("p", {}, `and ${counted(rows.length - MOST, "more", "more")}`) : null,
  );
  return rows.length > 1 ? [walk, list] : [null, null];
}

const some = (rows) => rows.slice(0, MOST);

/** Rows by their tables. */
function rowLists(doc, title, rows) {
  const tables = grouped(rows, ([t]) => t);
  return [...tables].map(([t, group]) =>
    make(
      "section",
      {},
      make("h3", {}, `${title} ${counted(group.length, "row")} of ${plain(corpus.tables[t].name)}`),
      make("ul", { class: "rows" }, ...some(group).map(([, r]) => make("li", {}, rowLink(doc, t, r)))),
      group.length > MOST ? make("p", {}, `and ${counted(group.length - MOST, "more", "more")}`) : null,
    ),
  );
}

function rowLink(doc, t, r, attributes = {}) {
  return inner([doc.id, corpus.tables[t].name, idOf(doc, t, r)], { dir: "auto", ...attributes }, called(doc, t, r));
}

/** The other rows that are drawn where a row begins. */
function beside(doc, t, r) {
  const spans = spansOf(doc, t, r);
  if (!spans.length) return [];
  const found = new Map();
  for (const piece of shown.pieces) {
    if (piece.start > spans[0][0]) break;
    if (piece.end > spans[0][0] && (piece.t !== t || piece.r !== r))
      found.set(key(piece.t, piece.r), [piece.t, piece.r]);
  }
  return [...found.values()];
}

// -- pointer and keys --------------------------------------------------------------------------------------------------

const rowsAt = (target) => target.closest?.(".seg")?.dataset.rows.split(" ") ?? [];
const numbers = (row) => row.split(":").map(Number);
const small = window.matchMedia("(max-width: 70rem)"); // where a card covers text: it comes by click and by focus alone
let leaving = 0;
let clicked = null;

article.addEventListener("pointerover", (event) => {
  clearTimeout(leaving);
  const rows = rowsAt(event.target);
  if (rows.length && !held.fixed && !small.matches && event.pointerType !== "touch")
    show(...numbers(rows.at(-1)), false);
});
article.addEventListener("pointerleave", () => {
  leaving = setTimeout(
    () => held.fixed || card.matches(":hover, :focus-within") || article.contains(document.activeElement) || hide(),
    400,
  );
});
card.addEventListener("pointerleave", () => {
  leaving = setTimeout(() => held.fixed || card.contains(document.activeElement) || hide(), 400);
});
card.addEventListener("pointerenter", () => clearTimeout(leaving));

/** A click fixes the innermost row; one more in the same place the next around it. */
article.addEventListener("click", (event) => {
  const rows = rowsAt(event.target);
  if (!rows.length || !document.getSelection().isCollapsed) return;
  const at = held.fixed && event.target === clicked ? rows.indexOf(key(held.t, held.r)) : -1;
  clicked = event.target;
  show(...numbers(rows.at(at > 0 ? at - 1 : -1)), true);
  handleOf(key(held.t, held.r))?.focus({ preventScroll: true });
});

article.addEventListener("focusin", (event) => {
  const row = event.target.dataset.row;
  if (row !== undefined) show(...numbers(row), false);
});

const STEPS = { ArrowRight: 1, ArrowDown: 1, j: 1, ArrowLeft: -1, ArrowUp: -1, k: -1, Home: -Infinity, End: Infinity };

article.addEventListener("keydown", (event) => {
  const row = event.target.dataset.row;
  if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in STEPS) {
    setCurrent(shown.places.get(row) + STEPS[event.key]);
    const next = rowAt(shown.current);
    reveal(next);
    handleOf(next).focus({ preventScroll: true });
  } else if (event.key === "Enter" || event.key === " ") {
    if (held.fixed && key(held.t, held.r) === row) card.focus();
    else show(...numbers(row), true);
  } else return;
  event.preventDefault();
});
