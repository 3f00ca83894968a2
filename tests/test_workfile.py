"""Working files: a layer of any schema comes back as it was, and whatever is wrong is told where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sidelines import testing
from sidelines.jsontree import line_column
from sidelines.layout import Folder
from sidelines.model import Layer
from sidelines.notation import read_text
from sidelines.schema import compile_schemas
from sidelines.testing import DrawnCorpus
from sidelines.workfile import read_header, read_workfile, write_workfile
from tests.strategies import OWN, ROOT
from tests.test_testing import folder, schemas

SHIPPED = "trump-putin-paris-2018"
TEXT = (ROOT / "corpus" / f"{SHIPPED}.txt").read_bytes().decode()
BUILT_IN = compile_schemas(
    {path.name.removesuffix(".schema.json"): path.read_bytes() for path in (ROOT / "schema").iterdir()},
    ["structure", "entities", "quotes", "dates"],
)[0].layers


def written(layer: Layer, text: str, raw: bytes) -> str:
    value = json.loads(raw)
    rows = {table.key: value.get(table.key, []) for table in layer.tables}
    return write_workfile(layer, value["document"], text, "0", rows)


def read(
    layer: Layer, text: str, source: str, present: tuple[str, ...] = ()
) -> tuple[bytes, list[tuple[int, int, str]]]:
    """The file, and the faults by line and column."""
    header, faults = read_header(source)
    raw = b""
    if header is not None:
        made = read_workfile(source, header, layer, text, "0", present)
        raw, faults = made.raw, list(made.faults)
    return raw, [(*line_column(source, fault.at), fault.message) for fault in faults]


def assert_same(drawn: DrawnCorpus) -> None:
    files = drawn.files().content
    for document in drawn.documents:
        for name, layer in drawn.model.layers.items():
            raw = files[Folder(Path()).layer(document.id, name)]
            present = tuple(key for key in document.layers[name] if key not in ("$schema", "document"))
            source = written(layer, document.text, raw)
            assert read(layer, document.text, source, present) == (raw, [])


class TestRoundTrip:
    @given(testing.corpora())
    def test_of_the_built_in_layers(self, drawn: DrawnCorpus) -> None:
        """Every layer of every corpus comes back to the byte."""
        assert_same(drawn)

    @given(testing.corpora(OWN / "schema"))
    def test_of_a_layer_of_ones_own(self, drawn: DrawnCorpus) -> None:
        """With references, lists, numbers, days, and ids of two tables that look alike."""
        assert_same(drawn)

    @given(schemas(), st.data())
    @settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    def test_of_any_schema(self, schema: dict[str, Any], data: st.DataObject) -> None:
        """Of whatever tables, with whatever keywords of the dialect."""
        folder_ = folder()
        folder_.mkdir()
        (folder_ / "layer.schema.json").write_text(json.dumps(schema))
        assert_same(data.draw(testing.corpora(folder_)))

    @pytest.mark.parametrize("name", BUILT_IN)
    def test_of_the_shipped_article(self, name: str) -> None:
        """The gold of each layer comes back to the byte."""
        raw = (ROOT / "annotations" / SHIPPED / f"{name}.json").read_bytes()
        layer = BUILT_IN[name]
        assert read(layer, TEXT, written(layer, TEXT, raw)) == (raw, [])


class TestAnEditOfTheText:
    @given(testing.corpora(OWN / "schema").filter(lambda drawn: any(d.text for d in drawn.documents)), st.data())
    def test_is_told_where_it_is(self, drawn: DrawnCorpus, data: st.DataObject) -> None:
        """Whichever character is replaced, or another put before it: the first difference is that one."""
        document = data.draw(st.sampled_from([d for d in drawn.documents if d.text]))
        layer = drawn.model.layers["marks"]
        source = written(layer, document.text, drawn.files().content[f"annotations/{document.id}/marks.json"])
        header, _ = read_header(source)
        assert header is not None
        places = read_text(source, header.end, source.index("\n===", header.end - 1)).places
        at = data.draw(st.integers(0, len(document.text) - 1))
        keeps = data.draw(st.booleans()) or source[places[at]] == "\\"
        changed = source[: places[at]] + "\U0001f9ff" + source[places[at] + (not keeps) :]
        made = read_workfile(changed, header, layer, document.text.replace("\U0001f9ff", "x"), "0")
        told = [fault for fault in made.faults if ", found ‘\U0001f9ff" in fault.message]
        assert [fault.at for fault in told] == [places[at]]

    @given(testing.corpora(OWN / "schema").filter(lambda drawn: any(d.text for d in drawn.documents)), st.data())
    def test_a_character_that_is_taken_away_is_missed(self, drawn: DrawnCorpus, data: st.DataObject) -> None:
        """Whichever it is, and whatever that does to the marks."""
        document = data.draw(st.sampled_from([d for d in drawn.documents if d.text]))
        layer = drawn.model.layers["marks"]
        source = written(layer, document.text, drawn.files().content[f"annotations/{document.id}/marks.json"])
        header, _ = read_header(source)
        assert header is not None
        places = read_text(source, header.end, source.index("\n===", header.end - 1)).places
        at = data.draw(st.integers(0, len(document.text) - 1))
        changed = source[: places[at]] + source[places[at] + 1 :]
        assert read_workfile(changed, header, layer, document.text, "0").faults

    @pytest.mark.parametrize(
        ("text", "edit", "place", "message", "fix"),
        [
            ("He said “yes”.", ("“", '"'), (1, 9),
             "expected ‘“yes”.’ after ‘He said ’, found ‘\"yes”.’",
             "a quotation mark was replaced; put it back as it was"),
            ("One  two.", ("  ", " "), (1, 5), "expected ‘ two.’ after ‘One ’, found ‘two.’",
             "white space was added, taken away or changed; put it back as it was"),
            ("One\r\ntwo.", ("\\r", ""), (1, 4),
             "expected ‘\\u000d⏎two.’ after ‘One’, found ‘⏎two.’",
             "the article's line breaks were translated; write its \\r as \\r"),
            ("Cafe\u0301s", ("e\u0301", "\xe9"), (1, 4),
             "expected ‘e\\u0301s’ after ‘Caf’, found ‘\\u00e9s’",
             "your editor normalised the text; make a new working file and turn that off"),
            ("One two.", (" two.", ""), (1, 4), "expected ‘ two.’ after ‘One’, found its end",
             "put the text back as it was; a mark changes nothing of it"),
            ("One.", ("One.", "One. Two."), (1, 5), "expected the end of the article after ‘One.’, found ‘ Two.’",
             "put the text back as it was; a mark changes nothing of it"),
        ],
    )  # fmt: skip
    def test_and_what_may_have_happened(
        self, text: str, edit: tuple[str, str], place: tuple[int, int], message: str, fix: str
    ) -> None:
        """Editors that change quotation marks, white space, line breaks, or normalise, are known by what they do."""
        layer = BUILT_IN["dates"]
        source = write_workfile(layer, "a", text, "0", {"dates": []}).replace(*edit)
        header, _ = read_header(source)
        assert header is not None
        (fault,) = read_workfile(source, header, layer, text, "0").faults
        line, column = line_column(source, fault.at)
        first = line_column(source, header.end)[0]
        assert ((line - first + 1, column), fault.message, fault.fix) == (place, message, fix)
        (fault,) = read_workfile(source, header, layer, text, "1").faults
        assert fault.fix is not None
        assert fault.fix.startswith("the document's text is no longer the one that this working file was made from")


HEAD = "document: a\nlayer: {layer}\nsha256: 0\nids: {ids}\n=== article\n"
IDS = {"entities": "e entities, m mentions, r roles", "quotes": "q quotes", "structure": "b blocks, s sentences"}


def told(name: str, body: str, text: str) -> list[tuple[int, int, str]]:
    """The faults of a working file of a built-in layer; its article begins in line 1."""
    _, faults = read(BUILT_IN[name], text, HEAD.format(layer=name, ids=IDS[name]) + body)
    return [(line - 5, column, message) for line, column, message in faults]


def fixes(body: str, text: str) -> list[str | None]:
    """What to do about the faults of a working file of the entities."""
    source = HEAD.format(layer="entities", ids=IDS["entities"]) + body
    header, _ = read_header(source)
    assert header is not None
    return [fault.fix for fault in read_workfile(source, header, BUILT_IN["entities"], text, "0").faults]


class TestFaults:
    @pytest.mark.parametrize(
        ("name", "article", "faults"),
        [
            ("entities", "[Ann]{m1 NAM e1} [met]{m1 NAM e1} Bob",
             [(1, 24, "expected each id of mentions once, found m1 again")]),
            ("entities", "[Ann]{m1 e1} met Bob",
             [(1, 7, "expected form and entity after m1, in this order, found only 'e1'")]),
            ("entities", "[Ann]{m1} met Bob", [(1, 7, "expected form and entity after m1, in this order, found none")]),
            ("entities", "[Ann]{m1 NAM e1 e2} met Bob",
             [(1, 17, "expected form and entity after m1, found 'e2' as well")]),
            ("entities", "[Ann]{m1 NAN e1} met Bob",
             [(1, 10, 'form: expected one of "NAM", "DEM", "NOM", "PRO", found "NAN"; did you mean \'NAM\'?')]),
            ("entities", "[Ann]{m1 NAM e1 metonym=yes} met Bob",
             [(1, 17, 'metonym: expected a boolean, found "yes"')]),
            ("entities", "[Ann]{m1 NAM e1 metonim=true} met Bob",
             [(1, 17, "unknown property 'metonim' of m1; did you mean 'metonym'? "
                      "There are: entity, form, metonym, uncertain")]),
            ("entities", "[Ann]{m1 NAM e1 metonym=true metonym=true} met Bob",
             [(1, 30, "expected metonym of m1 once, found it again")]),
            ("entities", "[Ann]{PRO e1} met Bob",
             [(1, 7, "expected an id that begins with one of e (entities), m (mentions), r (roles), found 'PRO'")]),
            ("entities", "[Ann]{x+ NAM e1} met Bob",
             [(1, 7, "expected an id that begins with one of e (entities), m (mentions), r (roles), found 'x+'")]),
            ("entities", "[Ann]{mention:x NAM e1} met Bob",
             [(1, 7, "no table of this layer: 'mention'; did you mean 'mentions'? "
                     "There are: entities, mentions, roles")]),
            ("entities", "[Ann]{e1 PERSON Ann} met Bob",
             [(1, 7, "a row of entities is no span, and has a line of its own")]),
            ("entities", "[Ann]{m1 NAM “e1”} met Bob",
             [(1, 14, "expected a word, or a string between \" and \", found ‘“e1”’")]),
            ("entities", "[Ann]{} met Bob", [(1, 7, "expected an id, such as m1, found nothing")]),
            ("entities", "[Ann]{m1.} met Bob",
             [(1, 10, "expected the name of a property after the point, found nothing")]),
            ("entities", "[Ann]{m1 NAM e1,} met Bob",
             [(1, 17, "expected a word, or a string between \" and \", found nothing")]),
            ("entities", '[Ann]{m1 "NAM"e1} met Bob', [(1, 15, "expected a blank after the value, found ‘e1’")]),
            ("entities", '[Ann]{m1 NAM {"a": 1, "a": 2}} met Bob',
             [(1, 14, "expected a string, array or object as in JSON, found ‘{\"a\": 1, \"a\": 2}’")]),
            ("entities", "[Ann]{m1 NAM [NaN]} met Bob",
             [(1, 14, "expected a string, array or object as in JSON, found ‘[NaN]’")]),
            ("entities", "[Ann]{m1.head} met Bob", [(1, 7, "no span of mentions: 'head'; there are none")]),
            ("quotes", "[Ann]{q1 direct} [met]{q1.cue} [Bob]{q1.cue}",
             [(1, 38, "expected one cue of q1, found another")]),
            ("quotes", "[Ann]{q1 direct} [met]{q1 direct} Bob",
             [(1, 24, "expected each id of quotes once, found q1 again; a further span of its content is q1.content")]),
            ("quotes", "[Ann]{q1 direct} [met]{q1.cues} Bob",
             [(1, 24, "no span of quotes: 'cues'; did you mean 'cue'? "
                      "There are: addressee, content, cue, fragments")]),
            ("quotes", "[Ann]{q11 direct} [met]{q12.cue} Bob",
             [(1, 25, "expected a row 'q12' of quotes, found only a span of it; did you mean 'q11'?")]),
            ("quotes", "[Ann]{q1 direct} [met]{q+.cue} Bob",
             [(1, 24, "expected an id of the row's own before the point, found a new row")]),
            ("quotes", "[Ann]{q1 direct cue=said} met Bob",
             [(1, 17, "cue: expected marks in the article, found a value")]),
            ("quotes", "[Ann]{q1 direct content=[]} met Bob",
             [(1, 17, "content: expected marks in the article, found a value")]),
            ("quotes", "[Ann]{q1 direct fragments=said} met Bob",
             [(1, 17, "fragments: expected marks in the article, found a value")]),
        ],
    )  # fmt: skip
    def test_of_marks(self, name: str, article: str, faults: list[tuple[int, int, str]]) -> None:
        """Each is told at its place, alone."""
        assert told(name, f"{article}\n=== end\n", "Ann met Bob") == faults

    @pytest.mark.parametrize(
        ("note", "fix"),
        [
            ("+ NAM e1", "begin with an id, or with m+ or r+ for a new row; "
                         "for another id name the table, as in roles:x7"),
            ("m1 NAM e1 e2", "others are written with their names: metonym=…, uncertain=…"),
        ],
    )  # fmt: skip
    def test_what_to_do_about_a_mark(self, note: str, fix: str) -> None:
        """A new row says of which table it is; a reference is no name with a blank in it."""
        assert fixes(f"[Ann]{{{note}}}\n=== end\n", "Ann") == [fix]

    @pytest.mark.parametrize(
        ("line", "fix"),
        [
            ("ORG New Outlet", 'a value with blanks stands in quotation marks: "New Outlet"; '),
            ("ORG The New Outlet wikidata=Q1", 'a value with blanks stands in quotation marks: "The New Outlet"; '),
            ("ORG Ann,Bob Outlet", ""),
            ("ORG Ann wikidata=Q1 Q2", ""),
            ("ORG Ann {} Outlet", ""),
            ("ORG Ann wikidate=Q1 Q2", ""),
        ],
    )
    def test_a_value_with_blanks(self, line: str, fix: str) -> None:
        """Of what may be any words, the quotation marks are missed, and shown."""
        found = fixes(f"\n=== table entities\ne1 {line}\n=== end\n", "")
        assert f"{fix}others are written with their names: wikidata=…, members=…" in found

    def test_a_value_with_blanks_and_a_name(self) -> None:
        """It is shown with the name; a number has no blanks."""
        raw = (OWN / "schema" / "marks.schema.json").read_bytes()
        layer = compile_schemas({"marks": raw}, ["marks"])[0].layers["marks"]
        source = (
            HEAD.format(layer="marks", ids="m marks, l links") + "[b]{m1 X note=so far}[a]{m2 X count=1 2}\n=== end\n"
        )
        header, _ = read_header(source)
        assert header is not None
        found = read_workfile(source, header, layer, "ba", "0").faults
        others = (
            "others are written with their names: next=…, also=…, code=…, weight=…, count=…, sure=…, seen=…, note=…"
        )
        assert [fault.fix for fault in found] == [
            f'a value with blanks stands in quotation marks: note="so far"; {others}',
            others,
        ]

    @pytest.mark.parametrize(
        ("lines", "faults"),
        [
            ("=== table entities\ne1 PERSON Ann\ne1 PERSON Bob\n=== end",
             [(4, 1, "expected each id of entities once, found e1 again")]),
            ("=== table entities\nm1 PERSON Ann wikidata=Q1 and\n=== end",
             [(3, 27, "expected type and name after m1, found 'and' as well")]),
            ("=== table entities\nm+ PERSON Ann\n=== end",
             [(3, 1, "expected a row of entities, such as e+, found one of another table")]),
            ("=== table entities\ne1.name PERSON Ann\n=== end",
             [(3, 1, "expected a row, found a span of one, name")]),
            ("=== table entities\ne1 PERSON \"Ann\n=== end",
             [(3, 11, "expected a string, array or object as in JSON, found ‘\"Ann’")]),
            ("=== table mentions\nm1 NAM e1\n=== end",
             [(3, 1, "expected a mark of m1 in the article, found only this line")]),
            ("=== table mentions\nm+ NAM e1\n=== end",
             [(3, 1, "expected a mark of m+ in the article, found only this line")]),
            ("=== table entity\n=== end",
             [(2, 1, "no table of this layer: 'entity'; did you mean 'entities'? "
                     "There are: entities, mentions, roles")]),
            ("=== tables\n=== end", [(2, 1, "expected === table NAME or === end, found ‘=== tables’")]),
            ("=== end\nmore\n", [(2, 1, "expected nothing after === end, found more")]),
            ("=== table entities\n", [(3, 1, "expected the line === end at the end, found none")]),
        ],
    )  # fmt: skip
    def test_of_what_follows_the_article(self, lines: str, faults: list[tuple[int, int, str]]) -> None:
        """Each is told at its place, alone."""
        assert told("entities", f"Ann met Bob\n{lines}", "Ann met Bob") == faults

    def test_the_end_of_the_file_is_lost(self) -> None:
        """What is left of the article is looked at all the same."""
        assert told("entities", "Ann met Bob", "Ann met Bob") == [
            (1, 12, "expected the line === end at the end, found none")
        ]

    @pytest.mark.parametrize(
        ("source", "faults"),
        [
            ("", [(1, 1, "expected a working file, with lines that say its document and layer, found ‘’")]),
            ("document: a\nlayer: b\nsha256: 0\nids: c d",
             [(4, 9, "expected the line === article after the header, found none")]),
            ("# x\n\ndocument: a\nlayer: entities\nsha256: 0\nids: e entities\n=== text\n",
             [(7, 1, "expected the line === article after the header, found ‘=== text’")]),
            ("document: a\nlayr: entities\nsha256: 0\nids: e entities\n=== article\n",
             [(1, 1, "expected a header with layer, found none"),
              (2, 1, "expected a comment (#) or one of document, layer, sha256, file, ids, with a colon, "
                     "found ‘layr: entities’")]),
            (HEAD.format(layer="entities", ids="e entities, e mentions"),
             [(4, 1, "expected ids such as m mentions, r roles, each different, found ‘e entities, e mentions’")]),
            (HEAD.format(layer="entities", ids='e "\\q"'),
             [(4, 1, "expected ids such as m mentions, r roles, each different, found ‘e \"\\q\"’")]),
            (HEAD.format(layer="entities", ids="e: entities"),
             [(4, 1, "expected ids such as m mentions, r roles, each different, found ‘e: entities’")]),
            (HEAD.format(layer="entities", ids="e entities, m mentions"),
             [(1, 1, "ids: expected the table roles as well, found none")]),
            (HEAD.format(layer="entities", ids="e entities").replace("\n", "\r\n"),
             [(1, 12, "expected lines that end with \\n alone, found a raw \\r")]),
        ],
    )  # fmt: skip
    def test_of_the_header(self, source: str, faults: list[tuple[int, int, str]]) -> None:
        """It has to say what the file is of; an editor that translated line breaks is known by them."""
        assert read(BUILT_IN["entities"], "", source)[1] == faults

    def test_several_at_once(self) -> None:
        """Marks, values and lines of one file, in the order of their places."""
        article = "[Ann]{m1 NAN e1} met [Bob]{m2 e1}"
        lines = "=== table entities\ne1 PERSON Ann wikidata=1\n=== end"
        assert told("entities", f"{article}\n{lines}", "Ann met Bob") == [
            (1, 10, 'form: expected one of "NAM", "DEM", "NOM", "PRO", found "NAN"; did you mean \'NAM\'?'),
            (1, 28, "expected form and entity after m2, in this order, found only 'e1'"),
            (3, 15, 'wikidata: expected a match of ^Q[1-9][0-9]{0,11}$, found "1"'),
        ]

    def test_a_bracket_of_the_text_that_lost_its_backslash(self) -> None:
        """It is told, and not that the text is another one, too."""
        assert told("entities", "[Ann]{m1 NAM e1} met [Bob]\n=== end", "Ann met [Bob]") == [
            (1, 22, "expected a ]{…} for this [, found none: ‘[Bob]’"),
            (1, 26, "expected ]{…}, which ends a mark, found ‘]’"),
        ]


class TestReading:
    def rows(self, name: str, body: str, text: str) -> dict[str, Any]:
        raw, faults = read(BUILT_IN[name], text, HEAD.format(layer=name, ids=IDS[name]) + body)
        assert faults == []
        value: dict[str, Any] = json.loads(raw)
        return value

    def test_a_new_row_gets_the_next_free_id(self) -> None:
        """In the order of the text, after the greatest number of its table, and in the rows' own order."""
        body = (
            "[Ann]{m+ NAM e1} met [Bob]{m7 NAM e2} and [him]{m+ PRO e2}\n"
            "=== table entities\ne1 PERSON Ann\n+ PERSON Bob\n=== end\n"
        )
        value = self.rows("entities", body, "Ann met Bob and him")
        assert [(row["id"], row["text"]) for row in value["mentions"]] == [("m8", "Ann"), ("m7", "Bob"), ("m9", "him")]
        assert [row["id"] for row in value["entities"]] == ["e1", "e2"]

    def test_a_mark_of_another_layer_is_not_read_back(self) -> None:
        """Nor is it looked at."""
        body = '[[Ann]{=m1} met]{q1 indirect} [Bob]{="no such" table}\n=== end\n'
        assert self.rows("quotes", body, "Ann met Bob")["quotes"] == [
            {"id": "q1", "kind": "indirect", "content": [{"start": 0, "end": 7, "text": "Ann met"}]}
        ]

    def test_comments_blank_lines_and_blanks(self) -> None:
        """They are nobody's; and a byte order mark before the header is not the article's."""
        layer = BUILT_IN["entities"]
        body = "[Ann]{ m1  NAM\te1 }\n=== table entities\n\n# who\n  e1 PERSON  Ann \n=== end \n\n"
        raw, faults = read(layer, "Ann", "\ufeff# x\n" + HEAD.format(layer="entities", ids=IDS["entities"]) + body)
        assert faults == []
        assert json.loads(raw)["entities"] == [{"id": "e1", "type": "PERSON", "name": "Ann"}]

    def test_a_required_value_may_have_its_name(self) -> None:
        """The others keep their order."""
        value = self.rows("entities", "[Ann]{m1 e1 form=NAM}\n=== table entities\n=== end", "Ann")
        assert value["mentions"] == [{"id": "m1", "start": 0, "end": 3, "text": "Ann", "form": "NAM", "entity": "e1"}]

    def test_a_long_value_has_a_line_of_its_own(self) -> None:
        """Behind the id of the row, and by its name; read back, they are one row."""
        layer = BUILT_IN["dates"]
        row = {"id": "d1", "start": 0, "end": 3, "text": "Ann", "type": "DATE", "value": "P" + "1" * 40 + "D"}
        source = write_workfile(layer, "a", "Ann", "0", {"dates": [row]})
        assert source.endswith("[Ann]{d1 DATE}\n=== table dates\nd1 value=P" + "1" * 40 + "D\n=== end\n")
        assert json.loads(read(layer, "Ann", source)[0])["dates"] == [row]


