"""What ``generate`` shows: findings as they come, a table at the end, or a summary as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from asnforge.associations.model import Association, Member
from asnforge.findings import counted, few_of_each, quoted
from asnforge.rules.model import Ruleset
from asnforge.running import PoolRun
from asnforge.version import __version__


def show_run(run: PoolRun, ruleset: Ruleset, *, verbose: bool, dry_run: bool) -> None:
    """Show what is wrong with one pool, and with `verbose` or for a dry run the files."""
    findings, more = (run.findings, {}) if verbose else few_of_each(run.findings)
    for finding in findings:
        click.echo(str(finding), err=True)
    for code, count in more.items():
        click.echo(f"{run.pool}: {code} {count} more like this; -v shows all", err=True)
    if run.generation is not None and not run.failed and (verbose or dry_run):
        for association in run.generation.associations:
            members = sum(len(product.members) for product in association.products)
            products = ", ".join(product.name for product in association.products)
            click.echo(f"{run.folder / association.file_name}: {products}, {counted(members, 'member')}")
            for member in degraded_members(association, ruleset):
                note = quoted(member.exposerr or "")
                click.echo(f"{run.folder / association.file_name}: degraded member {member.expname}: {note}")


def degraded_members(association: Association, ruleset: Ruleset) -> tuple[Member, ...]:
    """The members with a note of an error, each once; most associations say of themselves that they have none."""
    if association.degraded_status == ruleset.keywords.not_degraded:
        return ()
    members = (member for product in association.products for member in product.members if member.exposerr)
    return tuple({(member.expname, member.exposerr): member for member in members}.values())


def show_summary(runs: Sequence[PoolRun], ruleset: Ruleset, seconds: float, *, dry_run: bool) -> None:
    """Show the table at the end: rule, associations, exposures; orphans, warnings, time.

    Of pools that failed only their number: nothing, or not all, of what was generated from them is there.
    """
    failed = sum(run.failed for run in runs)
    if failed == len(runs) == 1:
        return
    generations = [run.generation for run in runs if run.generation is not None and not run.failed]
    associations: Counter[str] = Counter()
    exposures: Counter[str] = Counter()
    for generation in generations:
        for count in generation.counts:
            associations[count.rule] += count.associations
            exposures[count.rule] += count.exposures
    rows = [(rule, str(associations[rule]), str(exposures[rule])) for rule in sorted(associations)]
    if rows:
        click.echo(_table(("rule", "associations", "exposures"), rows))
    total = sum(len(generation.associations) for generation in generations)
    orphans = sum(len(generation.orphans) for generation in generations)
    everything = sum(generation.exposures for generation in generations)
    warnings = sum(finding.severity == "warning" for run in runs for finding in run.findings)
    unchanged = sum(run.written.unchanged for run in runs if run.written is not None)
    said = [
        f"{counted(total, 'association')} from {counted(everything, 'exposure')}",
        counted(orphans, "orphan"),
        counted(warnings, "warning"),
    ]
    degraded = sum(
        bool(degraded_members(each, ruleset)) for generation in generations for each in generation.associations
    )
    if degraded:
        said.insert(1, f"{counted(degraded, 'association')} with degraded members")
    if dry_run:
        said.append("nothing written")
    if unchanged:
        said.append(f"{counted(unchanged, 'file')} unchanged")
    if failed:
        said.append(f"{counted(failed, 'pool')} failed")
    click.echo(", ".join([*said, f"{seconds:.2f} s"]))


def show_json(runs: Sequence[PoolRun], ruleset: Ruleset) -> None:
    """Print the summary as JSON."""
    import json

    summary = {"version": __version__, "ruleset": ruleset.name, "pools": [_pool_summary(run, ruleset) for run in runs]}
    click.echo(json.dumps(summary, indent=4))


def _pool_summary(run: PoolRun, ruleset: Ruleset) -> dict[str, object]:
    summary: dict[str, object] = {
        "pool": run.pool,
        "folder": str(run.folder),
        "failed": run.failed,
        "seconds": round(run.seconds, 4),
        "findings": [finding.as_dict() for finding in run.findings],
    }
    if run.generation is not None:
        generation = run.generation
        summary |= {
            "exposures": generation.exposures,
            "orphans": list(generation.orphans),
            "degraded": [
                {
                    "file": association.file_name,
                    "members": [{"expname": each.expname, "exposerr": each.exposerr} for each in members],
                }
                for association in generation.associations
                if (members := degraded_members(association, ruleset))
            ],
            "rules": {
                count.rule: {"associations": count.associations, "exposures": count.exposures}
                for count in generation.counts
            },
            "associations": [
                {
                    "file": association.file_name,
                    "asn_rule": association.asn_rule,
                    "asn_type": association.asn_type,
                    "products": [
                        {"name": product.name, "members": len(product.members)} for product in association.products
                    ],
                }
                for association in generation.associations
            ],
        }
    return summary


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, tuple("-" * width for width in widths), *rows):
        first, *numbers = row
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))]
        lines.append("  ".join(cells))
    return "\n".join(lines)
