"""Builds in parts: the same tables, the same problems, for any number of processes, and after any interruption."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sidelines
from sidelines import checker, parts
from sidelines.cli import main
from sidelines.errors import InvalidCorpusError, SidelinesError, WorkersLostError
from sidelines.outputs import FolderOutput
from sidelines.parquet import ParquetReader
from sidelines.reader import Reader
from sidelines.sources import Limits
from tests.strategies import twice
from tests.test_checker import layer, write
from tests.test_jobs import Cluster

NAMES = ["early", "visit", "visit-2", "visit-3", "visit-4"]
PARTS = ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]


@pytest.fixture
def five(sound: Path) -> Path:
    """Five documents, alike but for their names."""
    for name in NAMES:
        if name != "visit":
            twice(sound, name)
    return sound


@pytest.fixture
def built(five: Path, tmp_path: Path) -> Path:
    """A build of five documents in three parts."""
    return sidelines.build(five, tmp_path / "built", part_documents=2, jobs=1).out


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(folder: Path, **options: Any) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(p.code, p.path, p.document, p.id) for p in sidelines.check(folder, **options)]


def change(path: Path, how: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(how(pq.read_table(path)), path)


class TestBuilt:
    def test_the_files(self, built: Path) -> None:
        """Each table is a folder of parts, and the same part has the same documents in every table."""
        assert sorted(path.name for path in (built / "parquet" / "mentions.parquet").iterdir()) == PARTS
        for part, names in zip(PARTS, (NAMES[:2], NAMES[2:4], NAMES[4:]), strict=True):
            for table in ("documents", "mentions", "dates"):
                ids = pq.read_table(built / "parquet" / f"{table}.parquet" / part).column("document").to_pylist()
                assert list(dict.fromkeys(ids)) == names
        assert sorted(path.name for path in built.iterdir()) == [
            "SHA256SUMS",
            "corpus.json",
            "index.html",
            "parquet",
            "schema",
        ]

    def test_others_read_the_folders(self, five: Path, built: Path, tmp_path: Path) -> None:
        """As they read one file."""
        whole = sidelines.build(five, tmp_path / "whole").out
        for table in ("documents", "quotes", "roles"):
            one, many = (pd.read_parquet(folder / "parquet" / f"{table}.parquet") for folder in (whole, built))
            pd.testing.assert_frame_equal(one, many)

    def test_it_is_clean_and_whole(self, built: Path) -> None:
        """By `check` and by `verify`."""
        report = sidelines.check(built)
        assert list(report) == []
        assert (report.documents, report.rows["quotes"]) == (5, 20)
        verified = sidelines.verify(built)
        assert verified.ok
        assert (verified.report.documents, verified.report.rows["quotes"], verified.files) == (5, 20, 8 * 3 + 9)

    def test_the_same_tables(self, five: Path, built: Path) -> None:
        """As those of the files."""
        files, build = sidelines.read(five), sidelines.read(built)
        assert build.documents == files.documents == tuple(NAMES)
        for name, table in files.tables.items():
            assert build.tables[name].combine_chunks().equals(table.combine_chunks())

    def test_a_build_of_a_build(self, built: Path, tmp_path: Path) -> None:
        """Keeps the parts, and has the same bytes."""
        again = sidelines.build(built, tmp_path / "again", jobs=1)
        assert again.parts == 3
        assert bytes_of(again.out) == bytes_of(built)
        with pytest.raises(SidelinesError, match="a build that is built again keeps its parts; leave their size out"):
            sidelines.build(built, tmp_path / "more", part_documents=3)

    @pytest.mark.parametrize(("size", "count"), [(5, 1), (4, 2), (1, 5), (None, 1)])
    def test_the_size_of_parts(self, five: Path, tmp_path: Path, size: int | None, count: int) -> None:
        """With as many documents, or fewer, a table is one file."""
        made = sidelines.build(five, tmp_path / "out", part_documents=size)
        assert made.parts == count
        assert (made.out / "parquet" / "dates.parquet").is_file() == (count == 1)

    @pytest.mark.parametrize("size", [0, -1])
    def test_no_size(self, five: Path, tmp_path: Path, size: int) -> None:
        """A part has a document."""
        with pytest.raises(SidelinesError, match=f"^documents of a part: expected 1 or more, found {size}$"):
            sidelines.build(five, tmp_path / "out", part_documents=size)

    def test_one_row_group_for_many_documents(
        self, five: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Hold the rows of many documents, however these are read."""
        monkeypatch.setattr(parts, "GROUP_DOCUMENTS", 2)
        monkeypatch.setattr(Reader.batches, "__defaults__", (1,))
        made = sidelines.build(five, tmp_path / "out").out / "parquet"
        groups = {table: pq.ParquetFile(made / f"{table}.parquet").num_row_groups for table in ("documents", "roles")}
        assert groups == {"documents": 3, "roles": 1}


