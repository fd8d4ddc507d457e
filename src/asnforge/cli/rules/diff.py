"""``asnforge rules diff``."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

import click

from asnforge.cli.options import limit_option, scope_choice, scope_options
from asnforge.cli.terminal import clear, echo, echo_json

if TYPE_CHECKING:
    from asnforge.authoring.diff import OldSide, PoolDiff
    from asnforge.grouping.scopes import ScopeChoice


@click.command(no_args_is_help=True)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("-p", "--pool", "pools", multiple=True, required=True, metavar="POOL", help="A pool; repeatable.")
@scope_options
@limit_option(" a pool")
@click.option("--watch", is_flag=True, help="Show the differences again each time that a file of NEW is saved.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def command(
    old: str,
    new: str,
    pools: tuple[str, ...],
    all_candidates: bool,
    discover: bool,
    ids: tuple[str, ...],
    limit: int,
    watch: bool,
    as_json: bool,
) -> None:
    """Say what two rule sets make different of pools.

    OLD and NEW are rule sets by their folder or name; a rule file, or a folder of rules alone, is added to the default rule
    set. Shown are associations lost, gained, renamed and changed, with the members that came and went. Exit status: 0 no
    difference, 1 differences, 2 rules or a pool cannot be read.
    """
    from asnforge.authoring.diff import diff_pool, load_side, old_side

    if watch and as_json:
        raise click.UsageError("--watch and --json exclude each other.")
    choice = scope_choice(all_candidates, discover, ids)
    before = load_side(old)
    if watch:
        _watch([old_side(pool, before, choice) for pool in pools], new, choice, limit)
        return
    after = load_side(new)
    sides = [old_side(pool, before, choice, after.columns_read()) for pool in pools]
    found = [diff_pool(side, after, choice) for side in sides]
    if as_json:
        _show_json(found)
    else:
        _show(found, limit)
    sys.exit(1 if any(each.comparison.differences for each in found) else 0)


def _watch(sides: list[OldSide], new: str, choice: ScopeChoice, limit: int) -> None:
    from asnforge.authoring.diff import diff_pool, load_side
    from asnforge.authoring.watch import marks, wait_for_change
    from asnforge.findings import InputError
    from asnforge.rulefiles.shipped import resolve

    place = resolve(new)
    while True:
        seen = marks([place])
        started = perf_counter()
        clear()
        try:
            after = load_side(new)
            _show([diff_pool(side, after, choice) for side in sides], limit)
        except InputError as stop:
            for finding in stop.findings:
                echo(finding)
        echo(f"{perf_counter() - started:.2f} s; waiting for {place} to be saved, Ctrl-C ends", err=True)
        try:
            wait_for_change([place], seen)
        except KeyboardInterrupt:
            return


def _show(found: list[PoolDiff], limit: int) -> None:
    from asnforge.authoring.diff import diff_lines

    for each in found:
        for line in diff_lines(each, limit):
            echo(line)


def _show_json(found: list[PoolDiff]) -> None:
    from asnforge.compare.compare_report import as_json

    echo_json([{"pool": each.pool, **as_json(each.comparison)} for each in found])
