"""Compile a corpus to Parquet the way one does with pandas: read the files in a loop, make a frame a table, write it.

    python benchmarks/pandas_build.py CORPUS OUT
    python benchmarks/pandas_build.py CORPUS OUT --derive --check

Writes OUT/parquet/<table>.parquet for `documents` and the seven tables, with the columns that the files hold, whose
row it is, and spans as three columns each; dates, categories, and integers and booleans that may be absent have their
types, and files are compressed by zstd. With `--derive`, the columns that a build has beside them are computed, too, by
merges, small functions and maps; of TIMEX3 only the values are known that the corpus of `generate.py` has. With
`--check`, `plain.py` checks the corpus first, by json, jsonschema and its loop.

That is a part of what `sidelines build` does, which checks more, describes its columns, and writes sums of all that it
writes. All rows of all documents are in memory at once.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import plain

__all__ = ["COLUMNS", "build"]

SPAN = ("start", "end", "text")
CUE, ADDRESSEE = (tuple(f"{name}_{part}" for part in SPAN) for name in ("cue", "addressee"))
# What the schemas say, a researcher knows: the columns of each table, and those that are no strings or always there.
COLUMNS = {
    "documents": ("document", "title", "author", "published", "language", "source", "rights", "characters", "sha256",
                  "text"),
    "blocks": ("document", "id", *SPAN, "kind"),
    "sentences": ("document", "id", *SPAN),
    "entities": ("document", "id", "type", "name", "wikidata", "members"),
    "mentions": ("document", "id", *SPAN, "form", "entity", "metonym", "uncertain"),
    "roles": ("document", "id", *SPAN, "person", "polity"),
    "quotes": ("document", "id", "kind", "content", "fragments", *CUE, "source", *ADDRESSEE, "parent"),
    "dates": ("document", "id", *SPAN, "type", "value", "mod", "function", "anchor"),
}  # fmt: skip
TYPES = {
    "documents": {"source": "str"},
    "blocks": {"kind": "category"},
    "entities": {"type": "category"},
    "mentions": {"form": "category", "metonym": "boolean", "uncertain": "boolean"},
    "quotes": {"kind": "category"} | {f"{name}_{at}": "Int64" for name in ("cue", "addressee") for at in SPAN[:2]},
    "dates": {"type": "category", "mod": "category", "function": "category"},
}


VALUE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T[A-Z]{2})?)?|-W(\d\d)(-WE)?)?")


def build(root: Path, out: Path, derived: bool = False) -> int:
    """Write the tables of a corpus; returns how many rows they have."""
    layers = _load(root / "corpus" / "corpus.json")["layers"]
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in COLUMNS}
    for file in sorted((root / "corpus").glob("*.json")):
        if file.stem == "corpus":
            continue
        metadata = _load(file)
        rows["documents"].append(
            {"document": metadata["id"], **metadata, "text": file.with_suffix(".txt").read_bytes().decode()}
        )
        for layer in layers:
            for table, items in _load(root / "annotations" / file.stem / f"{layer}.json").items():
                if isinstance(items, list):
                    rows[table] += [{"document": file.stem, **dict(_flat(item))} for item in items]
    frames = {}
    for table, columns in COLUMNS.items():
        frames[table] = pd.DataFrame(rows.pop(table), columns=list(columns)).astype(TYPES.get(table, {}))
    frames["documents"]["published"] = pd.to_datetime(frames["documents"]["published"]).dt.date
    if derived:
        derive(frames)
    (out / "parquet").mkdir(parents=True)
    for table, frame in frames.items():
        frame.to_parquet(out / "parquet" / f"{table}.parquet", compression="zstd", index=False)
    return sum(map(len, frames.values()))


def derive(frames: dict[str, pd.DataFrame]) -> None:
    """Add the columns that follow from others, in the place of those who would need them."""
    entities = frames["entities"][["document", "id", "name", "type"]]
    entities = entities.rename(columns={"id": "entity", "name": "entity_name", "type": "entity_type"})
    mentions = frames["mentions"] = frames["mentions"].merge(entities, how="left", on=["document", "entity"])
    named = mentions[["document", "id", "entity_name"]]
    for name in ("person", "polity"):
        named_so = named.rename(columns={"id": name, "entity_name": f"{name}_name"})
        frames["roles"] = frames["roles"].merge(named_so, how="left", on=["document", name])
    quotes = frames["quotes"]
    quotes["start"] = [min(span["start"] for span in spans) for spans in quotes["content"]]
    quotes["end"] = [max(span["end"] for span in spans) for spans in quotes["content"]]
    texts = dict(zip(frames["documents"]["document"], frames["documents"]["text"], strict=True))
    places = zip(quotes["document"], quotes["start"], quotes["end"], strict=True)
    quotes["text"] = [texts[document][start:end] for document, start, end in places]
    quotes["speech"] = [_speech(*pair) for pair in zip(quotes["kind"], quotes["content"], strict=True)]
    speakers = mentions[["document", "id", "entity", "entity_name"]]
    speakers = speakers.rename(columns={"id": "source", "entity": "speaker", "entity_name": "speaker_name"})
    frames["quotes"] = quotes.merge(speakers, how="left", on=["document", "source"])
    dates = frames["dates"]
    days = {value: _days(value) for value in dates["value"].unique()}
    dates["begin"] = [days[value][0] for value in dates["value"]]
    dates["until"] = [days[value][1] for value in dates["value"]]


def _speech(kind: str, spans: list[dict[str, Any]]) -> str:
    texts = [span["text"] for span in spans]
    return " ".join(text.strip("“”").strip() for text in texts) if kind == "direct" else " ".join(texts)


def _days(value: str) -> tuple[date | None, date | None]:
    """The first day of a TIMEX3 value, and the day after its last: of a year, month, day, week or weekend."""
    match = VALUE.fullmatch(value)
    if match is None:
        return None, None
    year, month, day, week, weekend = match.groups()
    if week:
        first = date.fromisocalendar(int(year), int(week), 6 if weekend else 1)
        return first, first + timedelta(2 if weekend else 7)
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        return first, first + timedelta(1)
    return first, date(first.year + (not month or first.month == 12), first.month % 12 + 1 if month else 1, 1)


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return json.load(file)


def _flat(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            for part, inner in value.items():
                yield f"{name}_{part}", inner
        else:
            yield name, value


def main() -> int:
    """Compile the corpus that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path, help="a folder that is not there yet")
    parser.add_argument("--derive", action="store_true", help="compute the columns of a build that are in no file")
    parser.add_argument("--check", action="store_true", help="check the corpus first, as plain.py does")
    options = parser.parse_args()
    if options.check:
        _, faults = plain.check_corpus(options.corpus, plain.usual())
        if faults:
            print(faults[0], file=sys.stderr)
            return 1
    print(f"{build(options.corpus, options.out, options.derive):,} rows written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