class TestJobs:
    @pytest.mark.parametrize("jobs", [2, 3])
    def test_the_same_bytes(self, five: Path, built: Path, tmp_path: Path, jobs: int) -> None:
        """Whoever writes them."""
        made = sidelines.build(five, tmp_path / "out", part_documents=2, jobs=jobs)
        assert bytes_of(made.out) == bytes_of(built)
        assert made.rows["quotes"] == 20

    def test_the_same_report(self, five: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of files and of a build, in the same order."""
        monkeypatch.setattr("sidelines.reader.SHARD_DOCUMENTS", 2)
        for name in ("visit", "visit-3", "visit-4"):
            path = five / "annotations" / name / "dates.json"
            path.write_bytes(path.read_bytes().replace(b'"text": "Monday"', b'"text": "Tuesday"'))
        one = sidelines.check(five, jobs=1)
        assert one.counts == {"O004": 3}
        seen: list[tuple[int, int, int]] = []
        two = sidelines.check(five, jobs=2, progress=lambda *state: seen.append(state))
        assert (list(two), two.rows, two.documents) == (list(one), one.rows, one.documents)
        assert seen[-1] == (5, 5, 3)
        change(built / "parquet" / "dates.parquet" / PARTS[2], lambda table: table.slice(1))
        assert found(built, jobs=1) == found(built, jobs=3) != []

    def test_a_shard_by_itself(self, five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a worker finds is what is found here, of its own documents."""
        monkeypatch.setattr("sidelines.reader.SHARD_DOCUMENTS", 2)
        monkeypatch.setattr(Reader.batches, "__defaults__", (2,))
        (five / "annotations" / "visit-2" / "dates.json").unlink()
        reader = Reader(five)
        checked = [checker._check_shard(work) for work in checker.Work.of(reader, reader.shards)]
        assert [each.documents for each in checked] == [2, 3]
        assert [[(p.code, p.document) for p in each.problems] for each in checked] == [[], [("F001", "visit-2")]]
        assert [each.rows["dates"] for each in checked] == [6, 6]

    def test_limits_go_with_the_work(self, five: Path, built: Path) -> None:
        """Whoever does it."""
        for jobs in (1, 2):
            report = sidelines.check(built, limits=Limits(rows=10), jobs=jobs)
            assert report.counts == {"S107": 5}

    def test_one_job_is_this_process(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """More are others."""
        started: list[Any] = []
        start = subprocess.Popen

        def counted(*given: Any, **more: Any) -> Any:
            started.append(given)
            return start(*given, **more)

        monkeypatch.setattr(subprocess, "Popen", counted)
        assert sidelines.check(built, jobs=1).ok
        assert not started
        seen: list[int] = []
        assert sidelines.check(built, jobs=1, progress=lambda done, *_: seen.append(done)).ok
        assert seen == [2, 4, 5]
        assert sidelines.check(built, jobs=3).ok
        assert len(started) == 3

    def test_one_job_tells_of_each_batch(self, five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Others tell of each shard."""
        monkeypatch.setattr("sidelines.reader.SHARD_DOCUMENTS", 2)
        monkeypatch.setattr(Reader.batches, "__defaults__", (1,))
        seen: list[int] = []
        assert sidelines.check(five, jobs=1, progress=lambda done, *_: seen.append(done)).ok
        assert seen == [1, 2, 3, 4, 5]

    def test_a_client_is_asked(self, five: Path, built: Path) -> None:
        """For each shard, even of one."""
        for folder, shards in ((built, 3), (five, 1)):
            cluster = Cluster()
            assert sidelines.check(folder, client=cluster, jobs=1).ok
            assert len(cluster.cancelled) == shards

    def test_each_run_reads_anew(self, five: Path) -> None:
        """What another run in the same process has read is not taken for what there is now."""
        reader = Reader(five)
        (work,) = checker.Work.of(reader, reader.shards)
        assert work.open() is work.open()
        (later,) = checker.Work.of(reader, reader.shards)
        assert later.open() is not work.open()
        assert (work.corpus, work.limits, work.shard) == (five.absolute(), reader.sources.limits, range(5))

    def test_a_file_that_is_missing(self, five: Path, tmp_path: Path) -> None:
        """Is an error of its part."""
        (five / "annotations" / "visit-2" / "dates.json").unlink()
        with pytest.raises(InvalidCorpusError) as caught:
            sidelines.build(five, tmp_path / "out", part_documents=2, jobs=1)
        assert [(problem.code, problem.document) for problem in caught.value.problems] == [("F001", "visit-2")]

    def test_errors_leave_nothing(self, five: Path, tmp_path: Path) -> None:
        """Neither a build nor parts of one."""
        dates = layer(five, "dates")
        dates["dates"][1]["value"] = "2024-03-05"
        write(five, "dates", dates)
        with pytest.raises(InvalidCorpusError) as caught:
            sidelines.build(five, tmp_path / "out", part_documents=2, jobs=2)
        assert [(problem.code, problem.document) for problem in caught.value.problems] == [("D003", "visit")]
        assert not [path for path in tmp_path.iterdir() if path.name != "sound"]

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_progress(self, five: Path, tmp_path: Path, jobs: int) -> None:
        """Documents done, of all, problems so far."""
        seen: list[tuple[int, int, int]] = []
        sidelines.build(five, tmp_path / "out", part_documents=2, jobs=jobs, progress=lambda *state: seen.append(state))
        assert seen == [(2, 5, 0), (4, 5, 0), (5, 5, 0)]


class TestProblems:
    """Where the parts of a build are not what they should be."""

    def test_a_row_of_a_part(self, built: Path) -> None:
        """Is told with the file that it stands in."""
        path = built / "parquet" / "dates.parquet" / PARTS[1]
        change(path, lambda table: table.set_column(4, "text", pa.array(["x"] * table.num_rows)))
        assert {(code, path) for code, path, *_ in found(built)} == {("O004", f"parquet/dates.parquet/{PARTS[1]}")}

    def test_a_part_that_is_missing(self, built: Path) -> None:
        """In one table, of all that there are; the table counts as not read in its documents."""
        (built / "parquet" / "dates.parquet" / PARTS[1]).unlink()
        assert found(built) == [("F001", f"parquet/dates.parquet/{PARTS[1]}", None, None)]

    def test_a_part_of_which_nobody_knows_the_documents(self, built: Path) -> None:
        """Lacks them."""
        (built / "parquet" / "documents.parquet" / PARTS[2]).unlink()
        assert found(built) == [("F001", f"parquet/documents.parquet/{PARTS[2]}", None, None)]
        assert sidelines.check(built).documents == 4

    def test_what_is_no_part(self, built: Path) -> None:
        """Stands beside the parts, and is named; what begins with a dot is not seen."""
        (built / "parquet" / "dates.parquet" / "_SUCCESS").touch()
        (built / "parquet" / "dates.parquet" / ".crc").touch()
        assert found(built) == [("F002", "parquet/dates.parquet/_SUCCESS", None, None)]

    def test_no_parts_at_all(self, built: Path) -> None:
        """The table is missing."""
        for path in (built / "parquet").rglob("*.parquet"):
            if path.is_file():
                path.unlink()
        assert found(built)[0] == ("F001", "parquet/blocks.parquet", None, None)

    def test_a_table_of_one_file_among_parts(self, built: Path) -> None:
        """Is not what is looked for."""
        part = (built / "parquet" / "dates.parquet" / PARTS[0]).read_bytes()
        shutil.rmtree(built / "parquet" / "dates.parquet")
        (built / "parquet" / "dates.parquet").write_bytes(part)
        assert found(built) == [("F004", f"parquet/dates.parquet/{part}", None, None) for part in PARTS]

    @pytest.mark.parametrize("jobs", [1, 3])
    def test_parts_in_another_order(self, built: Path, jobs: int) -> None:
        """Documents come in the order of their ids, from part to part as well, whoever reads them."""
        for table in (built / "parquet").iterdir():
            os.rename(table / PARTS[0], table / "part-00003.parquet")
        assert found(built, jobs=jobs) == [
            ("P003", "parquet/documents.parquet/part-00003.parquet", "early", None),
            ("P003", "parquet/documents.parquet/part-00003.parquet", "visit", None),
        ]

    def test_a_part_without_a_row_group(self, built: Path) -> None:
        """Is one of no documents, as other writers leave it; the one before it counts for the order."""
        for table in (built / "parquet").iterdir():
            with pq.ParquetWriter(table / "part-00000x.parquet", pq.read_schema(table / PARTS[0])):
                pass
        assert found(built) == []
        assert ParquetReader(built).last_before(PARTS[1]) == "visit"

    def test_a_part_before_that_cannot_be_read(self, built: Path) -> None:
        """Has no last document; those of the part before it count."""
        (built / "parquet" / "documents.parquet" / PARTS[1]).write_bytes(b"PAR1")
        codes = found(built)
        assert codes == [("P105", f"parquet/documents.parquet/{PARTS[1]}", None, None)]
        assert ParquetReader(built).last_before(PARTS[2]) == "visit"


class TestInterrupted:
    """A build in parts that was broken off goes on, and the outcome is that of one that was not."""

    @pytest.fixture
    def expected(self, five: Path, tmp_path: Path) -> dict[str, bytes]:
        return bytes_of(sidelines.build(five, tmp_path / "expected", part_documents=2, jobs=1).out)

    def partial(self, five: Path, tmp_path: Path, after: int = 2) -> Path:
        """Break a build off after so many parts."""

        def stop(done: int, *_: int) -> None:
            if done >= 2 * after:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sidelines.build(five, tmp_path / "out", part_documents=2, jobs=1, progress=stop)
        assert not (tmp_path / "out").exists()
        return tmp_path / ".out.sidelines-partial"

    def test_it_goes_on(
        self, five: Path, tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the parts that are missing, and only those."""
        folder = self.partial(five, tmp_path)
        assert sorted(path.name for path in (folder / ".parts").iterdir()) == [f"{PARTS[0]}.json"]
        written: list[str | None] = []
        write_part = parts.write
        monkeypatch.setattr(
            "sidelines.builder.write", lambda part, tell: (written.append(part.name), write_part(part, tell))[1]
        )
        seen: list[tuple[int, int, int]] = []
        made = sidelines.build(
            five, tmp_path / "out", part_documents=2, jobs=1, progress=lambda *state: seen.append(state)
        )
        assert written == PARTS[1:]
        assert seen == [(2, 5, 0), (4, 5, 0), (5, 5, 0)]
        assert bytes_of(made.out) == expected
        assert made.rows["documents"] == 5
        assert not folder.exists()

    def test_workers_that_are_lost(
        self, five: Path, tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        """Leave what they have finished."""

        def lost(function: Callable[[Any], Any], tasks: list[Any], *_: Any) -> Any:
            yield function(tasks[0])
            raise WorkersLostError("the cluster has gone")

        command = ["build", str(five), "--out", str(tmp_path / "out"), "--part-documents", "2", "--jobs", "2"]
        with monkeypatch.context() as patch:
            patch.setattr("sidelines.builder.each", lost)
            assert main(command) == 2
        kept = "the parts that are finished are kept: the same command goes on with the others\n"
        assert capsys.readouterr().err == f"{kept}error: the cluster has gone\n"
        assert (tmp_path / ".out.sidelines-partial" / ".parts" / f"{PARTS[0]}.json").exists()
        assert main(command) == 0
        assert bytes_of(tmp_path / "out") == expected

    def test_what_changed_meanwhile_is_written_again(self, five: Path, tmp_path: Path) -> None:
        """A part is made of what there is now."""
        self.partial(five, tmp_path)
        dates = layer(five, "dates")
        dates["dates"][2]["value"] = "2022"
        write(five, "dates", dates)
        made = sidelines.build(five, tmp_path / "out", part_documents=2)
        values = pd.read_parquet(made.out / "parquet" / "dates.parquet").query("id == 'd3'").value.tolist()
        assert values == ["2023", "2022", "2023", "2023", "2023"]

    @pytest.mark.parametrize(
        "harm",
        [
            lambda folder: (folder / ".parts" / f"{PARTS[0]}.json").write_bytes(b"{"),
            lambda folder: (folder / "parquet" / "dates.parquet" / PARTS[0]).write_bytes(b"x"),
            lambda folder: (folder / "parquet" / "dates.parquet" / PARTS[0]).unlink(),
            lambda folder: (folder / "parquet" / "dates.parquet" / "stranger.parquet").touch(),
            lambda folder: (folder / "corpus.json").touch(),
            lambda folder: shutil.rmtree(folder / "parquet"),
        ],
    )
    def test_what_is_not_whole_is_written_again(
        self, five: Path, tmp_path: Path, expected: dict[str, bytes], harm: Callable[[Path], Any]
    ) -> None:
        """And what should not be there is gone."""
        harm(self.partial(five, tmp_path))
        assert bytes_of(sidelines.build(five, tmp_path / "out", part_documents=2).out) == expected

    @pytest.mark.parametrize("size", [1, 3, 5])
    def test_other_parts(self, five: Path, tmp_path: Path, size: int) -> None:
        """What was written for parts of another size is of no use."""
        self.partial(five, tmp_path)
        straight = bytes_of(sidelines.build(five, tmp_path / "straight", part_documents=size).out)
        assert bytes_of(sidelines.build(five, tmp_path / "out", part_documents=size).out) == straight

    def test_where_there_are_no_locks(
        self, five: Path, tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It goes on as well."""
        monkeypatch.setattr("sidelines.files.lock", lambda path: None)
        self.partial(five, tmp_path)
        assert bytes_of(sidelines.build(five, tmp_path / "out", part_documents=2).out) == expected

    def test_another_run_at_the_same_time(self, five: Path, tmp_path: Path) -> None:
        """Is refused: two may not fill one folder."""

        def again(*_: int) -> None:
            sidelines.build(five, tmp_path / "out", part_documents=2, jobs=1)

        with pytest.raises(SidelinesError, match="another run is writing there"):
            sidelines.build(five, tmp_path / "out", part_documents=2, jobs=1, progress=again)

    @pytest.mark.skipif(os.name == "nt", reason="needs groups of processes")
    @pytest.mark.parametrize("seconds", [0.6, 0.9, 1.2, 1.5])
    def test_killed(self, five: Path, tmp_path: Path, expected: dict[str, bytes], seconds: float) -> None:
        """At whatever moment, workers and all: the next run ends as if nothing had been."""
        program = "import sys, sidelines; sidelines.build(sys.argv[1], sys.argv[2], part_documents=2, jobs=2)"
        with subprocess.Popen(
            [sys.executable, "-c", program, five, tmp_path / "out"], start_new_session=True
        ) as process:
            time.sleep(seconds)
            os.killpg(process.pid, signal.SIGKILL)
        assert bytes_of(sidelines.build(five, tmp_path / "out", part_documents=2, jobs=1).out) == expected


def test_two_that_write_the_same_part(five: Path, built: Path, tmp_path: Path) -> None:
    """Write the same, and neither is in the other's way: a task may be done twice."""
    reader = Reader(five)
    folder = tmp_path / "new"
    (work,) = checker.Work.of(reader, [range(2)])
    part = parts.Part(work, FolderOutput(folder), PARTS[0], True)
    inner: list[Any] = []

    def meanwhile(*_: int) -> None:
        if not inner:
            inner.append(None)
            inner[0] = parts.write(part)

    outer = parts.write(part, meanwhile)
    assert inner == [outer]
    assert bytes_of(folder / "parquet").keys() == {
        path.relative_to(built / "parquet").as_posix() for path in (built / "parquet").rglob(PARTS[0])
    }
    assert msgspec.json.decode((folder / ".parts" / f"{PARTS[0]}.json").read_bytes(), type=parts.Written) == outer
