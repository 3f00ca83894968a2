"""`sidelines init`: a new corpus package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sidelines.commands.options import CLEAN, PROBLEMS
from sidelines.errors import InvalidCorpusError
from sidelines.terminal import print_error, print_package, print_problems, progress_bar

__all__ = ["init"]


@click.command()
@click.argument("name")
@click.option("--from", "texts", metavar="FOLDER", help="Folder of texts: every .txt in it, at any depth, as it is.")
@click.option(
    "--layer", "layers", multiple=True, metavar="LAYER",
    help="A layer to have: structure, entities, quotes, dates, or any other name for a schema of your own to start "
    "from. May be given several times.  [default: the four]",
)  # fmt: skip
@click.option("--title", help="Title for people.  [default: made from the name]")
@click.option("--author", help="Who makes the corpus.")
@click.option("--language", metavar="TAG", help="Language of all the texts; for en there are rules more.")
@click.option(
    "--licence", "--license", default="CC-BY-4.0", show_default=True, metavar="SPDX",
    help="Licence of the annotations, not of the texts.",
)  # fmt: skip
def init(name: str, texts: str | None, **options: Any) -> int:
    """Make a new corpus package: a folder that is clean, tested, and can be installed with pip.

    NAME is the folder to make; the last part of it is the name of the package. With my-news, `pip install ./my-news`
    gives `import my_news`. Without --from it has one made-up text, annotated, to show what that looks like.

    \b
    Examples:
      sidelines init my-news --from texts
      sidelines init my-news --from texts --layer entities --layer moods --language en
    """
    from sidelines.packages import init as run

    try:
        with progress_bar("writing") as progress:
            made = run(name, texts, progress=progress, **options)
    except InvalidCorpusError as error:
        print_problems(error.problems, Path())
        print_error(str(error))
        return PROBLEMS
    print_package(made)
    return CLEAN
