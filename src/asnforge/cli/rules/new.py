"""``asnforge rules new``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from asnforge.cli.terminal import echo


@click.command(no_args_is_help=True)
@click.argument("name", metavar="NAME")
@click.option("--folder", default=".", metavar="DIR", help="Where the files go; '.' else.")
def command(name: str, folder: str) -> None:
    """Begin a rule and its cases.

    Two files are written, which pass rules check and rules test as they are: the rule NAME, and beside it its cases. In a
    folder with a ruleset.yaml the rule is one of that rule set; else it is added to the default one. Exit status: 0 done, 2
    there is such a rule already, or the files cannot be written.
    """
    from asnforge.authoring.scaffold import new_rule

    scaffold = new_rule(name, Path(folder))
    scaffold.write()
    echo(f"{scaffold.rule}: the rule; say what it selects, groups by and requires")
    echo(f"{scaffold.cases}: its cases; say what it makes of which exposures")
    where = "" if folder == "." else f" {shlex.quote(folder)}"
    echo(f"Then: asnforge rules check{where or ' .'} && asnforge rules test{where or ' .'}", err=True)
