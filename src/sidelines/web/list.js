// The documents of a corpus: a list, and a search in titles, ids and texts.

const PAGE = 200; // documents that are listed at first, and with each "more"
const AT_ONCE = 25; // documents that are searched without a break
const matches = { numbers: corpus.documents.map((_, at) => at), hits: new Map(), listed: 0, run: 0 };

function setList() {
  byId("documents").hidden = corpus.documents.length < 2;
  byId("search-key").hidden = corpus.documents.length < 2;
  byId("more").addEventListener("click", () => {
    const at = matches.listed;
    listMore();
    byId("list").children[at]?.querySelector("a")?.focus();
  });
  let waiting = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => search(byId("search").value), 120);
  });
  listAnew();
}

function listAnew() {
  matches.listed = 0;
  byId("list").replaceChildren();
  listMore();
}

function listMore() {
  const next = matches.numbers.slice(matches.listed, matches.listed + PAGE);
  byId("list").append(...next.map(listItem));
  matches.listed += next.length;
  const left = matches.numbers.length - matches.listed;
  byId("more").hidden = left <= 0;
  byId("more").textContent = `${left.toLocaleString("en")} more`;
}

function listItem(number) {
  const { id, title, published, characters, fault } = corpus.documents[number];
  const current = shown.doc?.number === number;
  const hit = matches.hits.get(number);
  const click = (event) => {
    if (!hit || elsewhere(event) || !openDocument(number)) return;
    event.preventDefault();
    setAddress([id]);
    seek(hit.at, hit.until);
  };
  const link = inner(
    [id],
    { click, dir: "auto", "data-document": String(number), ...(current ? { "aria-current": "page" } : {}) },
    title || id,
  );
  const facts = [title ? id : "", published ?? "", `${characters.toLocaleString("en")} characters`]
    .filter(Boolean)
    .join(" · ");
  return make(
    "li",
    { class: fault === null ? "" : "faulty" },
    link,
    make("small", {}, fault === null ? facts : `not shown: ${fault}`),
    hit ? make("small", { dir: "auto" }, hit.before, make("mark", {}, hit.words), hit.after) : null,
  );
}

function setListed(number) {
  for (const link of byId("list").querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  byId("list").querySelector(`[data-document="${number}"]`)?.setAttribute("aria-current", "page");
}

/** List the documents whose title, id or text has some words, a few at a time, so that typing stays smooth. */
async function search(words) {
  const run = ++matches.run;
  const wanted = words.trim();
  if ("highlights" in CSS) CSS.highlights.delete("sought");
  const literal = wanted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/gu, "\\s+");
  const pattern = new RegExp(literal, "iu"); // which, unlike toLowerCase, keeps places
  const found = [];
  const hits = new Map();
  for (let number = 0; wanted && number < corpus.documents.length; number++) {
    if (number % AT_ONCE === AT_ONCE - 1) {
      await new Promise((resolve) => setTimeout(resolve));
      if (run !== matches.run) return;
    }
    const { id, title } = corpus.documents[number];
    const text = textOf(number);
    const hit = pattern.exec(text);
    const [at, until] = hit === null ? [-1, -1] : [hit.index, hit.index + hit[0].length];
    if (at >= 0)
      hits.set(number, {
        at,
        until,
        before: `…${text.slice(Math.max(0, at - 40), at)}`,
        words: text.slice(at, until),
        after: `${text.slice(until, until + 40)}…`,
      });
    if (at >= 0 || pattern.test(id) || pattern.test(title ?? "")) found.push(number);
  }
  matches.numbers = wanted ? found : corpus.documents.map((_, at) => at);
  matches.hits = hits;
  byId("found").textContent = wanted ? `${counted(found.length, "document")} with “${wanted}”` : "";
  listAnew();
}
