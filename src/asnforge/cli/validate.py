"""``asnforge validate``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.options import load_rules
from asnforge.cli.terminal import echo, echo_json
from asnforge.findings import pluralize, truncated

if TYPE_CHECKING:
    from asnforge.asnfiles.validate import ValidatedFile
    from asnforge.findings import Finding
    from asnforge.rules.ruleset import Ruleset

AS_NAMED = "<as named>"
"""The value of a bare ``--members``."""


@click.command(
    cls=Command,
    examples=[
        ("Check all associations of a folder:", "asnforge validate asn"),
        (
            "Check as well that the files of the members exist, below the folder download:",
            "asnforge validate target_asn.json --members download",
        ),
    ],
)
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "-r",
    "--rules",
    metavar="PATH",
    multiple=True,
    help="A rule set, by its folder or name, whose asn_types and exptypes are used besides those of the default rule set. "
    "Repeatable.",
)
@click.option("--ignore-default", is_flag=True, help="Do not use the default rule set.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    metavar="N",
    help="Show at most N findings of each file, errors first; 0 for all.",
)
@click.option(
    "--members",
    is_flag=False,
    flag_value=AS_NAMED,
    metavar="[DIR]",
    help="Check that the files of all members exist: where they are named, or else in the folder DIR or below it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@quiet_option
def command(
    files: tuple[str, ...],
    rules: tuple[str, ...],
    ignore_default: bool,
    limit: int,
    members: str | None,
    as_json: bool,
) -> None:
    """Validate association files, generated or edited by hand.

    A folder is searched for *_asn.json, and for other *.json and *.asn files that contain an association; - is standard
    input. What the pipeline for each asn_type needs and reads is declared by a rule set; for any other asn_type only what
    applies to every association is checked. Each finding is one line: file:line:column: CODE message; hint.

    With --members, a missing file of a science member is an error, of another member a warning.

    Exit status: 0 no findings, 1 findings, 2 a file cannot be read.
    """
    from asnforge.asnfiles.collisions import add_collisions
    from asnforge.asnfiles.pipeline_checks import PipelineChecker
    from asnforge.asnfiles.read_text import UNREADABLE
    from asnforge.asnfiles.search import association_files, describe_skipped
    from asnforge.asnfiles.validate import validate_files
    from asnforge.rulefiles.build_pipelines import read_pipelines
    from asnforge.system_errors import NO_MEMORY

    files, members = _separate(files, members)
    if not files:
        raise click.UsageError("Missing argument 'FILE...'.")
    named = association_files(files)
    checker = PipelineChecker([read_pipelines(name) for name in (*(() if ignore_default else (None,)), *rules)])
    validated = add_collisions(validate_files(named.files, checker))
    if members is not None:
        validated = _with_members(validated, load_rules(rules, ignore_default), members, files)
    by_file: list[tuple[str, tuple[Finding, ...]]] = [(finding.file, (finding,)) for finding in named.findings]
    by_file += [(file.path, file.findings) for file in validated if file.findings]
    shown = [(path, _first(findings, limit), len(findings)) for path, findings in by_file]
    if as_json:
        result = {
            "files": len(named.files),
            "findings": [finding.as_dict() for _, some, _ in shown for finding in some],
            "not_shown": {path: count - len(some) for path, some, count in shown if count > len(some)},
            "skipped": list(named.skipped),
        }
        echo_json(result)
    else:
        for path, some, count in shown:
            _show(path, some, count - len(some))
        if named.skipped:
            echo(describe_skipped(named.skipped), err=True)
        total = sum(count for *_, count in shown)
        summary = pluralize(total, "finding") if total else "no findings"
        echo(f"{pluralize(len(named.files), 'file')} checked, {summary}", err=True)
    codes = {finding.code for _, findings in by_file for finding in findings}
    sys.exit(2 if codes & {UNREADABLE.code, NO_MEMORY.code} else 1 if codes else 0)


def _separate(files: tuple[str, ...], members: str | None) -> tuple[tuple[str, ...], str | None]:
    """The files, and the value of ``--members``, which may have taken the first file as its value."""
    if members not in (None, AS_NAMED) and (not files or os.path.isfile(members)):  # noqa: PTH113
        return (members, *files), AS_NAMED
    return files, members


def _with_members(
    files: Iterable[ValidatedFile], ruleset: Ruleset, members: str, named: Sequence[str]
) -> tuple[ValidatedFile, ...]:
    """Validated files with the findings about the files of their members."""
    from asnforge.byhand.check_members import MemberChecker

    files = tuple(files)
    products = {name for file in files for name in file.product_names}
    folder = None if members == AS_NAMED else members
    checker = MemberChecker(ruleset, folder, filter(os.path.isdir, named), products)
    result = []
    for file in files:
        findings = (*file.findings, *checker.findings(file.path))
        in_order = sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0))
        result.append(replace(file, findings=tuple(in_order)))
    return tuple(result)


def _first(findings: Sequence[Finding], limit: int) -> Sequence[Finding]:
    """At most `limit` findings in their order, errors rather than warnings."""
    if not limit or len(findings) <= limit:
        return findings
    by_severity = sorted(range(len(findings)), key=lambda index: findings[index].severity != "error")
    return [findings[index] for index in sorted(by_severity[:limit])]


def _show(path: str, findings: Iterable[Finding], not_shown: int) -> None:
    for finding in findings:
        echo(finding)
    if not_shown:
        echo(f"{truncated(path)}: {pluralize(not_shown, 'more finding')}; --limit 0 shows all")
