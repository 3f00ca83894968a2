"""What is no corpus is told so by its name, with what to do next."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from sidelines import layout, strangers
from sidelines.errors import SidelinesError
from sidelines.layout import find, shipped
from sidelines.strangers import STRANGERS

LINES = (
    "Sidelines does not import it: a converter writes JSON Lines, a document with its layers a line "
    "(docs/formats.md in the repository), which `sidelines check` proves"
)

# A sample of each format: the files of a folder.
SAMPLES: dict[str, dict[str, str]] = {
    "brat annotations": {
        "annotation.conf": "[entities]\nPerson\n[relations]\n[events]\n[attributes]\n",
        "news-1.txt": "Ann met Bo in Oslo.\n",
        "news-1.ann": "T1\tPerson 0 3\tAnn\nT2\tPlace 14 18\tOslo\nR1\tmet Arg1:T1 Arg2:T2\n#1\tNote T1\twho?\n",
        "news-2.txt": "Bo left.\n",
        "news-2.ann": "",
    },
    "a WebAnno or INCEpTION export": {
        "visit.tsv": "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Person|value\n\n\n#Text=Ann met Bo.\n"
        "1-1\t0-3\tAnn\tPER\t\n1-2\t4-7\tmet\t_\t\n1-3\t8-10\tBo\tPER\t\n1-4\t10-11\t.\t_\t\n",
    },
    "a UIMA CAS": {
        "visit.xmi": '<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" '
        'xmlns:cas="http:///uima/cas.ecore" xmi:version="2.0">\n  <cas:NULL xmi:id="0"/>\n'
        '  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="Ann met Bo."/>\n</xmi:XMI>\n',
        "TypeSystem.xml": '<?xml version="1.0"?>\n<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"/>\n',
    },
    "GATE documents": {
        "visit.xml": "<?xml version='1.0' encoding='utf-8'?>\n<GateDocument version=\"3\">\n<GateDocumentFeatures/>\n"
        '<TextWithNodes><Node id="0"/>Ann<Node id="3"/> met Bo.</TextWithNodes>\n<AnnotationSet>\n'
        '<Annotation Id="0" Type="Person" StartNode="0" EndNode="3"/>\n</AnnotationSet>\n</GateDocument>\n',
    },
    "TEI": {
        "visit.xml": '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0">\n<teiHeader/>\n'
        "<text><body><p><persName>Ann</persName> met Bo.</p></body></text>\n</TEI>\n",
    },
    "TimeML": {
        "visit.tml": '<?xml version="1.0" ?>\n<TimeML>\n<TEXT>Ann came on '
        '<TIMEX3 tid="t1" type="DATE" value="2024-03-04">Monday</TIMEX3>.</TEXT>\n</TimeML>\n',
    },
    "CoNLL-U": {
        "visit.conllu": "# sent_id = 1\n# text = Ann met Bo\n"
        "1\tAnn\tAnn\tPROPN\tNNP\tNumber=Sing\t2\tnsubj\t_\t_\n2\tmet\tmeet\tVERB\tVBD\t_\t0\troot\t_\t_\n"
        "3\tBo\tBo\tPROPN\tNNP\tNumber=Sing\t2\tobj\t_\tSpaceAfter=No\n\n",
    },
    "CoNLL columns": {
        "train.txt": "-DOCSTART- -X- -X- O\n\nAnn NNP B-NP B-PER\nmet VBD B-VP O\nBo NNP B-NP B-PER\n. . O O\n\n",
    },
    "spaCy documents": {"train.spacy": "x\x9c"},
    "a Hugging Face dataset": {
        "dataset_dict.json": '{"splits": ["train"]}',
        "train/dataset_info.json": '{"features": {"tokens": {"_type": "Sequence"}}}',
        "train/data-00000-of-00001.arrow": "\xff\xff\xff\xff",
    },
    "a Label Studio export": {
        "project-1.json": '[{"id": 1, "annotations": [{"id": 1, "result": [{"value": {"start": 0, "end": 3, '
        '"text": "Ann", "labels": ["PER"]}, "from_name": "label", "to_name": "text", "type": "labels"}]}], '
        '"data": {"text": "Ann met Bo."}}]',
    },
    "Prodigy annotations": {
        "visit.jsonl": '{"text": "Ann met Bo.", "_input_hash": 1, "_task_hash": 2, "spans": [{"start": 0, "end": 3, '
        '"label": "PER"}], "answer": "accept"}\n',
    },
    "a doccano export": {"all.jsonl": '{"id": 1, "text": "Ann met Bo.", "label": [[0, 3, "PER"], [8, 10, "PER"]]}\n'},
    "XML": {"visit.xml": "<doc><s>Ann met Bo.</s></doc>\n"},
    "JSON Lines": {"visit.jsonl": '{"text": "Ann met Bo."}\n', "README.md": "Ours.\n"},
    "JSON": {"visit.json": '{"text": "Ann met Bo."}\n'},
    "Parquet": {"visit.parquet": "PAR1"},
    "a table": {"visit.csv": "start,end,label\n0,3,PER\n"},
    "an archive": {"visit.zip": "PK"},
    "texts": {"a.txt": "Ann met Bo.\n", "b.txt": "Bo left.\n", "LICENCE": "Free.\n"},
    "documents": {"visit.docx": "PK"},
}


def lay(folder: Path, files: dict[str, str]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode("latin-1" if "\xff" in content or "\x9c" in content else "utf-8"))
    return folder


def told(path: Path) -> str:
    """What is said of a path, without the path."""
    with pytest.raises(SidelinesError) as caught:
        find(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_every_format_has_a_sample() -> None:
    """In the order in which they are looked for."""
    assert list(SAMPLES) == list(STRANGERS)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_folder_of_a_format(name: str, tmp_path: Path) -> None:
    """Is known, and not taken for another."""
    shown = told(lay(tmp_path / "mine", SAMPLES[name]))
    assert shown.startswith(f"expected a corpus, found {name} (")
    assert "; " in shown


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_a_format(name: str, tmp_path: Path) -> None:
    """Is known as well, by itself, with line ends of any kind."""
    files = {file: content for file, content in SAMPLES[name].items() if "." in file and file != "annotation.conf"}
    file = list(files)[-1] if name == "a Hugging Face dataset" else next(iter(files))
    if name == "brat annotations":
        file = "news-1.ann"
    content = files[file].replace("\n", "\r\n")
    lay(tmp_path, {file: content})
    assert told(tmp_path / file).startswith(f"expected a corpus, found {name}; ")


def test_brat_in_full(tmp_path: Path) -> None:
    """Whose texts are a beginning; the folder is ready to be copied into a shell."""
    folder = lay(tmp_path / "my brat" / "news", SAMPLES["brat annotations"]).parent
    assert told(folder) == (
        "expected a corpus, found brat annotations (2 files, such as news/news-1.ann); Sidelines does not import it: "
        f"`sidelines init NAME --from '{folder / 'news'}'` makes a corpus of the texts, a converter writes the layers "
        "(docs/formats.md in the repository), which `sidelines check` proves"
    )


def test_conll_in_full(tmp_path: Path) -> None:
    """Which has no texts to begin with."""
    folder = lay(tmp_path / "mine", SAMPLES["CoNLL columns"])
    assert told(folder) == f"expected a corpus, found CoNLL columns (train.txt); {LINES}"


@pytest.mark.parametrize(
    "files",
    [
        {"visit.conll": "#begin document (nw/1); part 000\nnw/1 0 0 Ann NNP * - - - - * (1)\n"},
        {"visit.iob2": "Ann\tB-PER\nmet\tO\n"},
        {"visit.bio": "Ann B-PER\nBell I-PER\n"},
        {"visit.v4_gold_conll": "#begin document (nw/1); part 000\nnw/1 0 0 Ann NNP * - - - - * (1)\n"},
    ],
    ids=["2012", "tabs", "spaces", "ontonotes"],
)
def test_kinds_of_conll(files: dict[str, str], tmp_path: Path) -> None:
    """Columns are told by their tags, or by the line with which a document begins."""
    assert told(lay(tmp_path / "mine", files)).startswith("expected a corpus, found CoNLL columns")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.ann": "", "a.txt": "Ann."}, "brat annotations (a.ann)"),
        ({"annotation.conf": "", "a.txt": "Ann."}, "brat annotations (annotation.conf)"),
        ({"a.ann": "a song and its annotations", "a.txt": "Ann."}, "texts (a.txt)"),
        ({"a.txt": "Plan B-2 and vitamin O\nwere on his list."}, "texts (a.txt)"),
        ({"cas.json": '{"%TYPES": {}, "%FEATURE_STRUCTURES": []}'}, "a UIMA CAS (cas.json)"),
        ({"a.jsonl": '{"text": "Ann.", "entities": [{"id": 1, "start_offset": 0}]}'}, "a doccano export (a.jsonl)"),
        ({"quotes.json": '{"quotes": [], "entities": [{"id": "e1"}]}'}, "JSON (quotes.json)"),
    ],
)  # fmt: skip
def test_nearly_the_same(files: dict[str, str], found: str, tmp_path: Path) -> None:
    """One is told from the other by what is in the files."""
    assert told(lay(tmp_path / "mine", files)).startswith(f"expected a corpus, found {found}; ")


class TestCorpora:
    @pytest.mark.parametrize("below", ["corpus", "schema", "annotations/visit", "annotations/visit/dates.json"])
    def test_inside_of_one(self, sound: Path, below: str) -> None:
        """The corpus is meant to which it belongs."""
        kind = "file" if below.endswith(".json") else "folder"
        assert told(sound / below) == f"expected a corpus, found a {kind} of one; did you mean {sound}?"

    @pytest.mark.parametrize(
        ("here", "path", "shown"),
        [
            ("..", "{name}/corpus", "{name}"),
            (".", "corpus", "."),
            ("corpus", ".", ".."),
            ("annotations/visit", "../visit", "../.."),
            ("annotations", "../../{name}/corpus", "../../{name}"),
        ],
    )
    def test_inside_of_one_as_it_is_called_from_here(
        self, sound: Path, monkeypatch: pytest.MonkeyPatch, here: str, path: str, shown: str
    ) -> None:
        """A relative path is answered with one."""
        monkeypatch.chdir(sound / here)
        found = told(Path(path.format(name=sound.name)))
        assert found == f"expected a corpus, found a folder of one; did you mean {shown.format(name=sound.name)}?"

    def test_inside_of_a_build(self, tmp_path: Path) -> None:
        """A build is a corpus, too."""
        lay(tmp_path, {"corpus.json": "{}", "parquet/dates.parquet": "PAR1"})
        assert told(tmp_path / "parquet") == f"expected a corpus, found a folder of one; did you mean {tmp_path}?"

    def test_folders_that_are_only_called_so(self, tmp_path: Path) -> None:
        """A folder `corpus` of texts belongs to no corpus."""
        lay(tmp_path, {"corpus/a.txt": "Ann."})
        assert told(tmp_path / "corpus").startswith("expected a corpus, found texts (a.txt); ")

    def test_above(self, tmp_path: Path) -> None:
        """Corpora in folders of the folder are named, up to three."""
        lay(tmp_path, {"b/corpus/corpus.json": "{}", "notes.txt": "Mine."})
        shown = f"expected a corpus, found none here but below; did you mean {tmp_path / 'b'}"
        assert told(tmp_path) == f"{shown}?"
        lay(tmp_path, {f"{name}/corpus/corpus.json": "{}" for name in "cde"})
        assert told(tmp_path) == f"{shown} or {tmp_path / 'c'} or {tmp_path / 'd'} or another?"

    @pytest.mark.parametrize(
        ("folders", "found"),
        [
            (["schema", "annotations"], "schema/ and annotations/"),
            (["annotations", "corpus"], "corpus/ and annotations/"),
            (["corpus", "schema", "annotations"], "corpus/, schema/ and annotations/"),
        ],
    )
    def test_without_metadata(self, folders: list[str], found: str, tmp_path: Path) -> None:
        """What is missing is named."""
        for folder in folders:
            (tmp_path / folder).mkdir()
        assert told(tmp_path) == (
            f"expected a corpus, found {found} without corpus/corpus.json, in which a corpus names itself and its "
            "layers; `sidelines init NAME` makes one to look at"
        )

    def test_metadata_alone(self, tmp_path: Path) -> None:
        """It tells a build or lines by what stands beside it, and there is nothing."""
        lay(tmp_path, {"corpus.json": "{}"})
        assert told(tmp_path) == (
            "expected a corpus, found corpus.json without parquet/ or jsonl/ beside it; of a corpus of files it "
            "stands in corpus/; `sidelines init NAME` makes one to look at"
        )

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        """Is told how one begins."""
        assert told(tmp_path) == (
            "expected a corpus, found nothing in it; `sidelines init NAME` begins a corpus, "
            "`sidelines init NAME --from FOLDER` makes one of texts"
        )

    def test_a_file_of_no_known_kind(self, tmp_path: Path) -> None:
        """Is told what a corpus is."""
        lay(tmp_path, {"picture.png": "PNG"})
        assert told(tmp_path / "picture.png") == (
            "expected a corpus, found a file; a corpus is a folder, with texts in corpus/ and annotations in "
            "annotations/; `sidelines init NAME` makes one to look at"
        )

    def test_lines_in_the_wrong_place(self, tmp_path: Path) -> None:
        """A file of JSON Lines is told where it belongs."""
        lay(tmp_path, {"mine.jsonl": '{"document": {}, "text": "", "annotations": {}}\n'})
        assert told(tmp_path / "mine.jsonl") == (
            "expected a corpus, found JSON Lines; a corpus has them in jsonl/, beside corpus.json and schema/, a "
            "document with its layers a line (docs/formats.md in the repository)"
        )


class TestMissing:
    @pytest.mark.parametrize(
        ("wrong", "right"),
        [("corpora/nwes", "corpora/news"), ("corpra/news", "corpora/news"), ("Corpora/NEWS/x", "corpora"),
         ("corpra/gone", "corpora")],
    )  # fmt: skip
    def test_the_nearest(self, tmp_path: Path, wrong: str, right: str) -> None:
        """The folder that was meant, as far as it is there."""
        (tmp_path / "corpora" / "news").mkdir(parents=True)
        if (tmp_path / wrong.split("/")[0]).exists() and wrong[0] == "C":
            pytest.skip("names that differ by case are one here")
        assert told(tmp_path / wrong) == f"no such folder; did you mean {tmp_path / right}?"

    def test_nothing_like_it(self, tmp_path: Path) -> None:
        """Neither files nor what is hidden is meant."""
        lay(tmp_path, {"new": "a file", ".news/x": "hidden"})
        assert told(tmp_path / "news") == "no such folder"

    def test_relative(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As the path was given, so is the answer."""
        (tmp_path / "my-corpus").mkdir()
        monkeypatch.chdir(tmp_path)
        assert told(Path("my_corpus")) == "no such folder; did you mean my-corpus?"

    def test_no_folder_at_all(self) -> None:
        """A path without any folder above it has nothing that is like it."""
        assert strangers.missing(Path("")) == ""

    @pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
    def test_links(self, tmp_path: Path) -> None:
        """A link to nothing, or to itself, is told as one."""
        for name, target in (("gone", "nothing"), ("loop", "loop")):
            (tmp_path / name).symlink_to(tmp_path / target)
            assert told(tmp_path / name) == "no such folder; it is a link that leads to nothing"


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
class TestGlance:
    def test_circles_of_links_and_pipes(self, tmp_path: Path) -> None:
        """Are passed over."""
        lay(tmp_path, {"a.txt": "Ann.", "b/c.txt": "Bo."})
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "here").symlink_to(tmp_path)
        os.mkfifo(tmp_path / "pipe.conll")
        assert told(tmp_path).startswith("expected a corpus, found texts (2 files, such as a.txt); ")

    def test_what_cannot_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A folder that cannot be listed is told so; below it, what cannot be is passed over."""
        lay(tmp_path, {"a/visit.txt": "Ann.", "b.txt": "Bo."})
        scan = os.scandir

        def forbid(path: Path) -> object:
            if path.name == forbidden:
                raise PermissionError(13, "Permission denied")
            return scan(path)

        monkeypatch.setattr(os, "scandir", forbid)
        forbidden = "a"
        assert told(tmp_path).startswith("expected a corpus, found texts (b.txt); ")
        forbidden = tmp_path.name
        assert told(tmp_path) == "expected a corpus, found a folder that cannot be listed"

    def test_a_folder_of_very_many(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No more than a few hundred names and three files are looked at."""
        lay(tmp_path, {f"{number}.conllu": "1\t" for number in range(400)})
        looked = []
        monkeypatch.setattr(
            strangers, "_head", lambda path: looked.append(path) or SAMPLES["CoNLL-U"]["visit.conllu"].encode()
        )
        assert told(tmp_path).startswith("expected a corpus, found CoNLL-U (at least 300 files, such as ")
        assert len(looked) <= 3

    def test_deep_folders(self, tmp_path: Path) -> None:
        """Three folders down, and no further."""
        lay(tmp_path, {"a/b/c/visit.txt": "Ann.", "a/b/c/d/train.spacy": "x"})
        assert told(tmp_path).startswith("expected a corpus, found texts (a/b/c/visit.txt); ")

    def test_a_corpus_that_may_not_be_looked_at(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Around a path there may be what the system forbids to look at: then nothing is said of it."""

        def forbid(root: Path) -> str:
            raise SidelinesError("cannot be read")

        (tmp_path / "corpus").mkdir()
        monkeypatch.setattr(strangers, "form", forbid)
        assert told(tmp_path / "corpus").startswith("expected a corpus, found nothing in it")


def test_a_real_archive(tmp_path: Path) -> None:
    """Is to be unpacked."""
    with zipfile.ZipFile(tmp_path / "corpus.zip", "w") as archive:
        archive.write(shipped() / "corpus" / "corpus.json", "corpus/corpus.json")
    assert told(tmp_path / "corpus.zip") == "expected a corpus, found an archive; unpack it, and name the folder"


def test_a_corpus_is_found_without_looking_around() -> None:
    """Nothing of this is loaded where there is a corpus."""
    assert layout.find_form(shipped())[1] == "files"
