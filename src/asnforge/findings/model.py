"""Findings: what is wrong, where, and what would be right, as values.

Pools, rule files, associations and differences all report their faults in this one shape. A finding is a value that a
function returns; `CannotContinue` is the one exception, for when nothing can be done at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from asnforge.findings.text import printable

Severity = Literal["error", "warning"]

FEW = 5
"""How many warnings of one code are shown for a pool, unless all are asked for."""

_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, at one place.

    Attributes
    ----------
    code : str
        A stable code: a letter for the subject (P pool, R rule, A association, G generation, C comparison) and three digits.
    message : str
        What is wrong, one sentence without a full stop.
    file : str
        The file as the user named it; empty where there is none.
    line, column : int or None
        Where in the file, both counted from 1.
    hint : str
        What would be right; may be empty.
    severity : {"error", "warning"}
        An error keeps something from being done; a warning does not.
    row : int or None
        Which row of a table that has no lines, such as FITS, counted from 1.
    """

    code: str
    message: str
    file: str = ""
    line: int | None = None
    column: int | None = None
    hint: str = ""
    severity: Severity = "error"
    row: int | None = None

    def __str__(self) -> str:
        """``file:line:column: CODE message; hint`` on one line, with what is known of the location, escaped by `printable`.

        The location in a table without lines is ``file: row 3``.
        """
        row = f" row {self.row}" if self.row is not None else None
        place = ":".join(
            str(part) for part in (self.file, self.line, self.column, row) if part not in (None, "")
        ).lstrip()
        text = f"{self.code} {self.message}" if self.severity == "error" else f"{self.code} warning: {self.message}"
        return printable((f"{place}: " if place else "") + text + (f"; {self.hint}" if self.hint else ""))

    def as_dict(self) -> dict[str, object]:
        """The finding as JSON has it: every attribute by its name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Code:
    """What a finding's code stands for.

    Attributes
    ----------
    code : str
        The stable code itself, such as ``P101``.
    title : str
        The fault in a few words.
    explanation : str
        Why it is a fault and how to mend it, a few sentences.
    """

    code: str
    title: str
    explanation: str


class CannotContinue(Exception):
    """Nothing can be done with this input.

    Parameters
    ----------
    *findings : Finding
        Why, at least one.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


def closest(word: str, choices: Iterable[str], alike: float = 0.6) -> str | None:
    """What was likely meant, for a hint: the choice that is nearly the same, letter case aside.

    Parameters
    ----------
    word : str
        What stands there.
    choices : iterable of str
        What could stand there.
    alike : float
        How much of the two must be the same, from 0 to 1.

    Returns
    -------
    str or None
        None where no choice is near, or the word is too long to be one.
    """
    from difflib import get_close_matches

    if len(word) > _LONGEST_WORD:
        return None
    by_lower_case = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.strip().casefold(), by_lower_case, 1, alike)
    return by_lower_case[found[0]] if found else None


def few_of_each(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """Cut a long list: all errors and the first `FEW` warnings of each code; and how many warnings more a code has."""
    warnings: Counter[str] = Counter()
    kept = []
    for finding in findings:
        is_warning = finding.severity == "warning"
        warnings[finding.code] += is_warning
        if not is_warning or warnings[finding.code] <= FEW:
            kept.append(finding)
    return tuple(kept), {code: count - FEW for code, count in warnings.items() if count > FEW}


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun, in the plural where it is not one: ``1 pool``, ``2 pools``, ``0 entries``."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