SPAN = {
    "type": "object", "x-span": True, "additionalProperties": False, "required": ["start", "end", "text"],
    "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"}},
}  # fmt: skip
STRING = {"type": "string"}


def schema(tables: dict[str, tuple[dict[str, Any], list[str]]]) -> Layer:
    """The layer `odd` with these tables, each with its properties and those of them that are required."""
    properties = {"document": STRING}
    for name, (members, required) in tables.items():
        row = {"type": "object", "additionalProperties": False, "properties": {"id": STRING, **members}}
        properties[name] = {"type": "array", "x-table": name, "items": {**row, "required": ["id", *required]}}
    value = {"type": "object", "additionalProperties": False, "properties": properties, "required": list(properties)}
    model, problems = compile_schemas({"odd": json.dumps(value).encode()}, ["odd"])
    assert [problem for problem in problems if problem.code not in ("F108", "S001")] == []
    return model.layers["odd"]


ODD = schema({
    "a_b": ({
        "the cue": SPAN, "also": {"type": "array", "items": SPAN, "x-overlap": "any"},
        "any=1": {"type": "object", "additionalProperties": False, "properties": {"in": {"type": "number"}}},
        "words": {"type": "array", "items": STRING},
        "lists": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    }, ["the cue"]),
    "c": ({"note": STRING, "size": {"type": "number"}, "on": {"type": "boolean"}}, ["note"]),
})  # fmt: skip


