"""The vectors of `conformance/`: what they say, by Python's codecs, by `convert` and by JavaScript."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sidelines.errors import OffsetError
from sidelines.offsets import convert

FOLDER = Path(__file__).parents[1] / "conformance"
SCRIPT = Path(__file__).with_name("conformance.mjs")
UNITS = ["codepoint", "utf8", "utf16"]
PAIRS = [(source, target) for source in UNITS for target in UNITS]
CODECS = {"codepoint": ("utf-32-le", 4), "utf8": ("utf-8", 1), "utf16": ("utf-16-le", 2)}

Vector = dict[str, Any]


def vectors() -> list[Vector]:
    read: list[Vector] = json.loads((FOLDER / "offsets.json").read_bytes())["texts"]
    return read


def edges(vector: Vector, unit: str) -> list[int]:
    """Every offset that is not refused."""
    return sorted(set(range(vector["lengths"][unit] + 1)) - set(vector["refused"][unit]))


class TestFile:
    def test_the_file_is_what_the_script_writes(self) -> None:
        """And nothing but ASCII, with one line feed at its end."""
        made = runpy.run_path(str(FOLDER / "make.py"))["write"]()
        assert (FOLDER / "offsets.json").read_bytes() == made.encode("ascii")
        assert made.endswith("}\n")

    def test_what_is_in_it(self) -> None:
        """Names are unique, every plane occurs, and so does everything that breaks tools."""
        texts = {vector["name"]: vector["text"] for vector in vectors()}
        assert len(texts) == len(vectors()) == 53
        together = "".join(texts.values())
        assert {ord(character) >> 16 for character in together} == set(range(17))
        wanted = "\0\r\n\x85\u2028\u2029\u00a0\ufeff\ufffe\uffff\U0010ffff\u0301\u1112\u200d\u202e\u2066\U0001f3fd"
        assert set(wanted) <= set(together)
        assert texts["empty"] == ""
        assert texts["u+feff at the start"].startswith("\ufeff")
        assert not any("\ud800" <= character <= "\udfff" for character in together)

    def test_one_vector_written_out(self) -> None:
        """`emoji` has 🐟 at 5, which is one code point, four bytes and two units."""
        vector = next(vector for vector in vectors() if vector["name"] == "emoji")
        assert vector["text"] == "fish 🐟, chips"
        assert vector["lengths"] == {"codepoint": 13, "utf8": 16, "utf16": 14}
        fish = {"codepoint": [5, 6], "utf8": [5, 9], "utf16": [5, 7], "surface": "🐟"}
        assert [span for span in vector["spans"] if span["surface"] == "🐟"] == [fish]
        far = [2147483648, 4294967296, 4294967297, 9007199254740991]
        assert vector["refused"] == {
            "codepoint": [-2147483648, -1, 14, *far],
            "utf8": [-2147483648, -1, 6, 7, 8, 17, *far],
            "utf16": [-2147483648, -1, 6, 15, *far],
        }

    def test_the_readme_says_how_many(self) -> None:
        """The number of texts in the first sentence is that of the file."""
        found = re.search(r"says of (\d+) texts", (FOLDER / "README.md").read_text(encoding="utf-8"))
        assert found is not None
        assert int(found[1]) == len(vectors())

    def test_the_readme_names_texts_that_are_there(self) -> None:
        """The table of common failures speaks of vectors by their names."""
        table = (FOLDER / "README.md").read_text(encoding="utf-8").split("## Common failures")[1].split("##")[0]
        first = [row.split("|")[1] for row in table.splitlines()[4:] if row]
        named = [name for cell in first for name in re.findall(r"`([^`]+)`", cell)]
        assert len(named) == 9
        assert set(named) <= {vector["name"] for vector in vectors()}

    def test_the_example_of_the_readme_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As it stands there, from the top of the repository."""
        monkeypatch.chdir(FOLDER.parent)
        [code] = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        exec(compile(code, "README.md", "exec"), {})  # the README is ours


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
class TestPython:
    """Steps 1, 2 and 6 of the README by `str.encode` and `bytes.decode`."""

    def test_spans(self, vector: Vector) -> None:
        """The slice in each unit is the surface."""
        for unit, (codec, width) in CODECS.items():
            raw = vector["text"].encode(codec)
            assert len(raw) == vector["lengths"][unit] * width
            for span in vector["spans"]:
                start, end = span[unit]
                assert start < end
                assert raw[start * width : end * width].decode(codec) == span["surface"]

    def test_refused(self, vector: Vector) -> None:
        """Where a text can be cut, both parts decode; where an offset is refused, one does not, or it is outside."""
        for unit, (codec, width) in CODECS.items():
            raw = vector["text"].encode(codec)
            assert vector["refused"][unit] == sorted(set(vector["refused"][unit]))
            assert len(edges(vector, unit)) == len(vector["text"]) + 1
            for offset in vector["refused"][unit]:
                if 0 <= offset <= vector["lengths"][unit]:
                    with pytest.raises(UnicodeDecodeError):
                        raw[offset * width :].decode(codec)


