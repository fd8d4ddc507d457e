"""``asnforge rules new-set``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import table_options
from asnforge.cli.terminal import echo


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Create a rule set for the columns of a pool:", "asnforge rules new-set my-telescope --from night.csv"),
        ("Create one for the headers of FITS files:", "asnforge rules new-set my-telescope --from download"),
    ],
)
@click.argument("name", metavar="NAME")
@click.option("--from", "source", required=True, metavar="POOL", help="A pool, a FITS file or a folder of FITS files.")
@click.option("--folder", default=".", metavar="DIR", show_default=True, help="The folder of the new folder.")
@table_options
@quiet_option
def command(name: str, source: str, folder: str, delimiter: str | None, pool_format: str | None) -> None:
    """Create a rule set for the columns of a pool.

    The command writes the folder NAME with a ruleset.yaml, one rule and its cases; they pass rules check and rules test as
    they are. What the columns are is guessed from their names and values, and printed. Exit status: 0 done; 2 the pool cannot
    be read or has no file names, the folder exists, or the files cannot be written.
    """
    from asnforge.authoring.header_pool import read_any_pool
    from asnforge.authoring.new_ruleset import new_ruleset

    pool = read_any_pool(source, delimiter=delimiter, pool_format=pool_format)
    created = new_ruleset(name, pool, Path(folder))
    created.write()
    for guess in created.guesses:
        echo(guess)
    for file in created.files:
        echo(str(created.folder / file))
    path = shlex.quote(str(created.folder))
    echo(f"Then: asnforge rules check {path} && asnforge rules test {path}", err=True)
