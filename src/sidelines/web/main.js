// The page as a whole: layers, documents, addresses, keys.

const layers = byId("layers");

/** A bit of text that looks as a mark does. */
function swatch(m) {
  const element = make("i", { class: "swatch", "aria-hidden": "true" }, "ab");
  element.style.setProperty("--above", above([m]));
  element.style.background = background([{ m }], shown.patterns, [[true, true]], [0], 1);
  return element;
}

/** The legend: a switch for each table with spans, and how each of its marks looks. */
function setLayers(doc) {
  const items = corpus.tables.flatMap((table, t) => {
    if (!table.marks.length) return [];
    const first = firstMark[t];
    const box = make("input", {
      type: "checkbox",
      "data-table": table.name,
      id: `layer-${t}`,
      change: (event) => switchLayer(t, event.target.checked),
    });
    box.checked = shown.tables.has(t);
    const others = table.marks.map((mark, m) => [mark, first + m]).filter(([mark]) => mark.name !== "");
    return [
      make(
        "div",
        { class: "layer" },
        box,
        make(
          "label",
          { for: `layer-${t}` },
          swatch(first),
          " ",
          make("span", { class: "name" }, plain(table.name)),
          " ",
          make("small", {}, rowCount(doc, t).toLocaleString("en")),
        ),
        others.length > 1
          ? make(
              "ul",
              {},
              ...others.map(([mark, m]) => make("li", { title: mark.description }, swatch(m), " ", plain(mark.name))),
            )
          : null,
        table.description ? make("p", {}, table.description) : null,
      ),
    ];
  });
  layers.hidden = !items.length;
  layers.replaceChildren(layers.querySelector("legend"), ...items);
}

function switchLayer(t, on) {
  if (on) shown.tables.add(t);
  else shown.tables.delete(t);
  byId(`layer-${t}`).checked = on;
  layOut();
  setLight(light.row, light.kin);
}

// -- documents -----------------------------------------------------------------------------------------------------------

/** Open a document; says so where that cannot be done. */
function openDocument(number) {
  const listed = corpus.documents[number];
  if (shown.doc?.number === number) return true;
  if (listed.fault !== null) {
    byId("message").textContent = `${listed.id} is not shown: ${listed.fault}`;
    return false;
  }
  letGo(); // the address is that of what is opened
  const doc = readDocument(number);
  setText(doc);
  setLayers(doc);
  setPanel(doc);
  setAbout(doc);
  setListed(number);
  document.title = listed.title ? `${listed.title} · ${corpus.title}` : corpus.title;
  window.scrollTo(0, 0);
  return true;
}

function setAbout(doc) {
  const about = [
    ["document", doc.id],
    ["characters", doc.listed.characters.toLocaleString("en")],
    ...doc.data.metadata.filter(([name]) => !["$schema", "id", "characters"].includes(name)),
  ];
  byId("about").replaceChildren(
    ...about.map(([name, value]) =>
      make(
        "div",
        {},
        make("dt", {}, plain(name)),
        make("dd", { dir: "auto" }, ...told(doc, { ref: null, type: "string" }, value)),
      ),
    ),
  );
}

// -- addresses -----------------------------------------------------------------------------------------------------------

function setAddress(steps, quietly = false) {
  const wanted = address(steps);
  if (location.hash === wanted) return;
  if (quietly) history.replaceState(null, "", wanted);
  else location.hash = wanted;
}

/** Open what the address names: a document, or a row of it; `again`, though it is open already. */
function follow(again = false) {
  const [id, table, row] = named(location.hash);
  const message = byId("message");
  message.textContent = "";
  if (id === undefined) {
    letGo();
    openFirst();
    return;
  }
  const number = corpus.documents.findIndex((listed) => listed.id === id);
  if (number < 0) {
    if (shown.doc === null) openFirst();
    message.textContent = `There is no document ${id} here.`;
    return;
  }
  if (!openDocument(number)) {
    if (shown.doc === null) openFirst(message.textContent);
    return;
  }
  if (table === undefined) {
    if (held.fixed) letGo();
    return;
  }
  const t = tableNumber(table);
  const r = t < 0 || row === undefined ? -1 : rowOf(shown.doc, t, row);
  if (r < 0) message.textContent = `There is no row ${row ?? ""} of ${table} in ${id}.`;
  else if (again || !held.fixed || held.t !== t || held.r !== r) go(t, r);
}

function openFirst(said = "") {
  const first = corpus.documents.findIndex((listed) => listed.fault === null);
  if (first >= 0) openDocument(first);
  byId("message").textContent = said || (first < 0 ? "There is no document to show." : "");
}

// -- the page ------------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input[type=search]");
  if (event.key === "Escape" && !card.hidden && !typing) {
    const back = card.contains(document.activeElement) ? handleOf(rowAt(shown.current)) : null;
    hide();
    back?.focus({ preventScroll: true });
    if (back) hide();
  } else if (
    event.key === "/" &&
    !byId("documents").hidden &&
    !typing &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey
  ) {
    event.preventDefault();
    byId("search").focus();
  }
});
window.addEventListener("hashchange", () => follow());
window.addEventListener("beforeprint", () => shown.blocks.forEach((block) => block.drawn || draw(block)));
byId("skip").addEventListener("click", () => byId("main").focus());

corpus.tables.forEach((table, t) => {
  if (table.shown && table.marks.length) shown.tables.add(t);
});
byId("name").append(make("strong", {}, corpus.title), corpus.version ? ` ${corpus.version}` : "");
setList();
for (const id of ["frame", ...(marks.length ? ["keys"] : []), "skip"]) byId(id).hidden = false;
byId("hint").hidden = !marks.length;
follow();
document.documentElement.dataset.ready = "true";
