"""``asnforge show``."""

from __future__ import annotations

from typing import Any

import click

from asnforge.cli.options import load_rules, rule_options
from asnforge.cli.terminal import echo


@click.command(no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@rule_options
def command(files: tuple[str, ...], **options: Any) -> None:
    """Show what associations combine.

    FILE is an association file: the members of each product are listed by exptype, with what their headers say and
    whether their files exist. A combined FITS product, such as an _i2d.fits, lists what it was made from. Exit status: 0
    done, 2 a file cannot be read.
    """
    from asnforge.byhand.show_association import describe

    ruleset = load_rules(options["rules"], options["ignore_default"], options["only"])
    for file in files:
        for product in describe(file, ruleset):
            for line in product.lines():
                echo(line)
