"""Make the pictures of the documentation from real output: `python docs/make_pictures.py`.

The page of `sidelines view` is taken in Chromium, by `page_pictures`. Plots are those of `sidelines.plots`. Each other
picture is a session in a terminal, run on the shipped corpus or a copy with one fault put in, and drawn as SVG. No font
is fetched: the picture takes the reader's own monospaced one.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
from pathlib import Path

import page_pictures
from click.testing import CliRunner
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PICTURES = Path(__file__).parent / "pictures"
THEME = TerminalTheme(
    (250, 250, 248),
    (36, 41, 47),
    [(36, 41, 47), (180, 35, 24), (26, 127, 55), (154, 103, 0),
     (9, 105, 218), (130, 80, 223), (27, 124, 131), (87, 96, 106)],
    [(87, 96, 106), (164, 14, 38), (45, 164, 78), (191, 135, 0),
     (33, 139, 255), (163, 113, 247), (49, 146, 170), (36, 41, 47)],
)  # fmt: skip
WIDTH = 112


def faulty_corpus(folder: Path) -> Path:
    """The shipped corpus with one mention moved by two characters and one date given a wrong day."""
    from sidelines.layout import shipped

    root = folder / "my-corpus"
    for part in ("corpus", "schema", "annotations"):
        shutil.copytree(shipped() / part, root / part)
    for layer, right, wrong in (
        ("entities", '"start": 257, "end": 269', '"start": 259, "end": 271'),
        ("dates", '"Tuesday", "type": "DATE", "value": "2018-10-23"',
         '"Tuesday", "type": "DATE", "value": "2018-10-24"'),
    ):  # fmt: skip
        path = root / "annotations" / "trump-putin-paris-2018" / f"{layer}.json"
        content = path.read_text(encoding="utf-8")
        assert right in content, f"{layer}: the row that the picture changes is not there"
        path.write_text(content.replace(right, wrong, 1), encoding="utf-8", newline="\n")
    return root


def run(command: str) -> Text:
    """The prompt, the command, and what it prints."""
    from sidelines.cli import cli

    result = CliRunner().invoke(cli, command.split()[1:], color=True)
    return Text.assemble(("$ ", "bold green"), (command, "bold"), "\n") + Text.from_ansi(result.output)


def in_pandas() -> Text:
    """The line that loads the quotes, and what it shows."""
    import sidelines

    code = 'sidelines.load("quotes")[["kind", "speaker_name", "cue_text", "speech"]].head(6)'
    frame = sidelines.load("quotes")[["kind", "speaker_name", "cue_text", "speech"]].head(6)
    shown = frame.to_string(max_colwidth=58)
    return Text.assemble((">>> ", "bold green"), (code, "bold"), "\n", shown)


def shown(lines: int) -> Text:
    """The shipped article as a terminal of that width shows it, as far as so many lines."""
    from sidelines.corpora import read
    from sidelines.display import display
    from sidelines.galley import galley

    wide = list(galley(display(read().document()), WIDTH))[:lines]
    prompt = Text.assemble(("$ ", "bold green"), ("sidelines show", "bold"), "\n")
    return prompt + Text.from_ansi("\n".join(wide))


def draw(name: str, title: str, parts: list[Text]) -> Path:
    """Draw the parts of a session below each other."""
    console = Console(record=True, width=WIDTH, force_terminal=True, file=io.StringIO())
    for number, part in enumerate(parts):
        console.print(part, end="\n" if number < len(parts) - 1 else "")
    svg = console.export_svg(title=title, theme=THEME, unique_id="sidelines")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "'DejaVu Sans Mono', Menlo, Consolas, monospace")
    path = PICTURES / f"{name}.svg"
    path.write_text(svg, encoding="utf-8", newline="\n")
    return path


def plot(name: str) -> Path:
    """Draw a plot of the shipped corpus, with its letters as outlines, the same whenever it is drawn."""
    import matplotlib

    matplotlib.use("svg")
    from sidelines import plots
    from sidelines.corpora import read

    path = PICTURES / f"{name.replace('_', '-')}.svg"
    with matplotlib.rc_context({"svg.hashsalt": "sidelines", "svg.fonttype": "path"}):
        figure = getattr(plots, name)(read().document()).get_figure()
        figure.savefig(path, metadata={"Date": None}, facecolor="white", bbox_inches="tight", pad_inches=0.15)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8", newline="\n")
    return path


def sessions() -> list[Path]:
    """Draw the sessions in a terminal."""
    os.environ.update(FORCE_COLOR="1", COLUMNS=str(WIDTH), TERM="xterm-256color")
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        faulty_corpus(Path(folder))
        os.chdir(folder)
        try:
            parts = [run("sidelines check my-corpus"), run("sidelines check my-corpus --fix"), in_pandas()]
        finally:
            os.chdir(here)
    return [draw("terminal", "sidelines", parts), draw("show", "sidelines show", [shown(35)])]


def main() -> None:
    """Make every picture."""
    for path in sessions():
        print(path)
    for name in ("time_line", "quotes_per_speaker", "who_mentions_whom"):
        print(plot(name))
    page_pictures.main()


if __name__ == "__main__":
    main()
