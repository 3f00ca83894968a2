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
    """Explain a rule: what it means, why it matters, examples, and how to mend it.

    CODE is a code or a name. With the beginning of codes, the rules whose codes begin so are listed, without one all.

    \b
    Examples:
      sidelines explain O004
      sidelines explain surface-differs
      sidelines explain F1
    """
    from sidelines.rules.catalogue import FAMILIES, RULES, page
    from sidelines.selection import code_of

    if every:
        click.echo("\n".join(page(known) for known in RULES), nl=False)
        return CLEAN
    wanted = code_of(code) if code else ""
    if wanted in RULES:
        click.echo(render(page(wanted)), nl=False)
        return CLEAN
    for letter, family in FAMILIES.items():
        listed = [known for known in RULES if known[0] == letter and known.startswith(wanted)]
        if listed:
            click.echo(click.style(f"{letter}  {family}", bold=True))
            for known in listed:
                click.echo(f"   {known}  {RULES[known].name}")
    return CLEAN
