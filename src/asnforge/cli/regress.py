"""``asnforge regress``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from asnforge.cli.options import check_report, limit_option
from asnforge.cli.terminal import echo, echo_json
from asnforge.findings import pluralize

if TYPE_CHECKING:
    from asnforge.findings import Finding
    from asnforge.regress.entries import Entry
    from asnforge.regress.run_suite import Outcome
    from asnforge.regress.suite import Suite

EVERY = "*"


@click.command(no_args_is_help=True)
@click.argument("suite", required=False)
@click.option(
    "--accept",
    is_flag=False,
    flag_value=EVERY,
    metavar="[ENTRY]",
    help="Show what changes, then take what is generated as expected: of this entry, or without one of all that differ.",
)
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="DIR",
    help="A folder that the suite's files may be read from, besides its own; repeatable.",
)
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Run N entries at once.")
@click.option("--only", multiple=True, metavar="ENTRY", help="Run this entry alone; repeatable.")
@limit_option(" an entry")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
@click.option("--junit", metavar="FILE", help="Write the outcomes as JUnit XML, too.")
def command(
    suite: str | None,
    accept: str | None,
    roots: tuple[str, ...],
    jobs: int,
    only: tuple[str, ...],
    limit: int,
    as_json: bool,
    junit: str | None,
) -> None:
    """Generate associations from the pools of a suite file and compare them with those expected.

    SUITE lists pools, rule sets and options, and the expected associations of each pool. Its files are read only from its
    folder, links followed, and from the folders that --root names. Only --accept writes, and only below the suite's
    folder: it replaces and removes compact files and association files of the entry's pool, and nothing else.

    Exit status: 0 all the same, 1 an entry differs, 2 an entry cannot be generated, read or accepted.

    \b
    A suite; paths are from its folder, and expected is a folder of files or one
    compact file (.yaml), made to be read in a diff:
      entries:
      - pool: "pools/*.tsv"
        expected: expected/{pool}.yaml
      - pool: night.tsv
        expected: expected/night
        rules: [my_rules]
        scopes: candidates
        allow: allow.yaml
    """  # noqa: D301  click's mark of lines that are not wrapped
    from asnforge.cli.streams import keep_working
    from asnforge.findings import InputError
    from asnforge.regress.run_suite import run_entries
    from asnforge.regress.suite import read_suite

    suite, accept = _sorted_out(suite, accept)
    if accept is not None or junit:
        keep_working()
    outcomes: list[Outcome] = []
    try:
        named = () if accept in (None, EVERY) else (accept,)
        entries = _chosen(read_suite(suite, roots), only + named)
        check_report("--junit", junit, (suite, *(path for entry in entries for path in _read_by(entry))))
        for outcome in run_entries(entries, jobs):
            outcomes.append(outcome)
            if not as_json:
                _show(outcome, limit)
        accepted: list[str] = []
        for place, outcome in enumerate(outcomes):
            try:
                accepted += _accept(outcome, accept)
            except InputError as stop:
                outcomes[place] = _failed(outcome, stop.findings)
        if junit:
            _write_junit(junit, outcomes)
    except InputError as stop:
        for finding in stop.findings:
            echo(finding, err=True)
        sys.exit(2)
    if as_json:
        _print_json(outcomes, accepted)
    else:
        _show_summary(outcomes, accepted)
    sys.exit(max(0 if outcome.entry.name in accepted else outcome.status for outcome in outcomes))


def _read_by(entry: Entry) -> Iterator[str | None]:
    """The files and folders that an entry names."""
    yield from (entry.pool, entry.expected, entry.allow, *entry.rules)


def _sorted_out(suite: str | None, accept: str | None) -> tuple[str, str | None]:
    """The suite and what to accept: in ``--accept SUITE`` the parser takes the suite for an entry's name."""
    if suite is None and accept not in (None, EVERY):
        suite, accept = accept, EVERY
    if suite is None:
        raise click.UsageError("Missing argument 'SUITE'.")
    return suite, accept


def _chosen(suite: Suite, names: tuple[str, ...]) -> list[Entry]:
    from asnforge.findings import Finding, InputError, did_you_mean
    from asnforge.regress.suite import NO_ENTRY

    by_name = {entry.name: entry for entry in suite.entries}
    for name in names:
        if name not in by_name:
            near = did_you_mean(name, by_name)
            hint = f"did you mean '{near}'?" if near else f"entries are {', '.join(by_name)}"
            raise InputError(Finding(NO_ENTRY.code, f"the suite has no entry '{name}'", suite.file, hint=hint))
    return [entry for entry in suite.entries if not names or entry.name in names]


def _show(outcome: Outcome, limit: int) -> None:
    """One line for an entry, and below it what differs."""
    from asnforge.compare.compare_report import difference_lines
    from asnforge.regress.regress_report import state

    echo(f"{outcome.entry.name}: {state(outcome)}")
    for finding in outcome.findings:
        echo(f"    {finding}", err=True)
    if outcome.comparison is None:
        return
    for finding in outcome.comparison.findings + outcome.comparison.unused:
        echo(f"    {finding}", err=True)
    if not outcome.new:
        for line in difference_lines(outcome.comparison, limit):
            echo(f"    {line}".rstrip())


def _accept(outcome: Outcome, chosen: str | None) -> Iterable[str]:
    """Take what was generated as expected, where it differs and was chosen; the entry's name where that was done."""
    from asnforge.regress.accept import accept

    comparison = outcome.comparison
    same = outcome.status == 0 and comparison is not None and not comparison.allowed
    if chosen not in (EVERY, outcome.entry.name) or comparison is None or same:
        return
    accept(outcome)
    yield outcome.entry.name


def _failed(outcome: Outcome, findings: tuple[Finding, ...]) -> Outcome:
    """The outcome of an entry that could not be accepted, after saying why."""
    for finding in findings:
        echo(f"    {finding}", err=True)
    return replace(outcome, findings=outcome.findings + findings)


def _show_summary(outcomes: list[Outcome], accepted: list[str]) -> None:
    from asnforge.regress.regress_report import summary

    for outcome in outcomes:
        if outcome.entry.name in accepted:
            echo(f"accepted: {outcome.entry.expected}, {pluralize(len(outcome.associations), 'association')}")
    echo(summary(outcomes, accepted))


def _print_json(outcomes: list[Outcome], accepted: list[str]) -> None:
    from asnforge.regress.regress_report import as_json

    echo_json({"entries": [as_json(outcome) for outcome in outcomes], "accepted": accepted})


def _write_junit(path: str, outcomes: list[Outcome]) -> None:
    from asnforge.atomic import write_atomically
    from asnforge.compare.compare_report import junit_xml
    from asnforge.regress.regress_report import for_junit

    write_atomically(path, junit_xml((outcome.entry.name, for_junit(outcome)) for outcome in outcomes), follow=True)
