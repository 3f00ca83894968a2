// How a stretch of text is drawn: long marks between bars, with a tint or a line above, short ones as lines below it.
// A mark has a colour by its table, and a pattern of its own, so that no two are told apart by colour alone.

const HUES = 8;
const STEP = 4; // pixels from line to line
const DEEPEST = 24; // lines below a text; what is nested deeper shares the last
const TINTED = 2; // tints of a stretch, of different colours: with more, text would be hard to read
const LONG = 45; // code units: marks whose spans are longer on average are drawn between bars

const LINES = ["solid", "dashed", "dotted", "double", "dashdot", "thick", "sparse", "thin"];
// A text whose first letter is of a script that runs to the left.
const LEFTWARD = /^\P{L}*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ABOVE = ["filled", "dotted", "dashed", "double"];

/** For each mark: its colour (a number), whether its spans are long, and its pattern. */
function patterns(doc) {
  const total = marks.map(() => 0);
  const number = marks.map(() => 0);
  for (const piece of doc.pieces) {
    total[piece.m] += piece.end - piece.start;
    number[piece.m] += 1;
  }
  const hue = new Map();
  let lines = 0;
  let bars = 0;
  const order = [...marks.keys()]; // what is drawn at first has the plainest patterns
  order.sort((a, b) => corpus.tables[marks[b].table].shown - corpus.tables[marks[a].table].shown || a - b);
  const drawn = [];
  for (const m of order) {
    const { table } = marks[m];
    if (!hue.has(table)) hue.set(table, hue.size);
    const round = Math.floor(hue.get(table) / HUES); // colours come again, with another pattern
    const long = number[m] > 0 && total[m] / number[m] > LONG;
    const pattern = long ? ABOVE[(bars++ + round) % ABOVE.length] : LINES[(lines++ + round) % LINES.length];
    drawn[m] = { hue: hue.get(table) % HUES, long, pattern };
  }
  return drawn;
}

/** How many lines above a text some marks take. */
function above(some) {
  const levels = some.map((m) => (shown.patterns[m].long ? ABOVE.indexOf(shown.patterns[m].pattern) : 0));
  return Math.max(0, ...levels);
}

/** The line of each piece, 0 next to the text: the shortest first, each where nothing of what it meets is. */
function lanes(pieces) {
  const taken = [];
  const found = new Uint8Array(pieces.length);
  const order = pieces.map((_, at) => at);
  order.sort((a, b) => pieces[a].end - pieces[a].start - (pieces[b].end - pieces[b].start) || b - a);
  for (const at of order) {
    const { start, end } = pieces[at];
    for (let lane = 0; ; lane++) {
      taken[lane] ??= { starts: [], ends: [] };
      const { starts, ends } = taken[lane];
      const next = firstAtLeast(ends, start + 1);
      if (next < starts.length && starts[next] < end && lane < DEEPEST - 1) continue;
      starts.splice(next, 0, start);
      ends.splice(next, 0, end);
      found[at] = lane;
      break;
    }
  }
  return found;
}

/** Where, in sorted numbers, the first is that is not below a bound. */
function firstAtLeast(sorted, bound) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

const even = (colour) => `linear-gradient(${colour},${colour})`;
const along = (colour, ...stops) => `repeating-linear-gradient(90deg,${stripes(colour, stops)})`;

/** Stops of a gradient that repeats: so many pixels of colour, so many of none, and so on. */
function stripes(colour, lengths) {
  let at = 0;
  return lengths.map((length, i) => `${i % 2 ? "transparent" : colour} ${at}px ${(at += length)}px`).join(",");
}

const LINE = {
  solid: (colour) => [[even(colour), 2]],
  dashed: (colour) => [[along(colour, 7, 3), 2]],
  dotted: (colour) => [[along(colour, 2, 3), 2]],
  double: (colour) => [
    [even(colour), 1],
    [even(colour), 1, 2],
  ],
  dashdot: (colour) => [[along(colour, 9, 3, 2, 3), 2]],
  thick: (colour) => [[even(colour), 3]],
  sparse: (colour) => [[along(colour, 3, 6), 2]],
  thin: (colour) => [[even(colour), 1]],
};

/**
 * The background of a stretch of text in some pieces, the innermost last, as a value of CSS. `ends` says of each
 * whether it begins and ends here, `lane` on which of `deep` lines it is, and `text` tells where it begins.
 */
function background(pieces, drawn, ends, lane, deep, text = "") {
  const [near, far] = LEFTWARD.test(text) ? ["right", "left"] : ["left", "right"];
  const layers = [];
  const tints = new Set();
  pieces.forEach((piece, at) => {
    const { hue, long, pattern } = drawn[piece.m];
    const [begins, closes] = ends[at];
    const colour = `var(--hue${hue})`;
    if (long) {
      const height = `calc(100% - ${deep * STEP}px)`;
      if (begins) layers.unshift(`${even(colour)} ${near} top / 2px ${height} no-repeat`);
      if (closes) layers.unshift(`${even(colour)} ${far} top / 2px ${height} no-repeat`);
      if (pattern === "filled") {
        if (tints.has(hue) || tints.size >= TINTED) return;
        tints.add(hue);
        layers.push(`${even(`var(--tint${hue})`)} left top / 100% ${height} no-repeat`);
      } else {
        for (const [image, thick, down = 0] of LINE[pattern](colour)) {
          layers.push(`${image} left top ${ABOVE.indexOf(pattern) * 3 - 3 + down}px / 100% ${thick}px no-repeat`);
        }
      }
      return;
    }
    const below = (deep - 1 - lane[at]) * STEP;
    const tick = `2px ${STEP + 2}px no-repeat`;
    if (begins) layers.push(`${even(colour)} ${near} bottom ${below}px / ${tick}`);
    if (closes) layers.push(`${even(colour)} ${far} bottom ${below}px / ${tick}`);
    for (const [image, thick, up = 0] of LINE[pattern](colour)) {
      layers.push(`${image} left bottom ${below + up}px / 100% ${thick}px no-repeat`);
    }
  });
  return layers.join(",");
}
