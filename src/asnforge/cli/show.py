"""``asnforge show``."""

from __future__ import annotations

import click

from asnforge.cli.commands import Command
from asnforge.cli.options import load_rules, ruleset_options
from asnforge.cli.terminal import echo_fitted, echo_json
from asnforge.findings import InputError


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Show the products and members of all associations in a folder:", "asnforge show asn"),
        ("The same for one file, as JSON:", "asnforge show target_asn.json --json"),
    ],
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print the products and members as JSON.")
@ruleset_options
def command(files: tuple[str, ...], as_json: bool, rules: tuple[str, ...], ignore_default: bool) -> None:
    """Show what associations combine.

    FILE is an association file, or a folder of them: the members of each product are listed by exptype, with what their
    headers say and whether their files exist. A combined FITS product, such as an _i2d.fits, shows the association that its
    header names, or the files that its table lists. Exit status: 0 done, 2 a file cannot be read.
    """
    from asnforge.asnfiles.search import association_files
    from asnforge.byhand.show_association import describe

    ruleset = load_rules(rules, ignore_default)
    named = association_files(files)
    if named.findings:
        raise InputError(*named.findings)
    shown = [(file, product) for file in named.files for product in describe(file, ruleset)]
    if as_json:
        echo_json([{"file": file, **product.as_dict()} for file, product in shown])
        return
    for _, product in shown:
        for line in product.lines():
            echo_fitted(line)
