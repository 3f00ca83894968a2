"""The order of the modules, and what is not imported before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "sidelines"

# The data flow, left to right: a module imports, at its top, only from those before it.
ORDER = [
    "errors", "jobs", "stores", "layout", "datasets", "packaging", "disk", "files", "sources", "objects", "problems",
    "jsontree", "strictjson", "strangers", "arrow", "patterns", "dialect", "model", "resolver", "schema", "codec",
    "columns", "grammar", "units", "offsets", "digest", "intervals", "marks", "timex", "shape", "tables", "salvage",
    "derive", "settings", "reader", "conform", "tablefile", "parquet", "linefile", "lines", "opening", "writer",
    "notation", "notes", "inline", "gatherer", "changes", "workfile", "surfaces", "readings", "diagnosis",
    "rules.finding", "rules.texts", "rules.spans", "rules.references", "rules.layout", "rules.entities", "rules.quotes",
    "rules.dates", "rules.corpora", "rules.builds", "rules.catalogue", "selection", "contexts", "causes", "checker",
    "documents", "revision", "versioned", "remedies", "mender", "repairs", "reports.view", "reports.excerpts",
    "remarks", "display", "sheets", "outputs", "viewer", "parts", "builder", "verifier", "frames", "corpora",
    "textfolder", "templating", "drafts", "packages", "pairs", "sides", "pieces", "joins", "testing.drawn",
    "testing.cutter", "testing.valuer", "testing.settler", "testing.plan", "testing.placer", "testing.rows",
    "testing.composer", "testing.mutations.places", "testing.mutations.files", "testing.mutations.schemas",
    "testing.mutations.spans", "testing.mutations.counting", "testing.mutations.relations",
    "testing.mutations.meanings", "testing.mutations.builds", "galley", "reports.text", "notebooks", "summaries",
    "scales", "lettering", "plots", "reports.records", "reports.github", "reports.sarif", "reports.junit",
    "reports.counts", "reports.formats", "terminal", "commands.options", "commands.check", "commands.annotate",
    "commands.build", "commands.verify", "commands.fmt", "commands.tables", "commands.show", "commands.view",
    "commands.explain", "commands.init", "cli", "pytest_items", "pytest_plugin",
]  # fmt: skip
PARENTS = ("commands", "reports", "rules", "testing", "testing.mutations")
ROOTS = {"__init__", "__main__", *(f"{parent}.__init__" for parent in PARENTS)}


def modules() -> dict[str, Path]:
    files = PACKAGE.rglob("*.py")
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in files}


def top_imports(path: Path) -> set[str]:
    """The modules of Sidelines that are imported when this one is."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sidelines"):
            base = (node.module or "").removeprefix("sidelines").removeprefix(".")
            names = [".".join(filter(None, [base, alias.name])) for alias in node.names]
            found |= {name if name in ORDER else base for name in names}
    return found - {""}


def test_every_module_has_its_place() -> None:
    """A new module is put where the data flow has it."""
    assert set(modules()) == {*ORDER, *ROOTS}


@pytest.mark.parametrize("name", ORDER)
def test_imports_run_from_left_to_right(name: str) -> None:
    """No module imports one that comes later in the data flow."""
    assert top_imports(modules()[name]) <= set(ORDER[: ORDER.index(name)])


def loaded_by(code: str) -> set[str]:
    program = f"import sys; {code}; print(' '.join(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_sidelines_loads_nothing_heavy() -> None:
    """`import sidelines` and its version cost next to nothing, and need no extra."""
    heavy = {"pandas", "pyarrow", "numpy", "jsonschema", "msgspec", "click", "rich", "hypothesis", "urllib.request"}
    assert not heavy & loaded_by("import sidelines; sidelines.__version__")


def test_the_command_line_loads_nothing_heavy() -> None:
    """The help and the version of the command line need click alone."""
    heavy = {"pandas", "pyarrow", "numpy", "jsonschema", "msgspec", "rich"}
    assert not heavy & loaded_by("import sidelines.cli")


def test_a_clean_check_needs_neither_pandas_nor_jsonschema() -> None:
    """jsonschema explains what is wrong; where nothing is, it is not loaded."""
    assert not {"pandas", "jsonschema", "rich"} & loaded_by("import sidelines; assert sidelines.check().ok")


def test_showing_a_document_needs_no_pandas() -> None:
    """It is set from the columns of its tables."""
    code = "import sidelines.cli; assert sidelines.cli.main(['show']) == 0"
    assert not {"pandas", "jsonschema", "rich.console"} & loaded_by(code)


def test_a_build_needs_no_pandas(tmp_path: Path) -> None:
    """Tables are made and written without pandas."""
    code = f"import sidelines; sidelines.build(out={str(tmp_path / 'out')!r})"
    assert not {"pandas", "jsonschema"} & loaded_by(code)


def test_a_join_of_tables_needs_no_pandas() -> None:
    """Only where a frame is given, pandas is there already."""
    code = "import sidelines; t = sidelines.read().tables; sidelines.join(t['mentions'], t['quotes'], columns=True)"
    assert not {"pandas", "jsonschema"} & loaded_by(code)


def test_no_module_hides_a_public_function() -> None:
    """`import sidelines.checker` leaves `sidelines.check` what it is."""
    import sidelines

    assert not set(sidelines.__all__) & {name.split(".")[0] for name in modules()}


def test_every_public_name_is_there() -> None:
    """What `__all__` and `dir` promise can be imported; any other name is an AttributeError."""
    import sidelines

    assert all(hasattr(sidelines, name) for name in sidelines.__all__)
    assert set(sidelines.__all__) <= set(dir(sidelines))
    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        _ = sidelines.laod