class TestConvert:
    """Steps 3 to 6 of the README by `sidelines.offsets.convert`, over all texts at once."""

    @pytest.mark.parametrize(("source", "target"), PAIRS)
    def test_spans(self, source: str, target: str) -> None:
        """Start and end become those of the other unit."""
        texts = [vector["text"] for vector in vectors()]
        given, expected = (
            [[at for span in vector["spans"] for at in span[unit]] for vector in vectors()] for unit in (source, target)
        )
        assert convert(texts, given, source, target).to_pylist() == expected
        assert convert(pa.array(texts), pa.array(given), source, target).to_pylist() == expected

    @pytest.mark.parametrize(("source", "target"), PAIRS)
    def test_every_edge(self, source: str, target: str) -> None:
        """The n-th place of a text is the same in every unit, from 0 to the length."""
        texts = [vector["text"] for vector in vectors()]
        given = [edges(vector, source) for vector in vectors()]
        assert convert(texts, given, source, target).to_pylist() == [edges(vector, target) for vector in vectors()]

    @pytest.mark.parametrize(("source", "target"), PAIRS)
    def test_refused(self, source: str, target: str) -> None:
        """Each refused offset is null on request."""
        texts = [vector["text"] for vector in vectors()]
        given = [vector["refused"][source] for vector in vectors()]
        made = convert(texts, given, source, target, invalid="null").to_pylist()
        assert made == [[None] * len(offsets) for offsets in given]

    @pytest.mark.parametrize("unit", UNITS)
    def test_refused_by_an_error(self, unit: str) -> None:
        """Each by itself is an error that names it."""
        for vector in vectors()[:-2]:  # the two long ones have hundreds of the same
            for offset in vector["refused"][unit]:
                with pytest.raises(OffsetError) as caught:
                    convert([vector["text"]], [offset], unit, "codepoint")
                assert (caught.value.offset, caught.value.length) == (offset, vector["lengths"][unit])


# -- JavaScript --------------------------------------------------------------------------------------------------------

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node here to run JavaScript with")


def javascript(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), str(SCRIPT), str(path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


def shift_span(vector: Vector) -> None:
    vector["spans"][5]["utf16"][1] += 1


def shift_bytes(vector: Vector) -> None:
    vector["spans"][-1]["utf8"] = [at + 1 for at in vector["spans"][-1]["utf8"]]


def points_for_units(vector: Vector) -> None:
    for span in vector["spans"]:
        span["utf16"] = span["codepoint"]


def other_surface(vector: Vector) -> None:
    vector["spans"][0]["surface"] = "F"


def longer(vector: Vector) -> None:
    vector["lengths"]["utf16"] += 1


def normalised(vector: Vector) -> None:
    vector["text"] = vector["text"].replace("fish", "fi\ufeffsh")


def refused_edge(vector: Vector) -> None:
    vector["refused"]["utf8"].append(9)


def refused_too_few(vector: Vector) -> None:
    vector["refused"]["utf16"].remove(6)


def refused_space(vector: Vector) -> None:
    vector["refused"]["codepoint"][0] = 5


@needs_node
class TestJavaScript:
    def test_vectors(self) -> None:
        """JavaScript's strings, arrays of code points and bytes agree with every vector."""
        done = javascript(FOLDER / "offsets.json")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "53 texts, 1034 spans, 2253 refused\n"

    @pytest.mark.parametrize(
        ("falsify", "message"),
        [
            (shift_span, "1 to 3 in codepoint, as utf16: expected [1,4], found [1,3]"),
            (shift_bytes, "12 to 13 in codepoint, as utf8: expected [16,17], found [15,16]"),
            (points_for_units, "0 to 12 in codepoint, as utf16: expected [0,12], found [0,13]"),
            (other_surface, 'the words from 0 to 1 in codepoint: expected "F", found "f"'),
            (longer, "length in utf16: expected 15, found 14"),
            (normalised, "length in codepoint: expected 13, found 14"),
            (refused_edge, "9 in utf8 is an edge: expected false, found true"),
            (refused_too_few, "refused offsets inside characters, in utf16: expected 1, found 0"),
            (refused_space, "5 in codepoint is an edge: expected false, found true"),
        ],
    )
    def test_a_false_vector_is_found(self, tmp_path: Path, falsify: Callable[[Vector], None], message: str) -> None:
        """One wrong number or word in one vector ends the script with status 1, and says which it is."""
        read = json.loads((FOLDER / "offsets.json").read_bytes())
        falsify(next(vector for vector in read["texts"] if vector["name"] == "emoji"))
        path = tmp_path / "offsets.json"
        path.write_text(json.dumps(read), encoding="ascii")
        done = javascript(path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("emoji: ")
        assert message in done.stderr
