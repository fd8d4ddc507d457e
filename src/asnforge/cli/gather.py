"""``asnforge gather``."""

from __future__ import annotations

from typing import Literal

import click

from asnforge.cli.terminal import echo
from asnforge.findings import pluralize


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE... DEST")
@click.option("--link", "means", flag_value="link", default=True, help="Link the files of members. [default]")
@click.option("--copy", "means", flag_value="copy", help="Copy the files of members.")
def command(files: tuple[str, ...], means: Literal["link", "copy"]) -> None:
    """Gather associations and the files of their members in one folder.

    The association files FILE are written to the folder DEST with bare member names, so that a pipeline finds every
    member next to them. Exit status: 0 done, 2 a file cannot be read or two files have the same name; nothing is done then.
    """
    from asnforge.byhand.gather import gather

    *paths, folder = files
    if not paths:
        raise click.UsageError("Name one or more association files, and the folder.")
    gathered = gather(paths, folder, means)
    for finding in gathered.findings:
        echo(finding, err=True)
    associations = pluralize(len(gathered.associations), "association")
    echo(f"{folder}: {associations} with {pluralize(gathered.files, 'file')} of members")
