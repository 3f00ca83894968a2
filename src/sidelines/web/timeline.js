// The dates on a line, to scale around the day of posting; what is far from it is folded into lists.

const SVG = "http://www.w3.org/2000/svg";
const SPREAD = 1.25; // of the distance within which three quarters of the dates are
const LEAST = 14 * DAY;
const ROW = 24; // pixels from label to label
const AXIS = 70; // pixels from the left
const TRACK = 7; // pixels from bar to bar
const TRACKS = 5;
const LABELS = 30; // days that are labelled on the line; those that are named most
const monthly = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });
const shorter = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });
const short = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const STEPS_OF_AXIS = [
  ["day", 1],
  ["day", 7],
  ["month", 1],
  ["month", 3],
  ["year", 1],
  ["year", 5],
  ["year", 10],
  ["year", 50],
  ["year", 100],
  ["year", 500],
];

/** An element of a drawing, whose attributes are numbers and words of this file. */
function draught(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The dates of a document by their interval: { begin, until, rows }, and the rows that have none. */
function intervals(doc, t) {
  const [begin, until] = ["begin", "until"].map((name) => column(doc, t, name));
  const groups = new Map();
  const without = [];
  begin.forEach((first, r) => {
    if (!(time(until[r]) > time(first))) return without.push([t, r]);
    const name = `${first} ${until[r]}`;
    if (!groups.has(name)) groups.set(name, { begin: time(first), until: time(until[r]), rows: [], name });
    return groups.get(name).rows.push([t, r]);
  });
  return { groups: [...groups.values()].sort((a, b) => a.begin - b.begin || b.until - a.until), without };
}

/** The day of posting: what the document says, or the date that is its creation time. */
function posted(doc, t) {
  const said = time(doc.data.metadata.find(([name]) => name === "published")?.[1] ?? "");
  if (!Number.isNaN(said)) return said;
  const at = column(doc, t, "function")?.indexOf("CREATION_TIME") ?? -1;
  return at < 0 ? NaN : time(column(doc, t, "begin")[at] ?? "");
}

function timeline(doc) {
  const t = tableWith(["begin", "until"], "date");
  if (t < 0 || !rowCount(doc, t)) return [];
  const { groups, without } = intervals(doc, t);
  const day = posted(doc, t);
  const centre = Number.isNaN(day) ? (groups[groups.length >> 1]?.begin ?? 0) : day;
  const distance = ({ begin, until }) => Math.max(begin - centre, centre - (until - DAY), 0);
  const sorted = groups.map(distance).sort((a, b) => a - b);
  const reach = Math.max(LEAST, SPREAD * (sorted[Math.ceil(sorted.length * 0.75) - 1] ?? 0));
  const around = groups.filter((group) => distance(group) <= reach);
  const earlier = groups.filter((group) => distance(group) > reach && group.begin < centre);
  const later = groups.filter((group) => distance(group) > reach && group.begin >= centre);
  return [
    make("h2", { id: "timeline-title" }, plain(corpus.tables[t].name)),
    ...folded(doc, "Earlier, not to scale", earlier),
    ...(around.length ? scale(doc, around, centre, reach, !Number.isNaN(day)) : []),
    ...folded(doc, "Later, not to scale", later),
    ...(without.length
      ? [
          make("h3", {}, "Without a place in the calendar"),
          make(
            "ul",
            { class: "rows" },
            ...without
              .slice(0, 100)
              .map(([table, r]) =>
                make(
                  "li",
                  {},
                  inner(
                    [doc.id, corpus.tables[table].name, idOf(doc, table, r)],
                    { dir: "auto" },
                    shortened(surface(doc, table, r), 40),
                  ),
                ),
              ),
          ),
        ]
      : []),
  ];
}

function folded(doc, title, groups) {
  if (!groups.length) return [];
  return [
    make("h3", { class: "fold" }, title),
    make("ol", { class: "far" }, ...groups.map((group) => make("li", {}, label(doc, group)))),
  ];
}

/** Days in short: a year or a month where they are a whole one, and no year where it goes without saying. */
function compact(first, last, year) {
  const [from, to, after] = [first, last, last + DAY].map((at) => new Date(at));
  const months = from.getUTCDate() === 1 && after.getUTCDate() === 1;
  if (
    months &&
    from.getUTCMonth() === 0 &&
    after.getUTCFullYear() === from.getUTCFullYear() + 1 &&
    after.getUTCMonth() === 0
  )
    return String(from.getUTCFullYear());
  if (months && from.getUTCMonth() === to.getUTCMonth() && last - first < 31 * DAY) return monthly.format(from);
  return (from.getUTCFullYear() === year && to.getUTCFullYear() === year ? shorter : short).formatRange(from, to);
}

/** The words of a date and its days; each click goes to the next place in the text. */
function label(doc, group, year) {
  const [t, r] = group.rows[0];
  const words = [...new Set(group.rows.map((row) => shortened(surface(doc, ...row), 40)))].slice(0, 3).join(", ");
  const days_ = compact(group.begin, group.until - DAY, year);
  return walker(
    group.name,
    group.rows,
    {
      "data-row": key(t, r),
      "data-begin": new Date(group.begin).toISOString().slice(0, 10),
      "data-until": new Date(group.until).toISOString().slice(0, 10),
    },
    days_ === words ? "" : make("small", {}, days_),
    " ",
    make("bdi", { class: "name" }, words),
    group.rows.length > 1 ? make("b", {}, ` ×${group.rows.length}`) : "",
  );
}

function scale(doc, groups, centre, reach, known) {
  const low = Math.max(centre - 1.5 * reach, Math.min(centre, ...groups.map((group) => group.begin)));
  const high = Math.min(centre + 1.5 * reach, Math.max(centre + DAY, ...groups.map((group) => group.until)));
  const height = Math.max(180, Math.min(520, groups.length * ROW * 1.6));
  const y = (at) => ((Math.max(low, Math.min(high, at)) - low) / (high - low)) * height;
  const drawing = draught("svg", { "aria-hidden": "true", width: AXIS + TRACK * TRACKS + 16 });
  drawing.append(draught("line", { class: "axis", x1: AXIS, x2: AXIS, y1: 0, y2: height }));
  for (const [at, words] of ticks(low, high)) {
    drawing.append(draught("line", { class: "axis", x1: AXIS - 4, x2: AXIS, y1: y(at), y2: y(at) }));
    const text = draught("text", { x: AXIS - 8, y: y(at), "text-anchor": "end", "dominant-baseline": "middle" });
    text.textContent = words;
    drawing.append(text);
  }
  const list = make("ol", { class: "scale" });
  const ends = [];
  let below = -Infinity;
  const labelled = new Set([...groups].sort((a, b) => b.rows.length - a.rows.length).slice(0, LABELS));
  for (const group of groups) {
    const [top, bottom] = [y(group.begin), Math.max(y(group.until), y(group.begin) + 3)];
    let track = ends.findIndex((end) => end <= top);
    if (track < 0) track = Math.min(ends.length, TRACKS - 1);
    ends[track] = bottom + 2;
    const x = AXIS + 4 + track * TRACK;
    const bar = draught("rect", { class: "bar", x, y: top, width: TRACK - 2, height: bottom - top, rx: 1 });
    bar.dataset.begin = new Date(group.begin).toISOString().slice(0, 10);
    drawing.append(bar);
    if (!labelled.has(group)) continue;
    below = Math.max(top - ROW / 2, below + ROW);
    drawing.append(
      draught("path", {
        class: "leader",
        d: `M${x + TRACK - 2} ${(top + Math.min(bottom, top + 4)) / 2} L${AXIS + TRACK * TRACKS + 14} ${below + ROW / 2}`,
      }),
    );
    const item = make("li", {}, label(doc, group, new Date(centre).getUTCFullYear()));
    item.style.setProperty("top", `${below}px`);
    list.append(item);
  }
  const whole = Math.max(height, below + ROW) + ROW / 2;
  if (known) {
    drawing.append(
      draught("line", { class: "posted", x1: 0, x2: AXIS + TRACK * TRACKS + 14, y1: y(centre), y2: y(centre) }),
    );
    const text = draught("text", { class: "posted", x: 0, y: y(centre) - 5 });
    text.textContent = "posted";
    drawing.append(text);
  }
  drawing.setAttribute("height", whole);
  const frame = make("div", { class: "calendar" }, drawing, list);
  frame.style.setProperty("height", `${whole}px`);
  const others = groups.filter((group) => !labelled.has(group)).map((group) => make("li", {}, label(doc, group)));
  return others.length ? [frame, make("h3", {}, "More days"), ...limited("ol", others)] : [frame];
}

/** Where the axis has ticks, and what they say: ten at most. */
function ticks(low, high) {
  const size = { day: DAY, month: 30.44 * DAY, year: 365.25 * DAY };
  const [unit, step] =
    STEPS_OF_AXIS.find(([name, number]) => (high - low) / (size[name] * number) <= 8) ?? STEPS_OF_AXIS.at(-1);
  const format = new Intl.DateTimeFormat("en", {
    timeZone: "UTC",
    ...(unit === "day"
      ? { day: "numeric", month: "short" }
      : unit === "month"
        ? { month: "short", year: "numeric" }
        : { year: "numeric" }),
  });
  const found = [];
  const start = new Date(low);
  let [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  if (unit !== "day") day = 1;
  if (unit === "month") month -= month % step;
  if (unit === "year") [year, month] = [year - (year % step), 0];
  for (let n = 0; n < 40; n++) {
    const moment = new Date(0);
    moment.setUTCFullYear(year, month, day);
    const at = moment.getTime();
    if (at > high) break;
    if (at >= low) found.push([at, format.format(at)]);
    if (unit === "day") day += step;
    else if (unit === "month") month += step;
    else year += step;
  }
  return found;
}
