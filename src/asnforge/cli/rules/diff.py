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
    from asnforge.authoring.diff import Baseline, ComparedRules, PoolDiff
    from asnforge.authoring.rule_changes import RuleChange
    from asnforge.grouping.scopes import ScopeChoice


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("List the keys of rules that differ:", "asnforge rules diff old-rules my-rules"),
        ("Show what your rules change for a pool, too:", "asnforge rules diff old-rules my-rules --pool pool.tsv"),
    ],
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "-p", "--pool", "pools", multiple=True, metavar="POOL", help="Compare associations of this pool, too; repeatable."
)
@scope_options
@limit_option(" of the rules, and for each pool")
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
    """Compare two rule sets: their keys, and the associations that they generate from pools.

    OLD and NEW are rule sets by their folder or name; a rule file, or a folder without a ruleset.yaml, is added to the default
    rule set. The output lists the keys that differ, with the old and the new value; shared parts are filled in where rules use
    them. With --pool, it lists associations lost, gained, renamed and changed as well, with the members lost and gained and
    the keywords that differ. Exit status: 0 no difference; 1 differences, with --pool of associations; 2 rules or a pool
    cannot be read.
    """
    from asnforge.authoring.diff import diff_pool, load_compared_rules, make_baseline
    from asnforge.authoring.rule_changes import rule_changes

    if watch and as_json:
        raise click.UsageError("--watch and --json are mutually exclusive.")
    choice = scope_choice(all_candidates, discover, ids)
    old_rules = load_compared_rules(old)
    if watch:
        _watch(old_rules, [make_baseline(pool, old_rules.ruleset, choice) for pool in pools], new, choice, limit)
        return
    new_rules = load_compared_rules(new)
    columns = new_rules.ruleset.columns_read()
    baselines = [make_baseline(pool, old_rules.ruleset, choice, columns) for pool in pools]
    diffs = [diff_pool(baseline, new_rules.ruleset, choice) for baseline in baselines]
    changes = rule_changes(old_rules.document, new_rules.document)
    if as_json:
        _show_json(changes, diffs)
    else:
        _show(changes, diffs, limit)
    sys.exit(1 if any(diff.comparison.differences for diff in diffs) or (changes and not pools) else 0)


def _watch(old_rules: ComparedRules, baselines: list[Baseline], new: str, choice: ScopeChoice, limit: int) -> None:
    from asnforge.authoring.diff import diff_pool, file_states, load_compared_rules, wait_for_change
    from asnforge.authoring.rule_changes import rule_changes
    from asnforge.findings import InputError
    from asnforge.rulefiles.shipped import resolve

    path = resolve(new)
    while True:
        states = file_states(path)
        started = perf_counter()
        clear()
        try:
            new_rules = load_compared_rules(new)
            diffs = [diff_pool(baseline, new_rules.ruleset, choice) for baseline in baselines]
            _show(rule_changes(old_rules.document, new_rules.document), diffs, limit)
        except InputError as error:
            for finding in error.findings:
                echo(finding)
        echo(f"{perf_counter() - started:.2f} s; waiting for a change of {path}; Ctrl-C stops", err=True)
        try:
            wait_for_change(path, states)
        except KeyboardInterrupt:
            return


def _show(changes: tuple[RuleChange, ...], diffs: list[PoolDiff], limit: int) -> None:
    from asnforge.authoring.diff import diff_lines
    from asnforge.authoring.rule_changes import change_lines

    for line in change_lines(changes, limit):
        echo_difference(line)
    for diff in diffs:
        for line in diff_lines(diff, limit):
            echo_difference(line)


def _show_json(changes: tuple[RuleChange, ...], diffs: list[PoolDiff]) -> None:
    from asnforge.compare.compare_report import as_json

    pools = [{"pool": diff.pool, **as_json(diff.comparison)} for diff in diffs]
    echo_json({"rules": [change.as_dict() for change in changes], "pools": pools})
