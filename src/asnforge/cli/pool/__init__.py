"""``asnforge pool``: one module for each command, imported when it is called."""

from __future__ import annotations

import click

from asnforge.cli.commands import LazyGroup

VERBS = {
    "check": "Check pools or FITS files before associations are generated.",
    "make": "Make a pool from FITS files.",
    "show": "Show the setups of a pool or of FITS files.",
}
"""The short help of each command, so that the help imports none of them."""


@click.group(
    cls=LazyGroup,
    package="asnforge.cli.pool",
    verbs=VERBS,
    examples=[
        ("Make a pool from the headers of FITS files:", "asnforge pool make download -o pool.tsv"),
        ("Check a pool before associations are generated from it:", "asnforge pool check pool.tsv"),
    ],
)
def command() -> None:
    """Make pools from FITS files, check pools, and show what is in them."""
