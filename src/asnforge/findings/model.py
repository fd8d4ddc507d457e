"""Findings: problems, their positions and how to fix them, as values.

Pools, rule files, associations and comparisons all report problems in this form. A finding is a value that a function
returns; `InputError` is the only exception, raised when the input cannot be processed at all.

Each kind of finding is a `FindingCode`, declared in the module that raises it, and makes its findings from facts::

    NO_SUCH_RULE = FindingCode("R999", "undefined rule", "A case names a rule ...", wrong="rule: Imge", right="rule: Image")

    yield NO_SUCH_RULE.finding("there is no rule {rule:quoted}", location, rule=name, hint=suggestion(name, known))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from asnforge.findings.display import pluralize, printable, quoted, truncated

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A position: the file as the user named it; line, column, and row of a table without lines, all counted from 1."""

    file: str
    line: int | None = None
    column: int | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a position.

    Attributes
    ----------
    code : str
        A stable code: a letter for the subject (P pool, R rule, A association, G generation, C comparison) and three digits.
    message : str
        The problem: one sentence without a full stop.
    file : str
        The file as the user named it; empty if there is none.
    line, column : int or None
        The position in the file, both counted from 1.
    hint : str
        How to fix it; may be empty.
    severity : {"error", "warning"}
        An error prevents something from being done; a warning does not.
    row : int or None
        The row of a table that has no lines, such as FITS, counted from 1.
    details : mapping of str to object
        The facts that the message is made from, for programs: strings, numbers, booleans, None, and tuples of them.
    """

    code: str
    message: str
    file: str = ""
    line: int | None = None
    column: int | None = None
    hint: str = ""
    severity: Severity = "error"
    row: int | None = None
    details: Mapping[str, object] = field(default_factory=dict, compare=False)

    def parts(self) -> tuple[str, str, str]:
        """The position, the code with its severity, and the message with its hint, each escaped; `str` joins them."""
        row = None if self.row is None else f" row {self.row}"
        parts = [str(part) for part in (self.file, self.line, self.column, row) if part not in (None, "")]
        position = f"{':'.join(parts).lstrip()}: " if parts else ""
        kind = "" if self.severity == "error" else " warning:"
        texts = (position, self.code + kind, f" {self.message}{self.hint and f'; {self.hint}'}")
        position, code, message = map(printable, texts)
        return position, code, message

    def __str__(self) -> str:
        """``file:line:column: CODE message; hint`` on one escaped line, or ``file: row 3: ...`` for a table without lines."""
        return "".join(self.parts())

    def as_dict(self) -> dict[str, object]:
        """The attributes by name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FindingCode:
    """A kind of finding, with its documentation.

    Attributes
    ----------
    code : str
        The stable code, such as ``P101``.
    title : str
        The problem in a few words.
    explanation : str
        Why this is a problem and how to fix it, in a few sentences.
    wrong, right : str
        The smallest example that has the problem, and the same example fixed: lines of a file, or a command.
    """

    code: str
    title: str
    explanation: str
    wrong: str = ""
    right: str = ""

    def finding(
        self,
        message: str,
        at: SourceLocation | str = "",
        *,
        hint: str = "",
        severity: Severity = "error",
        **details: object,
    ) -> Finding:
        """A finding of this kind.

        Parameters
        ----------
        message : str
            The message, with the names of details in braces: ``{name}`` is truncated, ``{names}`` of several values is a
            list with commas, ``{names[0]}`` is one of them, ``{name:quoted}`` is in quotes, ``{count:exposure}`` is a count
            with its noun.
        at : SourceLocation or str
            The file, or a position in it.
        hint : str
            How to fix it.
        severity : {"error", "warning"}
            An error prevents something from being done.
        **details : object
            The facts: strings, numbers, booleans, None, and tuples of them.
        """
        where = SourceLocation(at) if isinstance(at, str) else at
        return Finding(
            self.code,
            message.format_map({name: _Fact(value) for name, value in details.items()}),
            where.file,
            where.line,
            where.column,
            hint,
            severity,
            where.row,
            details,
        )


class InputError(Exception):
    """Raised when the input cannot be processed.

    Parameters
    ----------
    *findings : Finding
        The reasons, at least one.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings

    def _render_traceback_(self) -> list[str]:
        """What IPython and notebooks show: the findings, without a traceback, which would say nothing about the input."""
        return [f"{type(self).__name__}: {line}" for line in map(str, self.findings)]


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact as a message shows it: printable, and in the form that the format specification names."""

    value: Any

    def __getitem__(self, index: int) -> _Fact:
        return _Fact(self.value[index])

    def __format__(self, spec: str) -> str:
        if spec == "quoted":
            return quoted(self.value)
        if spec:
            singular, _, plural = spec.partition("/")
            return pluralize(self.value, singular, plural)
        if isinstance(self.value, list | tuple | set | frozenset):
            return ", ".join(truncated(str(item)) for item in self.value)
        return truncated(str(self.value))


def limit_per_code(findings: Iterable[Finding], limit: int = 5) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """All errors and the first warnings of each code up to a limit, and how many more warnings each code has."""
    warnings: Counter[str] = Counter()
    shown = []
    for finding in findings:
        warnings[finding.code] += finding.severity == "warning"
        if finding.severity == "error" or warnings[finding.code] <= limit:
            shown.append(finding)
    return tuple(shown), {code: count - limit for code, count in warnings.items() if count > limit}
