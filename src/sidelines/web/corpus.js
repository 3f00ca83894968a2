// What is inlined in the page: the corpus, and each document, which is parsed when it is opened.

const corpus = JSON.parse(byId("corpus").textContent);
const marks = corpus.tables.flatMap((table, at) => table.marks.map((mark) => ({ ...mark, table: at })));
const firstMark = corpus.tables.map((_, at) => marks.findIndex((mark) => mark.table === at));

function script(number) {
  return document.querySelector(`script[data-document="${number}"]`);
}

/** The text of a document without the rest of it, which need not be parsed to be searched. */
function textOf(number) {
  const json = script(number)?.textContent ?? ""; // {"text":"…
  const start = json.indexOf('"', json.indexOf(":"));
  for (let end = json.indexOf('"', start + 1); end > 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return JSON.parse(json.slice(start, end + 1));
  }
  return "";
}

/**
 * A document: its text, its tables, and the pieces that can be drawn. A piece is one span of a row: its table, row and
 * mark (a number in `marks`), start and end in UTF-16.
 */
function readDocument(number) {
  const listed = corpus.documents[number];
  const data = JSON.parse(script(number).textContent);
  const unit = converter(data.text, listed.characters);
  const pieces = [];
  data.tables.forEach((table, t) => {
    table.spans.forEach((rows, m) => {
      rows.forEach((spans, r) => {
        for (let at = 0; spans !== null && at < spans.length; at += 2) {
          pieces.push({ t, r, m: firstMark[t] + m, start: unit(spans[at]), end: unit(spans[at + 1]) });
        }
      });
    });
  });
  pieces.sort((a, b) => a.start - b.start || b.end - a.end || a.t - b.t || a.r - b.r || a.m - b.m);
  return { number, id: listed.id, listed, data, pieces, unit, ids: new Map(), users: new Map() };
}

const tableNumber = (name) => corpus.tables.findIndex((table) => table.name === name);
const columnNumber = (t, name) => corpus.tables[t].columns.findIndex((column) => column.name === name);

/** The values of a column, by the row; none where there is no such column. */
function column(doc, t, name) {
  const at = t < 0 ? -1 : columnNumber(t, name);
  return at < 0 ? null : doc.data.tables[t].values[at];
}

/** The values of a column of that type, which is no list: what is told in a special way is what it is taken for. */
function typed(doc, t, name, type = "string") {
  const described = t < 0 ? undefined : corpus.tables[t].columns[columnNumber(t, name)];
  return described?.type === type && !described.list ? column(doc, t, name) : null;
}

/** The first table with columns of that name and type; of several, one where they are derived. -1 where there is none. */
function tableWith(names, type = "string") {
  const has = (t, derived) =>
    names.every((name) => {
      const described = corpus.tables[t].columns[columnNumber(t, name)];
      return described?.type === type && !described.list && (described.derived || !derived);
    });
  const numbers = [...corpus.tables.keys()];
  return numbers.find((t) => has(t, true)) ?? numbers.find((t) => has(t, false)) ?? -1;
}

function rowCount(doc, t) {
  return doc.data.tables[t].values[0].length;
}

const idOf = (doc, t, r) => doc.data.tables[t].values[0][r];

/** The row of a table that has an id; -1 where none has. */
function rowOf(doc, t, id) {
  if (!doc.ids.has(t)) doc.ids.set(t, new Map(doc.data.tables[t].values[0].map((each, r) => [each, r])));
  return doc.ids.get(t).get(id) ?? -1;
}

/** The UTF-16 spans of a row, of all its marks or of one, in the order of the text. */
function spansOf(doc, t, r, m = null) {
  const found = [];
  corpus.tables[t].marks.forEach((_, at) => {
    if (m !== null && m !== at) return;
    const spans = doc.data.tables[t].spans[at][r] ?? [];
    for (let i = 0; i < spans.length; i += 2) found.push([doc.unit(spans[i]), doc.unit(spans[i + 1])]);
  });
  return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
}

/** The number, in its table, of the mark that says where a row is: the row itself, or its first. */
function mainMark(t) {
  return corpus.tables[t].marks.length ? 0 : -1;
}

/** The words that a row marks; several spans joined by an ellipsis. */
function surface(doc, t, r, m = mainMark(t)) {
  return m < 0
    ? ""
    : spansOf(doc, t, r, m)
        .map(([start, end]) => doc.data.text.slice(start, end))
        .join(" … ");
}

/** The rows that a row refers to: [column, table, row]. */
function references(doc, t, r) {
  return corpus.tables[t].columns.flatMap((described, at) => {
    const target = described.ref === null ? -1 : tableNumber(described.ref);
    const value = doc.data.tables[t].values[at][r];
    const ids = target < 0 || value === null ? [] : [value].flat();
    return ids.map((id) => [at, target, rowOf(doc, target, id)]).filter(([, , row]) => row >= 0);
  });
}

/** The rows with spans that refer to the rows of a table: a list for each of these, of [table, row]. */
function users(doc, target) {
  if (doc.users.has(target)) return doc.users.get(target);
  const found = Array.from({ length: rowCount(doc, target) }, () => []);
  const seen = new Set(); // a row may refer to another more than once
  corpus.tables.forEach((table, t) => {
    if (!table.marks.length) return;
    table.columns.forEach((described, at) => {
      if (described.ref !== corpus.tables[target].name) return;
      doc.data.tables[t].values[at].forEach((value, r) => {
        for (const id of value === null ? [] : [value].flat()) {
          const row = rowOf(doc, target, id);
          const pair = `${row} ${t} ${r}`;
          if (row < 0 || seen.has(pair)) continue;
          seen.add(pair);
          found[row].push([t, r]);
        }
      });
    });
  });
  const start = ([t, r]) => spansOf(doc, t, r)[0]?.[0] ?? 0;
  for (const rows of found) rows.sort((a, b) => start(a) - start(b));
  doc.users.set(target, found);
  return found;
}

/** Words in quotation marks, if they have none. */
const cited = (words) => (/^["“”„«‘‹「]/u.test(words) ? words : `“${words}”`);

/** What people call a row: its name, the words it marks, or its id. */
function called(doc, t, r, most = 60) {
  const name = typed(doc, t, "name")?.[r];
  if (name) return shortened(name, most);
  const words = surface(doc, t, r);
  return words ? cited(shortened(words, most)) : idOf(doc, t, r);
}
