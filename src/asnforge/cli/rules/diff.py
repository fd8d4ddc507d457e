"""``asnforge rules diff``."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command
from asnforge.cli.options import limit_option, scope_choice, scope_options
from asnforge.cli.terminal import clear, echo, echo_difference, echo_json

if TYPE_CHECKING:
    from asnforge.authoring.diff import Baseline, PoolDiff
    from asnforge.grouping.scopes import ScopeChoice


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Show what your rules change for a pool:", "asnforge rules diff old-rules my-rules --pool pool.tsv"),
        ("Print that as JSON:", "asnforge rules diff old-rules my-rules --pool pool.tsv --json"),
    ],
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("-p", "--pool", "pools", multiple=True, required=True, metavar="POOL", help="A pool; repeatable.")
@scope_options
@limit_option(" for each pool")
@click.option("--watch", is_flag=True, help="Repeat whenever a file of NEW is saved.")
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
    """Compare the associations that two rule sets generate from pools.

    OLD and NEW are rule sets by their folder or name; a rule file, or a folder without a ruleset.yaml, is added to the default
    rule set. The output lists associations lost, gained, renamed and changed, with the members lost and gained and the
    keywords that differ. Exit status: 0 no difference; 1 differences; 2 rules or a pool cannot be read.
    """
    from asnforge.authoring.diff import diff_pool, load_compared_rules, make_baseline

    if watch and as_json:
        raise click.UsageError("--watch and --json are mutually exclusive.")
    choice = scope_choice(all_candidates, discover, ids)
    old_rules = load_compared_rules(old)
    if watch:
        _watch([make_baseline(pool, old_rules, choice) for pool in pools], new, choice, limit)
        return
    new_rules = load_compared_rules(new)
    baselines = [make_baseline(pool, old_rules, choice, new_rules.columns_read()) for pool in pools]
    diffs = [diff_pool(baseline, new_rules, choice) for baseline in baselines]
    if as_json:
        _show_json(diffs)
    else:
        _show(diffs, limit)
    sys.exit(1 if any(diff.comparison.differences for diff in diffs) else 0)


def _watch(baselines: list[Baseline], new: str, choice: ScopeChoice, limit: int) -> None:
    from asnforge.authoring.diff import diff_pool, file_states, load_compared_rules, wait_for_change
    from asnforge.findings import InputError
    from asnforge.rulefiles.shipped import resolve

    path = resolve(new)
    while True:
        states = file_states(path)
        started = perf_counter()
        clear()
        try:
            new_rules = load_compared_rules(new)
            _show([diff_pool(baseline, new_rules, choice) for baseline in baselines], limit)
        except InputError as error:
            for finding in error.findings:
                echo(finding)
        echo(f"{perf_counter() - started:.2f} s; waiting for a change of {path}; Ctrl-C stops", err=True)
        try:
            wait_for_change(path, states)
        except KeyboardInterrupt:
            return


def _show(diffs: list[PoolDiff], limit: int) -> None:
    from asnforge.authoring.diff import diff_lines

    for diff in diffs:
        for line in diff_lines(diff, limit):
            echo_difference(line)


def _show_json(diffs: list[PoolDiff]) -> None:
    from asnforge.compare.compare_report import as_json

    echo_json([{"pool": diff.pool, **as_json(diff.comparison)} for diff in diffs])
