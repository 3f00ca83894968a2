// Beside the text: what is named how often, who says what. A click walks through the rows.

const FEW = 20;
const walked = new Map(); // how far a reader has walked, by what is walked through

/** A button that goes to the next of some rows with each click. */
function walker(name, rows, attributes, ...children) {
  return make(
    "button",
    {
      type: "button",
      ...attributes,
      click: () => {
        const at = rows.findIndex(([t, r]) => held.fixed && t === held.t && r === held.r);
        const next = at >= 0 ? at + 1 : (walked.get(name) ?? 0);
        walked.set(name, (next + 1) % rows.length);
        go(...rows[next % rows.length]);
      },
    },
    ...children,
  );
}

function setPanel(doc) {
  walked.clear();
  fill(byId("entities"), entities(doc));
  fill(byId("speakers"), speakers(doc));
  fill(byId("timeline"), timeline(doc));
}

function fill(section, children) {
  section.replaceChildren(...children);
  section.hidden = !children.length;
}

/** The rows without spans that others refer to, by how often: in most corpora, entities by their mentions. */
function entities(doc) {
  let titles = 0;
  const listed = corpus.tables.flatMap((table, t) => {
    if (table.marks.length) return [];
    const counts = users(doc, t)
      .map((rows, r) => [r, rows])
      .filter(([, rows]) => rows.length);
    counts.sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
    if (!counts.length) return [];
    const most = counts[0][1].length;
    const kind = column(doc, t, "type");
    const items = counts.map(([r, rows]) => {
      const bar = make("i", { class: "share", "aria-hidden": "true" });
      bar.style.setProperty("--share", rows.length / most);
      return make(
        "li",
        {},
        walker(
          key(t, r),
          rows,
          { "data-row": key(t, r) },
          make(
            "span",
            {},
            make("bdi", { class: "name" }, called(doc, t, r)),
            " ",
            typeof kind?.[r] === "string" ? make("small", {}, kind[r]) : "",
          ),
          " ",
          make("b", {}, rows.length.toLocaleString("en")),
          bar,
        ),
      );
    });
    const id = `entities-title${titles++ || ""}`;
    return [make("h2", { id }, plain(table.name)), ...limited("ol", items)];
  });
  return listed;
}

/** A list that shows some items at first. */
function limited(tag, items) {
  const list = make(tag, {}, ...items.slice(0, FEW));
  if (items.length <= FEW) return [list];
  const button = make(
    "button",
    {
      type: "button",
      class: "all",
      click: () => {
        for (const item of items.slice(FEW)) list.append(item);
        list.children[FEW].querySelector("button, a, summary")?.focus();
        button.remove();
      },
    },
    `all ${items.length.toLocaleString("en")}`,
  );
  return [list, button];
}

/** The speakers with their quotes, of a table that has both. */
function speakers(doc) {
  const t = tableWith(["speaker", "speaker_name"]);
  if (t < 0) return [];
  const [ids, names, speech] = ["speaker", "speaker_name", "speech"].map((name) => typed(doc, t, name));
  const groups = grouped(ids.keys(), (r) => ids[r]);
  if (!groups.size) return [];
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || a[1][0] - b[1][0]);
  const items = sorted.map(([id, rows]) =>
    make(
      "li",
      {},
      make(
        "details",
        {},
        make(
          "summary",
          {},
          make("bdi", { class: "name" }, id === null ? "no speaker" : (names[rows[0]] ?? id)),
          " ",
          make("b", {}, String(rows.length)),
        ),
        make(
          "ul",
          {},
          ...rows.map((r) =>
            make(
              "li",
              { dir: "auto" },
              inner(
                [doc.id, corpus.tables[t].name, idOf(doc, t, r)],
                {},
                shortened(speech?.[r] || surface(doc, t, r) || idOf(doc, t, r), 180),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  return [make("h2", { id: "speakers-title" }, "speakers"), ...limited("ol", items)];
}
