"""``asnforge rules coverage``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command
from asnforge.cli.terminal import echo, echo_fitted, echo_json, echo_table, width

if TYPE_CHECKING:
    from asnforge.cases.collect import CaseSuite
    from asnforge.cases.coverage import Coverage
    from asnforge.explain.trace import Trace


@click.command(
    cls=Command,
    examples=[
        (
            "List the constraints of your rules that no test case depends on:",
            "asnforge rules coverage my-rules --quiet",
        ),
        ("Count over the exposures of a pool instead of the cases:", "asnforge rules coverage --pool pool.tsv"),
    ],
)
@click.argument("path", required=False, metavar="[PATH]")
@click.option(
    "-p", "--pool", "pools", multiple=True, metavar="POOL", help="Use this pool instead of the cases; repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="List only the items that were never decisive.")
def command(path: str | None, pools: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Count how often each constraint, key, requirement and part of an attachment was decisive.

    PATH is a folder of rules or a rule file; by default the default rule set. Each item is counted over the exposures of the
    rules' cases, or of pools: how many pass it, how many fail it, and for how many the result would change if only this item
    had the opposite result. Relations, preferences and limits of an attachment are decisive for exposures that would be
    attached differently without them. Exit status: 0 every item was decisive; 1 some item never was; 2 rules or pools cannot
    be read.
    """
    from dataclasses import asdict

    from asnforge.cases.collect import load_suite
    from asnforge.cases.coverage import find_coverage

    suite = load_suite(path)
    traces = _pool_traces(suite, pools) if pools else _case_traces(suite)
    coverage = find_coverage(suite.named_rules(), traces, suite.is_whole_ruleset())
    if as_json:
        echo_json({"items": [asdict(item) for item in coverage.items]})
    else:
        _show(coverage, quiet)
    sys.exit(1 if coverage.never_decisive() else 0)


def _pool_traces(suite: CaseSuite, pools: tuple[str, ...]) -> Iterator[Trace]:
    from asnforge.explain.trace import trace_rules
    from asnforge.pool.read import read_pool
    from asnforge.system_errors import memory_for

    for pool in pools:
        with memory_for(pool):
            trace = trace_rules(read_pool(pool, columns=suite.ruleset.columns_read()), suite.named_rules())
        yield trace


def _case_traces(suite: CaseSuite) -> Iterator[Trace]:
    from asnforge.cases.run_cases import trace_case

    for finding in suite.findings:
        echo(finding, err=True)
    for case in suite.cases:
        yield trace_case(case, suite.ruleset)


def _show(coverage: Coverage, quiet: bool) -> None:
    from asnforge.cases.case_report import table_text

    if not quiet:
        header = ("passed", "failed", "decisive", "item", "rules", "description")
        rows = (
            (
                str(item.passed),
                str(item.failed),
                str(item.decided),
                f"{item.kind} {item.name}",
                _rules(item.rules),
                item.words,
            )
            for item in coverage.items
        )
        echo_table(table_text([header, *rows], width()).split("\n"))
    never = coverage.never_decisive()
    for item in never:
        echo_fitted(f"never decisive: {item.kind} {item.name} of {_rules(item.rules)}: {item.words}")
    total = len(coverage.items)
    decisive = total - len(never)
    percent = min(99, 100 * decisive // total) if never else 100
    echo_fitted(f"{decisive} of {total} were decisive, {percent} %", err=True)


def _rules(rules: tuple[str, ...]) -> str:
    return rules[0] if len(rules) == 1 else f"{len(rules)} rules" if rules else "the rule set"
