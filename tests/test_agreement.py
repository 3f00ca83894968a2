"""The measures of agreement, and that the guidelines and the datasheet say what the annotation is."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

import sidelines

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "docs" / "agreement" / "agreement.py"
GUIDELINES = (ROOT / "docs" / "guidelines.md").read_text("utf-8")
DATASHEET = (ROOT / "docs" / "datasheet.md").read_text("utf-8")
ARTICLE = (ROOT / "corpus" / "trump-putin-paris-2018.txt").read_bytes().decode()

_spec = importlib.util.spec_from_file_location("agreement", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
agreement = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(agreement)


# -- the measures ------------------------------------------------------------------------------------------------------


def test_kappa_of_a_table_of_four() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 observed, 0.5 by chance."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert agreement.kappa(pairs) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "a"), ("b", "b")], 1),
        ([("a", "b"), ("b", "a")], -1),
        ([(True, False)] + [(False, False)] * 147, 0),
        ([("a", "a"), ("a", "a")], None),
        ([], None),
    ],
)
def test_kappa_at_its_limits(pairs: list[tuple[object, object]], expected: int | None) -> None:
    assert agreement.kappa(pairs) == expected


def partition(clusters: str) -> dict[str, int]:
    return {mention: number for number, cluster in enumerate(clusters.split()) for mention in cluster}


@pytest.mark.parametrize(
    ("response", "precision", "recall"),
    [
        ("12345 6789ABC", 16 / 21, 1),  # the two responses of Bagga and Baldwin 1998, figure 1
        ("1234589ABC 67", 7 / 12, 1),
        ("12345 67 89ABC", 1, 1),
        ("1 2 3 4 5 6 7 8 9 A B C", 1, 3 / 12),
    ],
)
def test_b_cubed_of_the_example_of_its_authors(response: str, precision: float, recall: float) -> None:
    f1 = 2 * precision * recall / (precision + recall)
    assert agreement.b_cubed(partition(response), partition("12345 67 89ABC")) == pytest.approx((precision, recall, f1))


def test_b_cubed_is_of_the_shared_mentions() -> None:
    assert agreement.b_cubed(partition("12x y"), partition("12 z")) == (1, 1, 1)
    assert agreement.b_cubed(partition("x"), partition("z")) is None


def test_f1_is_undefined_of_nothing() -> None:
    assert agreement.f1({1, 2, 3}, {2, 3, 4, 5, 6}) == 0.5
    assert agreement.f1({1}, set()) == 0
    assert agreement.f1(set(), set()) is None


def test_only_perfect_agreement_is_printed_as_one() -> None:
    assert [agreement.number(value) for value in (1.0, 0.99999, -0.25, 0.29, None)] == [
        "1.000", "0.999", "-0.250", "0.290", "undefined",
    ]  # fmt: skip


# -- two tiny annotations ----------------------------------------------------------------------------------------------

TEXT = "Ann and Bob met Tuesday. “They agreed,” she told Bob."


def at(words: str, occurrence: int = 0) -> dict[str, object]:
    start = [match.start() for match in re.finditer(re.escape(words), TEXT)][occurrence]
    return {"start": start, "end": start + len(words), "text": words}


def write(root: Path, layers: dict[str, dict[str, list[dict[str, object]]]], text: str = TEXT) -> Path:
    """A corpus of one text, in the canonical form of its files."""

    def one_a_line(path: str, values: dict[str, object]) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = []
        for name, value in values.items():
            if name in {"$schema", "document"} or not path.startswith("annotations") or not value:
                lines.append(f'  "{name}": {json.dumps(value, ensure_ascii=False)}')
            else:
                assert isinstance(value, list)
                rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in value)
                lines.append(f'  "{name}": [\n{rows}\n  ]')
        file.write_bytes(("{\n" + ",\n".join(lines) + "\n}\n").encode())

    shutil.copytree(ROOT / "schema", root / "schema")
    about = {"name": "tiny", "version": "1.0.0", "language": "en", "layers": list(layers)}
    one_a_line("corpus/corpus.json", {"$schema": "../schema/corpus.schema.json", **about})
    (root / "corpus" / "a.txt").write_bytes(text.encode())
    about = {"id": "a", "characters": len(text), "sha256": sha256(text.encode()).hexdigest()}
    one_a_line("corpus/a.json", {"$schema": "../schema/document.schema.json", **about})
    for layer, tables in layers.items():
        envelope = {"$schema": f"../../schema/{layer}.schema.json", "document": "a"}
        one_a_line(f"annotations/a/{layer}.json", {**envelope, **tables})
    return root


def left() -> dict[str, dict[str, list[dict[str, object]]]]:
    return {
        "structure": {
            "blocks": [{"id": "b1", **at(TEXT), "kind": "paragraph"}],
            "sentences": [
                {"id": "s1", **at("Ann and Bob met Tuesday.")},
                {"id": "s2", **at("“They agreed,” she told Bob.")},
            ],
        },
        "entities": {
            "entities": [
                {"id": "e1", "type": "PERSON", "name": "Ann"},
                {"id": "e2", "type": "PERSON", "name": "Bob"},
                {"id": "e3", "type": "GROUP", "name": "Ann and Bob", "members": ["e1", "e2"]},
            ],
            "mentions": [
                {"id": "m1", **at("Ann"), "form": "NAM", "entity": "e1"},
                {"id": "m2", **at("Bob"), "form": "NAM", "entity": "e2"},
                {"id": "m3", **at("They"), "form": "PRO", "entity": "e3", "uncertain": True},
                {"id": "m4", **at("she"), "form": "PRO", "entity": "e1"},
                {"id": "m5", **at("Bob", 1), "form": "NAM", "entity": "e2"},
            ],
            "roles": [],
        },
        "quotes": {
            "quotes": [
                {"id": "q1", "kind": "direct", "content": [at("“They agreed,”")], "cue": at("told"), "source": "m4",
                 "addressee": at("Bob", 1)},
            ],
        },
        "dates": {"dates": [{"id": "d1", **at("Tuesday"), "type": "DATE", "value": "2018-10-23"}]},
    }  # fmt: skip


def right() -> dict[str, dict[str, list[dict[str, object]]]]:
    """Other ids; "she" is Bob and the source is "Bob"; "They" is a NOM and certain; no addressee, no date."""
    return {
        "structure": {
            "blocks": [{"id": "x1", **at(TEXT), "kind": "title"}],
            "sentences": [{"id": "x1", **at("Ann and Bob met Tuesday.")}],
        },
        "entities": {
            "entities": [
                {"id": "x1", "type": "PERSON", "name": "Anne"},
                {"id": "x2", "type": "PERSON", "name": "Bob"},
                {"id": "x3", "type": "GROUP", "name": "Anne and Bob", "members": ["x1", "x2"]},
            ],
            "mentions": [
                {"id": "x1", **at("Ann"), "form": "NAM", "entity": "x1"},
                {"id": "x2", **at("Bob"), "form": "NAM", "entity": "x2"},
                {"id": "x3", **at("They"), "form": "NOM", "entity": "x3"},
                {"id": "x4", **at("she"), "form": "PRO", "entity": "x2"},
                {"id": "x5", **at("Bob", 1), "form": "NAM", "entity": "x2"},
            ],
            "roles": [],
        },
        "quotes": {
            "quotes": [
                {"id": "x1", "kind": "direct", "content": [at("“They agreed,”")], "cue": at("told"), "source": "x5"},
            ],
        },
        "dates": {"dates": []},
    }  # fmt: skip


def test_every_measure_of_two_tiny_annotations(tmp_path: Path) -> None:
    """Form: kappa (4/5 - 11/25) / (1 - 11/25) = 9/14. B-cubed: precision 4/5, recall 11/15, F1 88/115."""
    one = agreement.annotation(write(tmp_path / "left", left()))
    other = agreement.annotation(write(tmp_path / "right", right()))
    assert agreement.compare(one, other) == {
        ("blocks", "spans"): "1 of 1, 1 of 1, F1 1.000",
        ("blocks", "kind"): "0 of 1, kappa 0.000",
        ("sentences", "spans"): "1 of 2, 1 of 1, F1 0.666",
        ("mentions", "spans"): "5 of 5, 5 of 5, F1 1.000",
        ("mentions", "form"): "4 of 5, kappa 0.642",
        ("mentions", "entity_type"): "5 of 5, kappa 1.000",
        ("mentions", "metonym"): "5 of 5, kappa undefined",
        ("mentions", "uncertain"): "4 of 5, kappa 0.000",
        ("mentions", "entity_name, where either has it"): "2 of 5",
        ("mentions", "metonym, where either has it"): "none",
        ("mentions", "uncertain, where either has it"): "0 of 1",
        ("entities", "B-cubed of the shared mentions"): "F1 0.765 of 5",
        ("entities", "same mentions throughout"): "1 of 3, 1 of 3, F1 0.333",
        ("entities", "groups with the same members"): "1 of 1, 1 of 1, F1 1.000",
        ("roles", "spans"): "none",
        ("roles", "person, where either has it"): "none",
        ("roles", "polity, where either has it"): "none",
        ("quotes", "spans"): "1 of 1, 1 of 1, F1 1.000",
        ("quotes", "kind"): "1 of 1, kappa undefined",
        ("quotes", "cue, where either has it"): "1 of 1",
        ("quotes", "source, where either has it"): "0 of 1",
        ("quotes", "addressee, where either has it"): "0 of 1",
        ("quotes", "parent, where either has it"): "none",
        ("quotes", "fragments, where either has it"): "none",
        ("dates", "spans"): "0 of 1, 0 of 0, F1 0.000",
        ("dates", "type"): "none, kappa undefined",
        ("dates", "value, where either has it"): "none",
        ("dates", "mod, where either has it"): "none",
        ("dates", "function, where either has it"): "none",
        ("dates", "anchor, where either has it"): "none",
    }


def test_ids_do_not_matter(tmp_path: Path) -> None:
    """The same annotation under other ids, with the entities in another order, agrees in everything."""
    other = json.loads(re.sub(r'"([a-z])(\d)"', r'"\1x\2"', json.dumps(left())))
    other["entities"]["entities"].reverse()
    cells = agreement.compare(
        agreement.annotation(write(tmp_path / "left", left())), agreement.annotation(write(tmp_path / "right", other))
    )
    for result in cells.values():
        assert result == "none" or re.fullmatch(
            r"(\d+) of \1(, (\d+) of \3)?(, (F1|kappa) (1\.000|undefined))?|F1 1.000 of 5", result
        )


def test_an_anchor_and_a_parent_are_where_they_lead(tmp_path: Path) -> None:
    """The same ids that lead elsewhere do not agree."""
    one, other = left(), left()
    for layers, words in (one, "Tuesday"), (other, "met"):
        layers["dates"]["dates"] = [
            {"id": "d1", **at(words), "type": "DATE", "value": "2018-10-23"},
            {"id": "d2", **at("told"), "type": "DATE", "value": "PAST_REF", "anchor": "d1"},
        ]
    for layers, words in (one, "“They agreed,”"), (other, "“They agreed,” she"):
        outer = {"id": "q1", "kind": "indirect", "content": [at(words)]}
        layers["quotes"]["quotes"] = [
            outer,
            {"id": "q2", "kind": "indirect", "content": [at("agreed")], "parent": "q1"},
        ]
    cells = agreement.compare(
        agreement.annotation(write(tmp_path / "left", one)), agreement.annotation(write(tmp_path / "right", other))
    )
    assert cells["dates", "spans"] == "1 of 2, 1 of 2, F1 0.500"
    assert cells["dates", "anchor, where either has it"] == "0 of 1"
    assert cells["quotes", "spans"] == "1 of 2, 1 of 2, F1 0.500"
    assert cells["quotes", "parent, where either has it"] == "0 of 1"


def test_two_rows_on_the_same_spans_are_refused(tmp_path: Path) -> None:
    layers = left()
    layers["dates"]["dates"].append({"id": "d2", **at("Tuesday"), "type": "DATE", "value": "2018-10-16"})
    with pytest.raises(ValueError, match=r"dates: expected one row on the same spans, found several"):
        agreement.annotation(write(tmp_path / "left", layers))


# -- the command -------------------------------------------------------------------------------------------------------


def test_other_texts_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [write(tmp_path / "left", left()), write(tmp_path / "right", left(), TEXT + " ")]
    assert agreement.main([str(folder) for folder in folders]) == 2
    assert capsys.readouterr() == (
        "", "expected two annotations of the same documents with the same texts, found others\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["one"], "usage: "), (["nowhere", "nowhere"], "nowhere"), ([str(SCRIPT.parent)] * 2, "agreement")],
)
def test_what_cannot_be_compared_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert agreement.main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, message in err) == ("", True)


def test_two_folders_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert agreement.main([str(write(tmp_path / "a", left())), str(write(tmp_path / "b", right()))]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "| table | measure | left and right |",
        "| --- | --- | --- |",
        "| blocks | spans | 1 of 1, 1 of 1, F1 1.000 |",
        "| blocks | kind | 0 of 1, kappa 0.000 |",
    ]


def test_the_datasheet_has_the_output_of_the_script() -> None:
    run = subprocess.run([sys.executable, SCRIPT], capture_output=True, check=True, encoding="utf-8")
    table = DATASHEET.split("<!-- agreement: begin -->\n")[1].split("<!-- agreement: end -->")[0]
    assert table == run.stdout


def test_the_passes_differ_in_one_flag() -> None:
    passes = [sidelines.read(folder).tables["mentions"].to_pylist() for folder in (agreement.PASS_A, agreement.PASS_B)]
    different = [(a, b) for a, b in zip(*passes, strict=True) if a != b]
    assert [(a["text"], a["start"], a["uncertain"], b["uncertain"]) for a, b in different] == [
        ("they", 1769, True, None)
    ]


# -- the datasheet's figures -------------------------------------------------------------------------------------------


def rows_of(document: str, header: str) -> list[list[str]]:
    """The cells of the Markdown table that has this header."""
    lines = document.split(f"{header}\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def figures(header: str) -> dict[str, list[int]]:
    return {row[0].strip("`"): [int(cell) for cell in row[1:] if cell.isdigit()] for row in rows_of(DATASHEET, header)}


def test_figures_of_tables_blocks_and_dates() -> None:
    corpus = sidelines.read(ROOT)
    rows = {name: [table.num_rows] for name, table in corpus.tables.items()}
    assert figures("| table | rows | a row is |") == rows
    assert f"{sum(count for [count] in rows.values()) - 1} rows of annotation" in DATASHEET
    blocks = corpus.frame("blocks").kind.value_counts()
    assert figures("| kind | blocks |") == {kind: [count] for kind, count in blocks.items()}
    dates = corpus.frame("dates").type.value_counts()
    assert figures("| type | dates |") == {kind: [count] for kind, count in dates.items() if count}


def test_figures_of_entities_and_mentions() -> None:
    corpus = sidelines.read(ROOT)
    entities, mentions = corpus.frame("entities"), corpus.frame("mentions")
    found = figures("| type | entities | `NAM` | `DEM` | `NOM` | `PRO` | mentions |")
    for kind, count in entities.type.value_counts().items():
        of_kind = mentions[mentions.entity_type == kind]
        forms = [int((of_kind.form == form).sum()) for form in ("NAM", "DEM", "NOM", "PRO")]
        assert found.pop(str(kind), [0] * 6) == [count, *forms, len(of_kind)]
    forms = [int((mentions.form == form).sum()) for form in ("NAM", "DEM", "NOM", "PRO")]
    assert found == {"all": [len(entities), *forms, len(mentions)]}
    assert f"{mentions.metonym.sum()} mentions are metonyms, {mentions.uncertain.sum()} is uncertain" in DATASHEET


def test_figures_of_quotes() -> None:
    quotes = sidelines.read(ROOT).frame("quotes")
    found = figures("| speaker | `direct` | `mixed` | `indirect` | quotes |")
    for speaker, of_speaker in quotes.groupby("speaker_name"):
        kinds = [int((of_speaker.kind == kind).sum()) for kind in ("direct", "mixed", "indirect")]
        assert found.pop(str(speaker)) == [*kinds, len(of_speaker)]
    kinds = [int((quotes.kind == kind).sum()) for kind in ("direct", "mixed", "indirect")]
    assert found == {"all": [*kinds, len(quotes)]}


def test_the_entities_without_wikidata_are_listed() -> None:
    entities = sidelines.read(ROOT).frame("entities")
    listed = DATASHEET.split("these have none: ")[1].split(". That an id")[0].replace(" (the group)", "").split(", ")
    assert listed == list(entities.name[entities.wikidata.isna()])
    assert f"{entities.wikidata.notna().sum()} entities have a Wikidata id" in DATASHEET


# -- the guidelines' examples ------------------------------------------------------------------------------------------


def test_every_example_stands_in_the_article() -> None:
    examples = re.findall("‹([^‹›]*)›", GUIDELINES)
    assert len(examples) > 500
    assert [example for example in examples if example not in ARTICLE] == []


def test_every_rule_has_an_example() -> None:
    rules = re.findall(r"(?m)^(\d\.\d+) (.*)$", GUIDELINES)
    assert len(rules) > 80
    assert [number for number, rule in rules if "‹" not in rule] == []


def test_rules_are_numbered_in_order_and_those_that_are_cited_exist() -> None:
    numbers = re.findall(r"(?m)^(\d\.\d+) ", GUIDELINES)
    sections: dict[str, int] = {}
    for number in numbers:
        section, _, rule = number.partition(".")
        sections[section] = sections.get(section, 0) + 1
        assert int(rule) == sections[section]
    assert set(re.findall(r"(?<![\d.])[1-5]\.\d+(?![\d.])", GUIDELINES.replace("TimeML 1.2.1", ""))) <= set(numbers)


def position(words: str, where: str) -> tuple[int, int]:
    """Where the words stand, by a stretch of the article that has them and itself only once."""
    words, where = words.strip("‹›"), where.strip("‹›")
    assert ARTICLE.count(where) == 1, where
    assert where.count(words) == 1, (words, where)
    start = ARTICLE.index(where) + where.index(words)
    return start, start + len(words)


def test_cases_of_mentions() -> None:
    found = {(row["start"], row["end"]): row for row in sidelines.read(ROOT).tables["mentions"].to_pylist()}
    for words, where, form, entity in rows_of(GUIDELINES, "| words | where | form | entity |"):
        row = found.get(position(words, where))
        if form == "none":
            assert row is None, (words, where)
            continue
        assert row is not None, (words, where)
        flags = [f"`{flag}`" for flag in ("metonym", "uncertain") if row[flag]]
        assert (", ".join([f"`{row['form']}`", *flags]), row["entity_name"]) == (form, entity), (words, where)


def test_cases_of_roles() -> None:
    tables = sidelines.read(ROOT).tables
    mentions = {row["id"]: f"‹{row['text']}›" for row in tables["mentions"].to_pylist()}
    found = {(row["start"], row["end"]): row for row in tables["roles"].to_pylist()}
    for words, where, person, polity in rows_of(GUIDELINES, "| role | where | person | polity |"):
        row = found[position(words, where)]
        assert (mentions[row["person"]], mentions.get(row["polity"], "")) == (person, polity)


def test_cases_of_quotes() -> None:
    tables = sidelines.read(ROOT).tables
    mentions = {row["id"]: f"‹{row['text']}›" for row in tables["mentions"].to_pylist()}
    quotes = tables["quotes"].to_pylist()
    cues = {row["id"]: f"‹{row['cue_text']}›" for row in quotes}
    found = {(row["cue_start"], row["cue_end"]): row for row in quotes}
    header = "| cue | where | kind | source | content begins | and ends | parent's cue |"
    for words, where, kind, source, begins, ends, parent in rows_of(GUIDELINES, header):
        row = found.get(position(words, where))
        if kind == "none":
            assert row is None, (words, where)
            continue
        assert row is not None, (words, where)
        assert (f"`{row['kind']}`", mentions[row["source"]], cues.get(row["parent"], "")) == (kind, source, parent)
        assert row["content"][0]["text"].startswith(begins.strip("‹›")), (words, where)
        assert row["content"][-1]["text"].endswith(ends.strip("‹›")), (words, where)


def test_cases_of_dates() -> None:
    dates = sidelines.read(ROOT).tables["dates"].to_pylist()
    texts = {row["id"]: f"‹{row['text']}›" for row in dates}
    found = {(row["start"], row["end"]): row for row in dates}
    for words, where, kind, value, anchor in rows_of(GUIDELINES, "| words | where | type | value | anchor |"):
        row = found.get(position(words, where))
        if kind == "none":
            assert row is None, (words, where)
            continue
        assert row is not None, (words, where)
        assert (f"`{row['type']}`", f"`{row['value']}`", texts.get(row["anchor"], "")) == (kind, value, anchor)
