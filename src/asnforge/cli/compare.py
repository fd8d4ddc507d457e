"""``asnforge compare``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import check_report, html_option, limit_option
from asnforge.cli.report import write_comparisons
from asnforge.cli.terminal import echo, echo_difference, echo_json

if TYPE_CHECKING:
    from asnforge.compare.model import Comparison


@click.command(
    cls=Command,
    examples=[
        ("Compare generated associations with the expected ones:", "asnforge compare expected asn"),
        (
            "Ignore the name of the pool, and write a report for a pull request:",
            "asnforge compare expected asn --ignore asn_pool --markdown",
        ),
    ],
)
@click.argument("expected")
@click.argument("actual")
@click.option(
    "--strict",
    is_flag=True,
    help="Compare everything: file names, counters, versions, constraints, order, unknown keywords.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="KEY",
    help="Do not compare a keyword (such as asn_pool), or product_name, file_name, members, exptype, suffix. Repeatable.",
)
@click.option(
    "--only", multiple=True, metavar="TYPE|RULE", help="Report only associations of this type or rule. Repeatable."
)
@click.option(
    "--allow",
    multiple=True,
    metavar="FILE",
    help="An allowlist: differences to accept, each with its reason (YAML). Repeatable.",
)
@limit_option()
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON, with every difference.")
@click.option("--markdown", is_flag=True, help="Print the comparison as Markdown, for a pull request.")
@click.option("--junit", metavar="FILE", help="Also write the comparison as JUnit XML.")
@html_option("the comparison")
@quiet_option
def command(
    expected: str,
    actual: str,
    strict: bool,
    ignore: tuple[str, ...],
    only: tuple[str, ...],
    allow: tuple[str, ...],
    limit: int,
    as_json: bool,
    markdown: bool,
    junit: str | None,
    html: str | None,
) -> None:
    """Compare associations: two files, two folders, or two trees of folders.

    Associations are matched within their program and pool: by candidate, product name and rule or type, then by members,
    then by exposures, ignoring suffixes. Only associations without such a match are matched across pools and programs.
    Compared are members, product names, file names without counter, time stamp and version, and the keywords
    asn_type, asn_rule, asn_id, asn_pool, program, target and degraded_status (without the sentence that points to
    member.exposerr). Only --strict compares the text of constraints, version ids, the version of the code, all other
    keywords, and the order of products and members.

    Exit status: 0 the same, 1 different, 2 a file cannot be read.

    \b
    An allowlist is a list of entries, each with a reason and one or more of
    kind, product, rule, type, program, asn_id, asn_pool, folder, member and
    what (the keyword or part that differs); * matches any characters:
      allow:
      - kind: unexpected
        rule: My_New_Rule
        reason: added on purpose

    Editors complete an allowlist with the JSON Schema asnforge/schemas/allowlist.schema.json.
    """  # noqa: D301  click's marker for lines that are not wrapped
    import gc

    from asnforge.atomic import write_atomically
    from asnforge.compare.allowlist import apply_allowlist, read_allowlist
    from asnforge.compare.compare_report import junit_xml
    from asnforge.compare.comparison import compare_paths
    from asnforge.compare.model import Options
    from asnforge.findings import InputError

    if as_json and markdown:
        raise click.UsageError("--json and --markdown are mutually exclusive")
    if not strict:
        _check_keys(ignore)
    check_report("--junit", junit, (expected, actual, *allow))
    check_report("--html", html, (expected, actual, *allow))
    gc.disable()  # a third of the time for many associations, and none of their values are cyclic
    try:
        entries = [entry for path in allow for entry in read_allowlist(path)]
        options = Options(strict, frozenset(ignore), frozenset(name.casefold() for name in only))
        comparison = apply_allowlist(compare_paths(expected, actual, options), entries)
        if junit:
            data = junit_xml([(f"{comparison.expected} and {comparison.actual}", comparison)])
            write_atomically(junit, data, follow=True)
        if html:
            write_comparisons(html, [("", comparison)])
    except InputError as error:
        for finding in error.findings:
            echo(finding, err=True)
        sys.exit(2)
    show(comparison, limit, as_json=as_json, markdown=markdown)
    sys.exit(comparison.status)


def show(comparison: Comparison, limit: int, *, as_json: bool, markdown: bool) -> None:
    """Print a comparison on standard output, and its findings on standard error."""
    from asnforge.asnfiles.search import describe_skipped
    from asnforge.compare import compare_report as report

    for finding in comparison.findings + comparison.unused:
        echo(finding, err=True)
    if comparison.skipped:
        echo(describe_skipped(comparison.skipped), err=True)
    if as_json:
        echo_json(report.as_json(comparison))
        return
    show_line = echo if markdown else echo_difference
    for line in (report.markdown_report if markdown else report.text_report)(comparison, limit):
        show_line(line)


def _check_keys(ignore: tuple[str, ...]) -> None:
    """Reject a misspelled key, which would silently ignore nothing."""
    from asnforge.compare.model import IGNORABLE
    from asnforge.findings import quoted, suggestion

    for key in ignore:
        if key not in IGNORABLE:
            hint = suggestion(key, IGNORABLE, "keys")
            raise click.BadParameter(f"{quoted(key)} is not a key of an association; {hint}", param_hint="--ignore")
