"""The output of ``generate``: findings as they occur, a table at the end, or a summary as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from asnforge.cli.terminal import echo, echo_fitted, echo_json, echo_table, width
from asnforge.findings import Finding, limit_per_code, pluralize, quoted, table_lines
from asnforge.generation.files import PoolRun
from asnforge.generation.result import Generation
from asnforge.generation.run_summary import RunSummary
from asnforge.rules.ruleset import Ruleset
from asnforge.version import __version__

_COMMANDS = 12
"""How many commands are shown without --verbose."""


def show_run(run: PoolRun, *, verbose: bool, dry_run: bool) -> None:
    """Show the findings of one pool, and with `verbose` or for a dry run its files."""
    show_findings(run.findings, run.pool, verbose=verbose)
    if run.summary is not None and (run.written is not None or dry_run) and (verbose or dry_run):
        for association in run.summary.associations:
            members = sum(product.members for product in association.products)
            products = ", ".join(product.name for product in association.products)
            echo_fitted(f"{run.folder / association.file_name}: {products}, {pluralize(members, 'member')}")
            for expname, note in association.degraded:
                echo_fitted(f"{run.folder / association.file_name}: degraded member {expname}: {quoted(note)}")


def show_findings(findings: Sequence[Finding], pool: str, *, verbose: bool) -> None:
    """Show the findings of a pool; without `verbose` the first few warnings of each code, and how many more there are."""
    shown, more = (findings, {}) if verbose else limit_per_code(findings)
    for finding in shown:
        echo(finding, err=True)
    for code, count in more.items():
        echo(f"{pool}: {code} {count} more like this; -v shows all", err=True)


def show_summary(runs: Sequence[PoolRun], rulesets: Sequence[Ruleset], seconds: float, *, dry_run: bool) -> None:
    """Show the table at the end: rule, associations, exposures; orphans, warnings, time.

    Failed pools are only counted. A pool is incomplete if some of its associations cannot be written: the others are written
    and counted.
    """
    shown = [run for run in runs if run.summary is not None and (run.written is not None or dry_run)]
    failed, incomplete = len(runs) - len(shown), sum(run.failed for run in shown)
    if failed == len(runs) == 1:
        return
    summaries = [run.summary for run in shown if run.summary is not None]
    several = len(rulesets) > 1
    associations: Counter[tuple[str, ...]] = Counter()
    exposures: Counter[tuple[str, ...]] = Counter()
    products: Counter[tuple[str, ...]] = Counter()
    for summary in summaries:
        for count in summary.counts:
            key = (count.ruleset, count.rule) if several else (count.rule,)
            associations[key] += count.associations
            exposures[key] += count.exposures
            products[key] += count.products
    names = [ruleset.name for ruleset in rulesets]
    keys = sorted(associations, key=lambda key: (names.index(key[0]) if several else 0, key))
    rows: list[tuple[str, ...]] = [(*key, str(associations[key]), str(exposures[key])) for key in keys]
    labels = ("rule set", "rule") if several else ("rule",)
    header: tuple[str, ...] = (*labels, "associations", "exposures")
    if products.total():
        header, rows = (*header, "products"), [(*row, str(products[key])) for key, row in zip(keys, rows, strict=True)]
    if rows:
        numbers = range(len(labels), len(header))
        echo_table(table_lines([header, *rows], numbers=numbers, underlined=True, width=width()))
    parts = [*_totals(runs, summaries), *(["nothing written"] if dry_run else [])]
    if unchanged := sum(run.written.unchanged for run in runs if run.written is not None):
        parts.append(f"{pluralize(unchanged, 'file')} unchanged")
    if incomplete:
        parts.append(f"{pluralize(incomplete, 'pool')} incomplete")
    if failed:
        parts.append(f"{pluralize(failed, 'pool')} failed")
    echo_fitted(", ".join([*parts, f"{seconds:.2f} s"]))


def _totals(runs: Sequence[PoolRun], summaries: Sequence[RunSummary]) -> list[str]:
    total = sum(len(summary.associations) for summary in summaries)
    orphans = sum(len(summary.orphans) for summary in summaries)
    everything = sum(summary.exposures for summary in summaries)
    warnings = sum(finding.severity == "warning" for run in runs for finding in run.findings)
    parts = [
        f"{pluralize(total, 'association')} from {pluralize(everything, 'exposure')}",
        pluralize(orphans, "orphan"),
        pluralize(warnings, "warning"),
    ]
    degraded = sum(bool(association.degraded) for summary in summaries for association in summary.associations)
    if degraded:
        parts.insert(1, f"{pluralize(degraded, 'association')} with degraded members")
    if dropped := sum(len(summary.dropped) for summary in summaries):
        parts.append(f"{pluralize(dropped, 'duplicate')} dropped")
    if shared := sum(summary.shared_names for summary in summaries):
        parts.append(f"{pluralize(shared, 'exposure')} merged into members of the same name")
    return parts


def show_json(runs: Sequence[PoolRun], rulesets: Sequence[Ruleset]) -> None:
    """Print the summary as JSON."""
    echo_json(
        {"version": __version__, **named_rulesets(rulesets), "pools": [_pool_summary(run, rulesets) for run in runs]}
    )


def named_rulesets(rulesets: Sequence[Ruleset]) -> dict[str, object]:
    """The name of the rule set, or the names of several, as JSON has them."""
    names = [ruleset.name for ruleset in rulesets]
    return {"ruleset": names[0]} if len(names) == 1 else {"rulesets": names}


def _pool_summary(run: PoolRun, rulesets: Sequence[Ruleset]) -> dict[str, object]:
    summary: dict[str, object] = {
        "pool": run.pool,
        "folder": str(run.folder),
        "failed": run.failed,
        "seconds": round(run.seconds, 4),
        "findings": [finding.as_dict() for finding in run.findings],
    }
    if run.summary is not None:
        done = run.summary
        summary |= {
            "exposures": done.exposures,
            "orphans": list(done.orphans),
            "degraded": [
                {
                    "file": association.file_name,
                    "members": [{"expname": expname, "exposerr": note} for expname, note in association.degraded],
                }
                for association in done.associations
                if association.degraded
            ],
            **_counts(run, done, rulesets),
            "associations": [
                {
                    "file": association.file_name,
                    "asn_rule": association.asn_rule,
                    "asn_type": association.asn_type,
                    "products": [
                        {"name": product.name, "members": product.members, "file": product.file or None}
                        for product in association.products
                    ],
                }
                for association in done.associations
            ],
            "dropped": [
                {
                    "asn_rule": entry.rule,
                    "asn_id": entry.scope,
                    "product": entry.product,
                    "reason": entry.reason,
                    "kept": {"asn_rule": entry.kept_rule, "asn_id": entry.kept_scope, "product": entry.kept_product},
                }
                for entry in done.dropped
            ],
            "exposures_merged": done.shared_names,
            "dependence": _dependence(done),
        }
    return summary


def _counts(run: PoolRun, summary: RunSummary, rulesets: Sequence[Ruleset]) -> dict[str, object]:
    """The counts of each rule; for several rule sets those of each, with its files."""
    if len(rulesets) == 1:
        return {"rules": _rules(summary)}
    return {
        "rulesets": [
            {
                "ruleset": ruleset.name,
                "rules": _rules(part),
                "files": [association.file_name for association in part],
            }
            for ruleset, part in zip(rulesets, run.parts, strict=True)
        ]
    }


def _rules(summary: RunSummary | Generation) -> dict[str, object]:
    return {
        count.rule: {
            "associations": count.associations,
            "exposures": count.exposures,
            "products": count.products,
        }
        for count in summary.counts
    }


def _dependence(summary: RunSummary) -> dict[str, object]:
    """Which associations use products of which others, as a graph in the node-link format that graph libraries read."""
    edges = summary.dependence()
    files = dict.fromkeys(file for edge in edges for file in (edge.source, edge.target))
    return {
        "directed": True,
        "nodes": [{"id": each.file_name} for each in summary.associations if each.file_name in files],
        "edges": [{"source": edge.source, "target": edge.target, "product_file": edge.product_file} for edge in edges],
    }


def show_commands(runs: Sequence[PoolRun], rulesets: Sequence[Ruleset], *, verbose: bool) -> None:
    """Show where the pool of FITS files comes from, and the command that processes each association that was written."""
    from asnforge.cli.fits_options import print_origins

    for run in runs:
        if run.fits is not None:
            print_origins(run.fits)
    lines: list[str] = []
    for run in runs:
        if run.fits is None or run.written is None:
            continue
        for ruleset, part in zip(rulesets, run.parts, strict=True):
            lines += (
                ruleset.run_line(str(run.folder / association.file_name), association.asn_type) for association in part
            )
    lines = list(filter(None, lines))
    shown = lines if verbose else lines[:_COMMANDS]
    for line in shown:
        echo(line)
    if len(lines) > len(shown):
        echo(f"{pluralize(len(lines) - len(shown), 'more command')}: -v shows all", err=True)
