"""What an explanation is made of: frozen values, for Python and for JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from asnforge.findings import truncated

_LONGEST = 1000
"""How many characters of what a rule asks for are displayed."""

Verdict = Literal["taken", "duplicate", "incomplete", "left out", "no scope", "counted once", "unusable"]
Outcome = Literal["association", "duplicate", "incomplete", "counted once"]
CheckKind = Literal["constraint", "key"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a constraint read of an exposure, and what it wanted.

    Attributes
    ----------
    column : str
        The column in upper case, as rule files have it; several where a constraint reads them together.
    found : str
        The value as the pool spells it, or ``undefined`` with what stands for it.
    wanted : str
        What would have passed.
    because : str
        Where the column is derived from others: why it has this value; else empty.
    conditions : tuple of str
        The conditions of the rule set that the constraint is part of, the outer one first.
    excluded : bool
        The value found is one that must not be; else one that was wanted is not there.
    """

    column: str
    found: str
    wanted: str
    because: str = ""
    conditions: tuple[str, ...] = ()
    excluded: bool = False

    def __str__(self) -> str:
        """``COLUMN is FOUND (because), wanted WANTED``, its values escaped and truncated by `plain`."""
        return f"{self.fact()}, wanted {truncated(self.wanted, _LONGEST)}"

    def fact(self) -> str:
        """``COLUMN is FOUND (because)``."""
        return f"{truncated(self.column)} is {truncated(self.found)}" + (
            f" ({truncated(self.because, _LONGEST)})" if self.because else ""
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """A constraint, or a key that needs a value, that left an exposure out.

    Attributes
    ----------
    kind : {"constraint", "key"}
        What failed.
    name : str
        Its name in the rule.
    constraint : str
        The constraint in words.
    readings : tuple of Reading
        The parts that failed it, from left to right.
    text : str
        The readings as one sentence: ``and`` where each would have to be another, ``or`` where one is enough.
    """

    kind: CheckKind
    name: str
    constraint: str
    readings: tuple[Reading, ...]
    text: str


@dataclass(frozen=True, slots=True)
class GroupStory:
    """A group that an exposure is in, and what became of it.

    Attributes
    ----------
    scope_id, scope_type : str
        The scope of the group.
    role : str
        What the exposure is in it: its exptypes, and the attachment that it joined by.
    outcome : {"association", "duplicate", "incomplete", "pluralize once"}
        What became of the group; or, for ``counted once``, another line of the pool stands for the exposure's file in it.
    product : str
        The product's name; empty where the group is incomplete.
    file_name : str
        The association's file; for a duplicate the one of the association that stays.
    lacks : tuple of str
        What an incomplete group lacks, in words.
    why : str
        For a duplicate which association stays and why; for ``counted once`` which line stands for the exposure.
    """

    scope_id: str
    scope_type: str
    role: str
    outcome: Outcome
    product: str = ""
    file_name: str = ""
    lacks: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class RuleStory:
    """What a rule did with an exposure.

    Attributes
    ----------
    rule : str
        The rule.
    verdict : str
        ``taken``: it is in an association. ``duplicate``, ``incomplete``: its groups became none. ``left out``: a constraint
        failed. ``no scope``: it passes, and is in no scope that was looked at. ``counted once``, ``unusable``: see `why`.
    failures : tuple of Failure
        For ``left out``: the first one, or all.
    groups : tuple of GroupStory
        The groups that it is in.
    why : str
        What else there is to say.
    """

    rule: str
    verdict: Verdict
    failures: tuple[Failure, ...] = ()
    groups: tuple[GroupStory, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Which exposure: its line in the pool, or its row in a table without lines, and its file name as the pool spells it."""

    line: int
    file_name: str
    unit: str = "line"

    @property
    def place(self) -> str:
        """``line 7``, or ``row 7``."""
        return f"{self.unit} {self.line}"

    def __str__(self) -> str:
        """``line 7, name``."""
        return f"{self.place}, {truncated(self.file_name)}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that rules did with an exposure.

    Attributes
    ----------
    exposure : Exposure
        The exposure.
    scopes : tuple of (str, str)
        The scopes that it was looked at in, id and type.
    orphan : str
        Why it is in no association; empty where it is no orphan.
    stand_in : Exposure or None
        Where it is in none and no orphan either: the exposure with the same file that is in one.
    rules : tuple of RuleStory
        For each rule what it did, sorted by the rule's name.
    """

    exposure: Exposure
    scopes: tuple[tuple[str, str], ...]
    orphan: str
    stand_in: Exposure | None
    rules: tuple[RuleStory, ...]

    def associations(self) -> tuple[str, ...]:
        """The files of the associations that the exposure is in."""
        return tuple(group.file_name for rule in self.rules for group in rule.groups if group.outcome == "association")

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON has it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Orphans:
    """Exposures that are in no association for the same reason."""

    reason: str
    exposures: tuple[Exposure, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Why one rule does not put two exposures together.

    Attributes
    ----------
    rule : str
        The rule.
    how : str
        ``left out``: it does not take one of them. ``scope``: they share none. ``key``: a key divides them. ``incomplete``:
        their group became no association. ``attachment``: one supports, and the other's groups do not match. ``once``: they
        are one file.
    reasons : tuple of str
        What divides them, a sentence each.
    """

    rule: str
    how: Literal["left out", "scope", "key", "incomplete", "attachment", "once"]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why two exposures are in no association together.

    Attributes
    ----------
    one, other : Exposure
        The two.
    together : tuple of str
        The files of associations that they are both in, after all; then `rules` is empty.
    rules : tuple of Apart
        For each rule why, the one that came nearest first.
    """

    one: Exposure
    other: Exposure
    together: tuple[str, ...]
    rules: tuple[Apart, ...]
