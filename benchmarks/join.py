"""Which mentions stand within which quotes: `sidelines.join` against DuckDB, polars and ncls, each on one thread.

    python -m pip install -r benchmarks/requirements.txt
    python benchmarks/join.py --rounds 5 --at-least 1

Invented documents of 56 mentions and 14 quotes, which overlap now and then, in the order of documents and `start`; then
the same rows shuffled. All sides begin with Arrow tables of strings and int64, polars with frames that share their
memory, and end with a table of three columns of strings: document, id of the mention, id of the quote. DuckDB and
polars have a join for inequalities and take strings as they are. ncls finds intervals of int64 in others: the documents
are numbered for it and put on one long line, and the ids are taken by what it finds, as we do. The sides run in turn in
one process, and their pairs must be the same. Exit status 1 when we are not at least so many times as fast as each,
where rows are in order.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"  # read when it is imported

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from measure import markdown, setting
from ncls import NCLS

import sidelines

MENTIONS, QUOTES = 56, 14
OURS, PEERS = "sidelines", ("duckdb", "polars", "ncls")
SQL = """
    select mentions.document, mentions.id as left_id, quotes.id as right_id
    from mentions join quotes
    on mentions.document = quotes.document and mentions.start >= quotes.start and mentions."end" <= quotes."end"
"""


def make(documents: int, seed: int, shuffled: bool) -> tuple[pa.Table, pa.Table]:
    """The mentions and the quotes of invented documents."""
    random = np.random.default_rng(seed)
    tables = []
    for name, count, last, (shortest, longest) in (("m", MENTIONS, 4500, (3, 20)), ("q", QUOTES, 4400, (20, 120))):
        start = np.sort(random.integers(0, last, (documents, count)), axis=1).ravel()
        end = start + random.integers(shortest, longest, len(start))
        ids = [f"{name}{number}" for number in range(1, count + 1)] * documents
        owners = np.repeat([f"d{number:06d}" for number in range(documents)], count)
        table = pa.table({"document": pa.array(owners), "id": ids, "start": start, "end": end})
        tables.append(table.take(random.permutation(len(table))) if shuffled else table)
    return tables[0], tables[1]


def sides(mentions: pa.Table, quotes: pa.Table) -> dict[str, Callable[[], Any]]:
    """The same join by each side; what is prepared here is not measured."""
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.register("mentions", mentions)
    connection.register("quotes", quotes)
    left, right = pl.from_arrow(mentions), pl.from_arrow(quotes)
    return {
        OURS: lambda: sidelines.join(mentions, quotes, how="within"),
        "duckdb": lambda: connection.sql(SQL).to_arrow_table(),
        "polars": lambda: polars(left, right),
        "ncls": lambda: nested_containment_lists(mentions, quotes),
    }


def polars(mentions: Any, quotes: Any) -> Any:
    found = mentions.lazy().join_where(
        quotes.lazy(),
        pl.col("document") == pl.col("document_right"),
        pl.col("start") >= pl.col("start_right"),
        pl.col("end") <= pl.col("end_right"),
    )
    return found.select("document", pl.col("id").alias("left_id"), pl.col("id_right").alias("right_id")).collect()


def nested_containment_lists(mentions: pa.Table, quotes: pa.Table) -> pa.Table:
    both = pa.chunked_array(mentions["document"].chunks + quotes["document"].chunks).combine_chunks()
    owner = both.dictionary_encode().indices.to_numpy().astype(np.int64)
    length = 1 + max(int(table["end"].to_numpy().max()) for table in (mentions, quotes))
    inner, outer = owner[: len(mentions)] * length, owner[len(mentions) :] * length
    lists = NCLS(outer + quotes["start"].to_numpy(), outer + quotes["end"].to_numpy(), np.arange(len(quotes)))
    start, end = inner + mentions["start"].to_numpy(), inner + mentions["end"].to_numpy()
    left, right = lists.all_containments_both(start, end, np.arange(len(mentions)))
    columns = [mentions["document"].take(left), mentions["id"].take(left), quotes["id"].take(right)]
    return pa.Table.from_arrays(columns, ["document", "left_id", "right_id"])


def sorted_pairs(made: Any) -> Any:
    """The pairs in one order, so that those of two sides can be compared."""
    frame = made if isinstance(made, pl.DataFrame) else pl.from_arrow(made)
    return frame.with_columns(pl.all().cast(pl.String)).sort(pl.all())


def measure(rounds: int, runs: dict[str, Callable[[], Any]]) -> tuple[int, dict[str, float]]:
    """How many pairs there are, and the median seconds of each side."""
    pairs = sorted_pairs(runs[OURS]())
    for name in PEERS:
        if not pairs.equals(sorted_pairs(runs[name]())):
            raise SystemExit(f"{name} has other pairs")
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = perf_counter()
            run()
            times[name].append(perf_counter() - start)
    return len(pairs), {name: median(seconds) for name, seconds in times.items()}


def main() -> int:
    """Measure, print, and hold the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--spans", type=float, nargs="+", default=[1e5, 1e6, 1e7], help="mentions of each table")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-least", type=float, default=1.0, help="the ratio below which the exit status is 1")
    options = parser.parse_args()
    pa.set_cpu_count(1)
    print(f"{options.rounds} rounds. {setting(('numpy', 'pyarrow', *PEERS))}\n", flush=True)
    rows, worst = [], float("inf")
    for shuffled in (False, True):
        for spans in map(int, options.spans):
            mentions, quotes = make(spans // MENTIONS, options.seed, shuffled)
            pairs, times = measure(options.rounds, sides(mentions, quotes))
            ratios = [times[peer] / times[OURS] for peer in PEERS]
            speeds = [f"{len(mentions) / times[side] / 1e6:.1f}" for side in (OURS, *PEERS)]
            order = "shuffled" if shuffled else "in order"
            rows.append([f"{len(mentions):,} {order}", f"{pairs:,}", *speeds, *(f"{ratio:.1f}" for ratio in ratios)])
            worst = worst if shuffled else min(worst, *ratios)
    head = ["millions of mentions/s", "pairs", "ours", *PEERS, *(f"ours to {peer}" for peer in PEERS)]
    print(markdown(head, rows))
    if worst < options.at_least:
        print(f"\n{worst:.2f} times as fast; expected at least {options.at_least:g}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
