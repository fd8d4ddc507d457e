"""``asnforge columns``."""

from __future__ import annotations

import click

from asnforge.cli.options import load_rules, rule_options
from asnforge.cli.terminal import echo, echo_json


@click.command()
@rule_options
@click.option("--json", "as_json", is_flag=True, help="Print the names as JSON.")
def command(rules: tuple[str, ...], ignore_default: bool, only: tuple[str, ...], as_json: bool) -> None:
    """List the columns of a pool that rules read.

    Exit status: 0 done, 2 a rule cannot be read.
    """
    columns = sorted(map(str.upper, load_rules(rules, ignore_default, only).columns_read()))
    if as_json:
        echo_json(columns)
        return
    for column in columns:
        echo(column)
