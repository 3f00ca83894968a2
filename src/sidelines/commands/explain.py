"""`sidelines explain`: what a rule means."""

from __future__ import annotations

import click

from sidelines.commands.options import CLEAN
from sidelines.terminal import render

__all__ = ["explain"]


@click.command()
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help="Explain every rule, in Markdown.")
def explain(code: str | None, every: bool) -> int:
    """Explain a rule: what it means, why it matters, examples, and how to mend it; without a code, list the rules.

    \b
    Examples:
      sidelines explain O004
      sidelines explain surface-differs
    """
    from sidelines.rules.catalogue import FAMILIES, RULES, page

    if every:
        click.echo("\n".join(page(known) for known in RULES), nl=False)
    elif code is not None:
        click.echo(render(page(code)), nl=False)
    else:
        for letter, family in FAMILIES.items():
            click.echo(click.style(f"{letter}  {family}", bold=True))
            for known, rule in RULES.items():
                if known[0] == letter:
                    click.echo(f"   {known}  {rule.name}")
    return CLEAN
