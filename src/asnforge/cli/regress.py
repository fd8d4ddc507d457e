"""``asnforge regress``."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import check_report, html_option, limit_option
from asnforge.cli.report import write_comparisons
from asnforge.cli.terminal import echo, echo_difference, echo_json
from asnforge.findings import pluralize

if TYPE_CHECKING:
    from asnforge.regress.run_suite import EntryResult
    from asnforge.regress.suite import RegressionSuite, SuiteEntry

_ALL = "*"
"""The value of ``--accept`` without an entry."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        (
            "Run a suite, and write the results for continuous integration:",
            "asnforge regress suite.yaml --junit results.xml",
        ),
        ("Accept what one pool of the suite generates now:", "asnforge regress suite.yaml --accept pool"),
    ],
)
@click.argument("suite", required=False)
@click.option(
    "--accept",
    is_flag=False,
    flag_value=_ALL,
    metavar="[ENTRY]",
    help="After reporting, accept the generated associations of this entry as expected; without ENTRY, of all that differ.",
)
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="DIR",
    help="Another folder that files of the suite may be read from, besides the suite's own. Repeatable.",
)
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Number of worker processes.")
@click.option("--only", multiple=True, metavar="ENTRY", help="Run only this entry. Repeatable.")
@limit_option(" for each entry")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--junit", metavar="FILE", help="Also write the results as JUnit XML.")
@html_option("the results")
@quiet_option
def command(
    suite: str | None,
    accept: str | None,
    roots: tuple[str, ...],
    jobs: int,
    only: tuple[str, ...],
    limit: int,
    as_json: bool,
    junit: str | None,
    html: str | None,
) -> None:
    """Generate associations from the pools of a suite file and compare them with the expected ones.

    SUITE lists pools, rule sets and options, and the expected associations of each pool. After links are followed, files are
    read only from the suite's folder and from the folders that --root names. Only --accept writes, and only below the
    suite's folder: it replaces and removes compact files and association files of the entry's pool, and nothing else.

    Exit status: 0 all the same, 1 an entry differs, 2 an entry cannot be generated, read or accepted.

    \b
    A suite; paths are relative to its folder, and expected is a folder of files
    or one compact file (.yaml), which is easy to read in a diff:
      entries:
      - pool: "pools/*.tsv"
        expected: expected/{pool}.yaml
      - pool: night.tsv
        expected: expected/night
        rules: [my_rules]
        scopes: candidates
        allow: allow.yaml
      - pool: downloads/*/
        expected: expected/{pool}.yaml
        candidates: observations

    A folder of FITS files is a pool too, and a pattern that ends in / matches
    folders; members are compared by the names that rules give them.

    Editors complete suites and compact files with the JSON Schemas suite and compact in asnforge/schemas.
    """  # noqa: D301  click's marker for lines that are not wrapped
    from asnforge.cli.streams import keep_working
    from asnforge.findings import InputError
    from asnforge.regress.run_suite import run_entries
    from asnforge.regress.suite import read_suite

    suite, accept = _suite_and_accept(suite, accept)
    if accept is not None or junit or html:
        keep_working()
    results: list[EntryResult] = []
    accepted: list[str] = []
    try:
        named = () if accept in (None, _ALL) else (accept,)
        entries = _selected(read_suite(suite, roots), only + named)
        inputs = tuple(path for entry in entries for path in (entry.pool, entry.expected, entry.allow, *entry.rules))
        check_report("--junit", junit, (suite, *inputs))
        check_report("--html", html, (suite, *inputs))
        for result in run_entries(entries, jobs):
            results.append(result)
            if not as_json:
                _show(result, limit)
        for index, result in enumerate(results):
            if accept in (_ALL, result.entry.name):
                results[index] = _accept(result, accepted)
        _write_files(results, junit, html)
    except InputError as error:
        for finding in error.findings:
            echo(finding, err=True)
        sys.exit(2)
    if as_json:
        _print_json(results, accepted)
    else:
        _show_summary(results, accepted)
    sys.exit(max(0 if result.entry.name in accepted else result.status for result in results))


def _suite_and_accept(suite: str | None, accept: str | None) -> tuple[str, str | None]:
    """The two arguments; the parser reads ``--accept SUITE`` as the name of an entry."""
    if suite is None and accept not in (None, _ALL):
        suite, accept = accept, _ALL
    if suite is None:
        raise click.UsageError("Missing argument 'SUITE'.")
    return suite, accept


def _selected(suite: RegressionSuite, names: tuple[str, ...]) -> list[SuiteEntry]:
    from asnforge.findings import InputError, suggestion
    from asnforge.regress.suite import NO_ENTRY

    known = [entry.name for entry in suite.entries]
    for name in names:
        if name not in known:
            hint = suggestion(name, known, "entries")
            raise InputError(NO_ENTRY.finding("the suite has no entry {name:quoted}", suite.file, hint=hint, name=name))
    return [entry for entry in suite.entries if not names or entry.name in names]


def _show(result: EntryResult, limit: int) -> None:
    """One line for an entry, and below it the differences."""
    from asnforge.compare.compare_report import difference_lines
    from asnforge.regress.regress_report import describe_result

    echo(f"{result.entry.name}: {describe_result(result)}")
    comparison = result.comparison
    for finding in result.findings + (comparison.findings + comparison.unused if comparison else ()):
        echo(finding, err=True, indent="    ")
    if comparison is not None and not result.new:
        for line in difference_lines(comparison, limit):
            echo_difference(f"    {line}".rstrip())


def _accept(result: EntryResult, accepted: list[str]) -> EntryResult:
    """Accept a result that differs, and add its name to the accepted ones; or report why not, and add it to the result."""
    from asnforge.findings import InputError
    from asnforge.regress.accept import accept

    comparison = result.comparison
    if comparison is None or (result.status == 0 and not comparison.allowed):
        return result
    try:
        accept(result)
    except InputError as error:
        for finding in error.findings:
            echo(finding, err=True, indent="    ")
        return replace(result, findings=result.findings + error.findings)
    accepted.append(result.entry.name)
    return result


def _show_summary(results: list[EntryResult], accepted: list[str]) -> None:
    from asnforge.regress.regress_report import summary

    for result in results:
        if result.entry.name in accepted:
            echo(f"accepted: {result.entry.expected}, {pluralize(len(result.associations), 'association')}")
    echo(summary(results, accepted))


def _print_json(results: list[EntryResult], accepted: list[str]) -> None:
    from asnforge.regress.regress_report import as_json

    echo_json({"entries": [as_json(result) for result in results], "accepted": accepted})


def _write_files(results: list[EntryResult], junit: str | None, html: str | None) -> None:
    """Write the results as JUnit XML and as a page, if the options name files for these."""
    from asnforge.atomic import write_atomically
    from asnforge.regress.regress_report import junit_xml

    if junit:
        write_atomically(junit, junit_xml(results), follow=True)
    if html:
        compared = [(each.entry.name, each.comparison) for each in results if each.comparison is not None]
        write_comparisons(html, compared, [finding for each in results for finding in each.findings])
