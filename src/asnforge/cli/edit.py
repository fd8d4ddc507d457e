"""``asnforge edit``."""

from __future__ import annotations

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import load_rules, ruleset_options
from asnforge.cli.terminal import echo


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        (
            "Remove the second dither from an association, in a new file:",
            'asnforge edit target_asn.json --remove "*_00002_*" -o fewer_asn.json',
        ),
        ("Add files as background members:", "asnforge edit target_asn.json --add sky/1_x1d.fits --exptype background"),
    ],
)
@click.argument("file", metavar="FILE")
@click.option(
    "--add", multiple=True, metavar="PATH", help="Add this file, or the files of a pattern, as members. Repeatable."
)
@click.option(
    "--exptype", default="science", show_default=True, metavar="TYPE", help="The exptype of the members that are added."
)
@click.option(
    "--remove",
    multiple=True,
    metavar="NAME",
    help="Remove this member: its expname, file name or a pattern. Repeatable.",
)
@click.option("--product", metavar="NAME", help="The product to change. [default: the first]")
@click.option("--locate", metavar="DIR", help="Write the path to each member's file, which is searched below DIR.")
@click.option("-o", "--output", metavar="FILE", help="Write the result to this file. [default: FILE itself]")
@ruleset_options
@quiet_option
def command(
    file: str,
    add: tuple[str, ...],
    exptype: str,
    remove: tuple[str, ...],
    product: str | None,
    locate: str | None,
    output: str | None,
    rules: tuple[str, ...],
    ignore_default: bool,
) -> None:
    """Add and remove members of an association file.

    FILE is validated before and after; if anything is wrong, nothing is written. With --output in another folder, the paths
    of members are changed accordingly. Exit status: 0 written, 2 not.
    """
    from asnforge.byhand.association_file import read_association, write_association
    from asnforge.byhand.edit import Addition, edited
    from asnforge.byhand.given_files import known_exptype

    if not (add or remove or locate):
        raise click.UsageError("Nothing to do: give --add, --remove or --locate.")
    ruleset = load_rules(rules, ignore_default)
    exptype = known_exptype(exptype, ruleset)
    association = edited(
        read_association(file, ruleset),
        [Addition(path, exptype) for path in add],
        remove,
        product=product,
        locate=locate,
    )
    for finding in write_association(association, output or file, ruleset):
        echo(finding, err=True)
    echo(f"{output or file}: {association.member_counts()}")
