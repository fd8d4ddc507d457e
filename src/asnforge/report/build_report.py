"""From a pool, the rules and the result to the values that a report shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from asnforge.associations.model import Association
from asnforge.explain.trace import Trace
from asnforge.findings import Finding, pluralize
from asnforge.fitsfiles.missing_members import MISSING_BUT_NOT_READ, MISSING_FILE
from asnforge.generation.inputs import Evaluated
from asnforge.generation.result import Generation
from asnforge.grouping.arrays import IndexArray
from asnforge.report.exposure_columns import number_exposures
from asnforge.report.left_out import members_with_errors, missing_files, orphans_by_reason
from asnforge.report.marks import MOST_EXPOSURES, with_marks
from asnforge.report.memberships import MOST_WITH_CHOICES, Memberships
from asnforge.report.model import Provenance, Report, ShownAssociation, Tile
from asnforge.rules.rule import SCIENCE
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import file_name_key
from asnforge.version import __version__


def report_of(
    parts: Sequence[Evaluated],
    whole: Generation,
    findings: Sequence[Finding] | None = None,
    *,
    command: str = "",
    most_exposures: int = MOST_EXPOSURES,
) -> Report:
    """A report of what was generated from a pool.

    Parameters
    ----------
    parts : sequence of Evaluated
        The pool as each rule set read it, and what its rules did.
    whole : Generation
        The result of all rule sets.
    findings : sequence of Finding, or None
        The problems that are listed; None for those of the result.
    command : str
        The command line.
    most_exposures : int
        The largest number of exposures with a mark of their own; of more, one mark represents those of the same observation,
        activity and associations.
    """
    findings = whole.findings if findings is None else findings
    numbers = number_exposures(parts)
    traces = [Trace(part.grouping, part.ruleset) for part in parts]
    names = [part.ruleset.name for part in parts]
    roles = {SCIENCE: 0}
    rows, ordered_roles = _by_frequency(list(_rows(parts, traces, whole, numbers.of_rows, roles)), tuple(roles))
    missing = missing_files(findings)
    not_missing = tuple(each for each in findings if each.code not in (MISSING_FILE.code, MISSING_BUT_NOT_READ.code))
    errors = members_with_errors(whole, frozenset(part.ruleset.keywords.not_degraded for part in parts))
    report = Report(
        title=parts[0].source.pool.path,
        is_comparison=False,
        tiles=(
            Tile(whole.exposures, "exposure", "exposures"),
            Tile(len(whole), "association", "associations"),
            Tile(len(whole.orphans), "orphan", "orphans", bool(whole.orphans)),
            Tile(len(missing), "missing file", "missing", bool(missing)),
            Tile(len(not_missing), "warning", "warnings", bool(not_missing)),
            Tile(len(errors), "member with an error/members with errors", "errors", bool(errors)),
        ),
        exposures=numbers.shown,
        roles=ordered_roles,
        associations=rows,
        provenance=_provenance(parts, command),
        orphans=orphans_by_reason(traces, names, numbers, whole),
        missing=missing,
        errors=errors,
        findings=not_missing,
        notes=tuple(_notes(traces, whole)),
    )
    return with_marks(report, most_exposures)


def _notes(traces: Sequence[Trace], whole: Generation) -> Iterator[str]:
    if any(len(association.products) > 1 for association in whole):
        yield "Some associations have several products; each product has a row."
    for trace in traces:
        has_choices = any(attachment.has_sets for rule in trace.rules for attachment in rule.rule.attach)
        if has_choices and len(trace.kept) > MOST_WITH_CHOICES:
            yield (
                f"With more than {MOST_WITH_CHOICES:,} associations, what attachments had to choose from is not shown; "
                "'asnforge explain' shows it for an exposure."
            )


def _by_frequency(
    rows: Sequence[ShownAssociation], roles: tuple[str, ...]
) -> tuple[tuple[ShownAssociation, ...], tuple[str, ...]]:
    """The rows with exptypes numbered by frequency, science first."""
    counts = np.bincount(np.concatenate([np.zeros(1, np.int64), *(row.roles for row in rows)]), minlength=len(roles))
    order = sorted(range(len(roles)), key=lambda role: (role != 0, -counts[role], roles[role]))
    rank = np.argsort(order).astype(np.int64)
    return tuple(replace(row, roles=rank[row.roles]) for row in rows), tuple(roles[role] for role in order)


def _rows(
    parts: Sequence[Evaluated],
    traces: Sequence[Trace],
    whole: Generation,
    of_rows: Sequence[IndexArray],
    roles: dict[str, int],
) -> Iterator[ShownAssociation]:
    written = {association.file_name: association for association in whole}
    first = 0
    for part, trace, numbers in zip(parts, traces, of_rows, strict=True):
        own: list[Association] = [written[each.file_name] for each in part.generation if each.file_name in written]
        products = [product for association in own for product in association.products]
        makers = {file_name_key(product.file): first + row for row, product in enumerate(products) if product.file}
        first += len(products)
        yield from Memberships(part, trace, numbers, own).rows(roles, makers)


def _provenance(parts: Sequence[Evaluated], command: str) -> Provenance:
    origins: dict[str, None] = {}
    for part in parts:
        fits = part.source.fits
        if fits is not None:
            origins[f"{pluralize(len(fits.pool), 'exposure')} in {pluralize(fits.fits_files, 'FITS file')}"] = None
            origins |= {f"not used: {count} {kind}": None for kind, count in fits.not_used.items()}
            origins |= dict.fromkeys(fits.origins)
        origins |= dict.fromkeys(_other_names(part))
    return Provenance(
        command,
        __version__,
        tuple((part.ruleset.name, part.ruleset.title) for part in parts),
        tuple(origins),
        tuple(dict.fromkeys(entry for part in parts for entry in _derived(part.ruleset))),
    )


def _other_names(part: Evaluated) -> Iterator[str]:
    """The columns that the pool has under another name."""
    for name in part.ruleset.other_names:
        found = part.ruleset.find_column(name, part.source.pool.columns)
        if found is not None and found != name:
            yield f"{name.upper()} is read from the column {found.upper()}"


def _derived(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    for name, derived in ruleset.derived.items():
        columns = ", ".join(sorted(map(str.upper, derived.columns_read())))
        about = ruleset.descriptions.get(f"derived.{name}", "")
        yield (
            name.upper(),
            f"from {columns}" + (f": {about}" if about else "") if columns else about or "the same for all",
        )
