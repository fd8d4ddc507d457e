"""What is not in associations, or not as it should be: orphans by reason, missing files, and members with errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from asnforge.associations.model import Association
from asnforge.explain.orphans import almost_matched, find_orphans
from asnforge.explain.trace import Trace
from asnforge.findings import Finding
from asnforge.fitsfiles.missing_members import MISSING_BUT_NOT_READ, MISSING_FILE
from asnforge.generation.result import Generation
from asnforge.report.exposure_columns import ExposureNumbers
from asnforge.report.model import MemberError, MissingFile, ShownOrphans


def orphans_by_reason(
    traces: Sequence[Trace], names: Sequence[str], numbers: ExposureNumbers, whole: Generation
) -> tuple[ShownOrphans, ...]:
    """The exposures that are in no association of any rule set, by reason, the most frequent reason first.

    Parameters
    ----------
    traces : sequence of Trace
        What the rules of each rule set did.
    names : sequence of str
        The names of the rule sets, which reasons begin with if there are several.
    numbers : ExposureNumbers
        The exposures of the report.
    whole : Generation
        The result, with the orphans of all rule sets together.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    almost: dict[int, bool] = defaultdict(bool)
    left_out = {numbers.of_lines[line] for line in whole.orphans}
    for part, (trace, name) in enumerate(zip(traces, names, strict=True)):
        head = f"{name}: " if len(traces) > 1 else ""
        rows = dict(
            zip(trace.pool.lines[: trace.exposures.exposures].tolist(), numbers.of_rows[part].tolist(), strict=True)
        )
        first_row = {line: row for row, line in enumerate(rows)}
        for entry in find_orphans(trace):
            line = entry.exposures[0].line
            is_read = line in first_row
            near = not is_read or almost_matched(trace, first_row[line])
            for exposure in entry.exposures:
                number = rows[exposure.line] if is_read else numbers.of_lines.get(exposure.line, -1)
                if number in left_out:
                    reasons[number].append(f"{head}{entry.reason}")
                    almost[number] |= near
    together: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for number, own in sorted(reasons.items()):
        together["; ".join(own), almost[number]].append(number)
    shown = [
        ShownOrphans(reason, near, np.array(exposures, np.int64), len(exposures))
        for (reason, near), exposures in together.items()
    ]
    return tuple(sorted(shown, key=lambda entry: (-entry.total, entry.reason)))


def missing_files(findings: Iterable[Finding]) -> tuple[MissingFile, ...]:
    """The members whose files do not exist, those without which a pipeline fails first."""
    codes = {MISSING_FILE.code, MISSING_BUT_NOT_READ.code}
    missing = (
        MissingFile(
            str(finding.details["expname"]),
            str(finding.details["exptype"]),
            _what_is_missing(finding),
            finding.severity == "error",
            _files(finding),
        )
        for finding in findings
        if finding.code in codes
    )
    return tuple(sorted(missing, key=lambda entry: (not entry.is_error, entry.expname)))


def _what_is_missing(finding: Finding) -> str:
    """The message without the member, which the table of the page names, and the hint."""
    message = finding.message.partition(f"({finding.details['exptype']}), which ")[2] or finding.message
    return f"{message}; {finding.hint}" if finding.hint else message


def _files(finding: Finding) -> tuple[str, ...]:
    names = finding.details["associations"]
    return tuple(map(str, names)) if isinstance(names, tuple) else ()


def members_with_errors(associations: Iterable[Association], not_degraded: frozenset[str]) -> tuple[MemberError, ...]:
    """The distinct members with an error, each with the associations that have it; `not_degraded`: these have none."""
    files: dict[tuple[str, str], list[str]] = defaultdict(list)
    for association in associations:
        if association.degraded_status not in not_degraded:
            for product in association.products:
                for member in product.members:
                    if member.exposerr:
                        files[member.expname, member.exposerr].append(association.file_name)
    return tuple(
        MemberError(expname, error, tuple(dict.fromkeys(names))) for (expname, error), names in sorted(files.items())
    )
