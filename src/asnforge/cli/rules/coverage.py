"""``asnforge rules coverage``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from asnforge.cli.terminal import echo, echo_json, echo_lines

if TYPE_CHECKING:
    from asnforge.cases.collect import Suite
    from asnforge.cases.coverage import Coverage
    from asnforge.explain.trace import Trace


@click.command()
@click.argument("path", required=False, metavar="[PATH]")
@click.option("-p", "--pool", "pools", multiple=True, metavar="POOL", help="Over this pool, not the cases; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Name only what never decided.")
def command(path: str | None, pools: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Say how often each constraint, key and requirement decided.

    PATH is a folder of rules or a rule file; without it, the default rule set. Counted are the exposures of the cases beside
    the rules, or of pools: how often each thing passed, failed, and decided alone, all else being as it was. Exit status: 0
    everything decided, 1 something never did, 2 rules or pools cannot be read.
    """
    from asnforge.cases.collect import load_suite
    from asnforge.cases.coverage import find_coverage

    suite = load_suite(path)
    found = find_coverage(suite.named(), _over_pools(suite, pools) if pools else _over_cases(suite), suite.whole())
    if as_json:
        _show_json(found)
    else:
        _show(found, quiet)
    sys.exit(1 if found.undecided() else 0)


def _over_pools(suite: Suite, pools: tuple[str, ...]) -> Iterator[Trace]:
    from asnforge.explain.trace import trace_rules
    from asnforge.pool.read import read_pool
    from asnforge.system_errors import memory_for

    for pool in pools:
        with memory_for(pool):
            trace = trace_rules(read_pool(pool, columns=suite.ruleset.columns_read()), suite.named())
        yield trace


def _over_cases(suite: Suite) -> Iterator[Trace]:
    from asnforge.cases.run_cases import case_trace

    for finding in suite.findings:
        echo(finding, err=True)
    for case in suite.cases:
        yield case_trace(case, suite.ruleset)


def _show(found: Coverage, quiet: bool) -> None:
    from asnforge.cases.case_report import table_text

    if not quiet:
        head = ("passed", "failed", "decided", "what", "rules", "it says")
        rows = [
            (
                str(item.passed),
                str(item.failed),
                str(item.decided),
                f"{item.kind} {item.name}",
                _rules(item.rules),
                item.words,
            )
            for item in found.items
        ]
        echo_lines(table_text([head, *rows]))
    undecided = found.undecided()
    for item in undecided:
        echo(f"never decided: {item.kind} {item.name} of {_rules(item.rules)}: {item.words}")
    decided = len(found.items) - len(undecided)
    percent = 100 if not undecided else min(99, 100 * decided // len(found.items))
    echo(f"{decided} of {len(found.items)} decided, {percent} %", err=True)


def _show_json(found: Coverage) -> None:
    from dataclasses import asdict

    echo_json({"items": [asdict(item) for item in found.items]})


def _rules(rules: tuple[str, ...]) -> str:
    return rules[0] if len(rules) == 1 else f"{len(rules)} rules" if rules else "the rule set"