def at(start: int, end: int, text: str = "one two three four") -> dict[str, Any]:
    return {"start": start, "end": end, "text": text[start:end]}


class TestOddSchemas:
    TEXT = "one two three four"

    def test_names_ids_and_values_of_any_kind(self) -> None:
        """What is no plain word is between quotation marks; what is nested is JSON; spans may cross."""
        rows = {
            "a_b": [
                {"id": "x.1", "the cue": at(0, 7), "also": [at(0, 7), at(0, 7), at(4, 13)], "any=1": {"in": 0.5}},
                {"id": "x2", "the cue": at(4, 13), "words": ["a", "b c", "[]"], "lists": [[1], []]},
                {"id": "x3", "the cue": at(4, 13), "also": [], "words": []},
            ],
            "c": [
                {"id": "x1", "note": "", "size": -0.0, "on": False},
                {"id": "é ", "note": 'say "\u2028"\n]{}', "size": 1e300},
                {"id": "9", "note": "plain"},
            ],
        }
        source = write_workfile(ODD, "a", self.TEXT, "0", rows)
        assert source[source.index("ids:") :] == (
            "ids: x a_b, c c\n"
            "\n"
            "=== article\n"
            '[1|[2|[3|one [[[two]3{a_b:"x.1".also}]2{a_b:"x.1".also}]1{a_b:"x.1" "any=1"={"in":0.5}}'
            ' three]{x3 words=[]}]{x2 words=a,"b c","[]" lists=[[1],[]]}]{a_b:"x.1".also} four\n'
            "=== table a_b\n"
            "x3 also=[]\n"
            "=== table c\n"
            'x1 "" size=-0.0 on=false\n'
            '"é " "say \\"\\u2028\\"\\n]{}" size=1e300\n'
            "9 plain\n"
            "=== end\n"
        )
        raw, faults = read(ODD, self.TEXT, source)
        assert faults == []
        assert json.loads(raw) == {"document": "a", **rows}

    @pytest.mark.parametrize(
        ("article", "faults"),
        [
            ('[one]{x1."the cue"} [two]{x1} three four',
             [(1, 27, "expected one the cue of x1, found another")]),
            ("[one]{c1 note} two three four",
             [(1, 7, "a row of c is no span, and has a line of its own")]),
            ('[one]{x1.also} two three four\n=== table a_b\nx1',
             [(3, 1, "expected the cue of x1, found none")]),
            ('[one]{x1 "any=1"={"in":true} lists=[["a"]]} two three four',
             [(1, 10, "in: expected a number, found true"),
              (1, 30, 'expected an integer, found "a"')]),
            ('[one]{x1 words=[1]} two three four', [(1, 10, "expected a string, found 1")]),
            ("[one]{x1 [1]} two three four",
             [(1, 10, "expected no value without a name after x1, found another value as well")]),
            ("[one]{x1 any=1} two three four",
             [(1, 10, "unknown property 'any' of x1; did you mean 'any=1'? "
                      "There are: also, any=1, lists, the cue, words")]),
        ],
    )  # fmt: skip
    def test_their_faults(self, article: str, faults: list[tuple[int, int, str]]) -> None:
        """As of any other."""
        source = HEAD.format(layer="odd", ids="x a_b, c c") + article + "\n=== end\n"
        found = [(line - 5, column, message) for line, column, message in read(ODD, self.TEXT, source)[1]]
        assert found == faults

    def test_numbers_that_are_none(self) -> None:
        """Too large ones, and words, are told by the schema."""
        source = HEAD.format(layer="odd", ids="x a_b, c c") + f"{self.TEXT}\n=== table c\n"
        for size in ("1e999", "0x1", "1,2", "NaN"):
            (fault,) = read(ODD, self.TEXT, f"{source}c1 a size={size}\n=== end\n")[1]
            assert fault[:2] == (8, 6)
            assert fault[2].startswith("size: expected a number, found ")

    def test_ids_of_one_table_need_no_beginning(self) -> None:
        """Any id is one of its rows; a new one is given what begins with the table's name."""
        layer = schema({"things": ({"note": STRING}, [])})
        source = write_workfile(layer, "a", "", "0", {"things": [{"id": "7"}, {"id": "a b"}]})
        assert source.endswith('ids: t things\n\n=== article\n\n=== table things\n7\n"a b"\n=== end\n')
        raw, faults = read(layer, "", source.replace("=== end", "+ note=x\nt+\n=== end"))
        assert faults == []
        assert [row["id"] for row in json.loads(raw)["things"]] == ["7", "a b", "t1", "t2"]

    def test_ids_of_two_tables_that_begin_alike(self) -> None:
        """The table that has the more of them has the letter, the other one's are written with its name."""
        layer = schema({"as": ({"cue": SPAN}, ["cue"]), "ab": ({"cue": SPAN}, ["cue"]), "ac": ({}, [])})
        rows = {"as": [{"id": "a1", "cue": at(0, 3)}], "ab": [{"id": "a1", "cue": at(4, 7)}]}
        source = write_workfile(layer, "a", self.TEXT, "0", rows)
        assert "ids: a as, ab ab, ac ac\n" in source
        assert "[one]{a1} [two]{ab:a1} three four" in source
        assert json.loads(read(layer, self.TEXT, source)[0]) == {"document": "a", **rows, "ac": []}

    def test_the_letters_that_a_pattern_allows(self) -> None:
        """Where the schema has one for the ids, the beginning of a new one is such that it fits."""
        mine = {"id": {"type": "string", "pattern": "^[TQ][0-9]+$"}}
        layer = schema({"things": (mine, [])})
        assert "ids: T things\n" in write_workfile(layer, "a", "", "0", {"things": []})

    def test_what_its_head_shows(self) -> None:
        """What each table looks like, and the values that are legal: of the table, where two have the same name."""
        kind: dict[str, Any] = {"type": "string", "enum": ["x y", "z\n"]}
        layer = schema({
            "as": ({"cue": SPAN, "kind": kind, "other": {"type": "string", "x-ref": "cd"}}, ["cue", "kind"]),
            "cd": ({"kind": {"type": "integer", "enum": [1, 2]}, "on": {"type": "boolean"}}, []),
        })  # fmt: skip
        source = write_workfile(layer, "a", "", "0", {})
        assert [line[2:] for line in source.splitlines()[4:12]] == [
            "  as: [words]{a1 kind other=…}",
            "  cd: c1 kind=… on=…   (a line below the article)",
            "",
            '  kind of as: "x y", "z\\n"',
            "  kind of cd: 1, 2",
            "  other: an id of cd",
            "  on: true or false",
            "",
        ]
        assert read(layer, "", source) == (b'{\n  "document": "a",\n  "as": [],\n  "cd": []\n}\n', [])
