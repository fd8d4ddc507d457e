"""``asnforge gather``."""

from __future__ import annotations

from typing import Literal

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import load_rules, ruleset_options
from asnforge.cli.terminal import echo
from asnforge.findings import InputError, pluralize


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Link an association and the files of its members in the folder run:", "asnforge gather target_asn.json run"),
        (
            "Copy them instead, for a computer without access to the download:",
            "asnforge gather target_asn.json run --copy",
        ),
    ],
)
@click.argument("files", nargs=-1, required=True, metavar="FILE... DEST")
@click.option("--link", "means", flag_value="link", default=True, help="Link the files of members. [default]")
@click.option("--copy", "means", flag_value="copy", help="Copy the files of members.")
@ruleset_options
@quiet_option
def command(
    files: tuple[str, ...], means: Literal["link", "copy"], rules: tuple[str, ...], ignore_default: bool
) -> None:
    """Gather associations and the files of their members in one folder.

    The association files FILE, or those of a folder, are written to the folder DEST with bare member names, so that a
    pipeline finds every member next to them. Links are absolute, so DEST can be moved. Exit status: 0 done, 2 a file cannot
    be read, the file of a science member does not exist, or two files have the same name; nothing is done then.
    """
    from asnforge.asnfiles.search import association_files
    from asnforge.byhand.gather import gather

    *paths, folder = files
    if not paths:
        raise click.UsageError("Name one or more association files, and the folder.")
    named = association_files(paths)
    if named.findings:
        raise InputError(*named.findings)
    gathered = gather(named.files, folder, load_rules(rules, ignore_default), means)
    for finding in gathered.findings:
        echo(finding, err=True)
    associations = pluralize(len(gathered.associations), "association")
    echo(f"{folder}: {associations} with {pluralize(gathered.files, 'file')} of members")
