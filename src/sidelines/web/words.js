// What is said of a row: in a phrase for a reader who hears it, and property by property on its card.

const DAY = 24 * 60 * 60 * 1000;
const days = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });
const time = (date) => Date.parse(`${date}T00:00:00Z`);

/** The days from `begin` up to but not including `until`, in words. */
function interval(begin, until) {
  const [first, last] = [time(begin), time(until) - DAY];
  if (!(last >= first)) return begin;
  const number = counted(Math.round((last - first) / DAY) + 1, "day");
  return first === last ? days.format(first) : `${days.format(first)} to ${days.format(last)} (${number})`;
}

/** A name of a schema as words: `entity_type` is entity type. */
const plain = (name) => name.replaceAll("_", " ");

/** What is special about a row: who speaks to whom, whom a name means, which days; "" of a table like any other. */
function phrase(doc, t, r) {
  const value = (name, type) => typed(doc, t, name, type)?.[r] ?? null;
  const words = (name) => {
    const m = corpus.tables[t].marks.findIndex((mark) => mark.name === name);
    return m < 0 ? "" : surface(doc, t, r, m);
  };
  if (typed(doc, t, "speaker_name")) {
    const [cue, to] = [words("cue"), words("addressee")];
    const who = value("speaker_name") ?? "no speaker";
    return [who + (to ? ` to ${cited(shortened(to, 40))}` : ""), cue && cited(shortened(cue, 40))]
      .filter(Boolean)
      .join(", ");
  }
  if (typed(doc, t, "entity_name")) return [value("entity_name"), value("entity_type")].filter(Boolean).join(", ");
  if (typed(doc, t, "begin", "date") && typed(doc, t, "until", "date")) {
    const [begin, until] = [value("begin", "date"), value("until", "date")];
    return begin && until ? interval(begin, until) : (value("value") ?? "");
  }
  const names = corpus.tables[t].columns.filter((each) => each.derived && each.name.endsWith("_name"));
  return names
    .map((each) => value(each.name))
    .filter(Boolean)
    .join(", ");
}

/** A row for a reader who hears it. */
function spoken(doc, t, r) {
  return [plain(corpus.tables[t].name), called(doc, t, r, 40), phrase(doc, t, r)].filter(Boolean).join(": ");
}

/** A value on a card: text, or links to the rows that it names. */
function told(doc, described, value) {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => [at ? ", " : "", ...told(doc, { ...described, list: false }, item)]);
  }
  const target = described.ref === null ? -1 : tableNumber(described.ref);
  const row = target < 0 ? -1 : rowOf(doc, target, value);
  if (row >= 0) return [called(doc, target, row), " ", inner([doc.id, corpus.tables[target].name, value], {}, value)];
  if (described.type === "date") return [days.format(time(value))];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  if (value !== null && typeof value === "object") {
    return Object.entries(value).flatMap(([name, each], at) => [
      `${at ? ", " : ""}${plain(name)} ${JSON.stringify(each)}`,
    ]);
  }
  return [typeof value === "string" ? outer(value) : String(value)];
}
