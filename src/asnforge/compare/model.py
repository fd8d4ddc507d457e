"""The values that a comparison takes and gives. All are frozen; *expected* and *actual* are always named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asnforge.findings import Finding

Kind = Literal["renamed", "changed", "split", "merged", "missing", "unexpected", "duplicate"]
KINDS: tuple[Kind, ...] = ("missing", "unexpected", "changed", "renamed", "split", "merged", "duplicate")

Member = tuple[str, str]
"""``(expname, exptype)``."""

KEYWORDS = ("asn_type", "asn_rule", "asn_id", "asn_pool", "program", "target", "degraded_status")
"""The keywords that are compared; versions and the text of constraints are compared by a strict comparison only."""

PARTS = ("product_name", "file_name", "members", "exptype", "suffix")
"""What else counts, by the names that can be ignored."""

STRICT_KEYWORDS = (
    "code_version",
    "constraints",
    "version_id",
    "exposerr",
    "asn_candidate",
    "member_order",
    "product_order",
)
"""What counts besides where the comparison is strict."""

IGNORABLE = KEYWORDS + PARTS + STRICT_KEYWORDS


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product of an association that was read.

    Attributes
    ----------
    name : str or None
        The product's name; the format lets it be absent.
    members : tuple of (str, str)
        Expname and exptype of each member, sorted.
    """

    name: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ReadAssociation:
    """An association of whatever origin, with what a comparison needs of it.

    Attributes
    ----------
    file : str
        The file as a user names it, for reports; empty where there is none.
    folder : str
        The folder of the file inside its tree: associations of one folder are compared with each other.
    file_name : str
        The file's name without a folder.
    keywords : mapping of str to str
        The association's keywords that are there and not null: ``asn_type``, ``asn_rule``, ...
    products : tuple of ReadProduct
        Sorted by members and name.
    raw : object
        The whole association as JSON has it, where the comparison is strict; else None.
    """

    file: str
    folder: str
    file_name: str
    keywords: Mapping[str, str] = field(hash=False)
    products: tuple[ReadProduct, ...]
    raw: Any = field(default=None, hash=False)

    @property
    def members(self) -> tuple[Member, ...]:
        """The members of all products."""
        if len(self.products) == 1:
            return self.products[0].members
        return tuple(member for product in self.products for member in product.members)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all products, sorted; an absent one is empty."""
        return tuple(sorted(product.name or "" for product in self.products))

    @property
    def title(self) -> str:
        """What to call the association: its product's name, or else its file."""
        name = self.products[0].name if self.products else None
        more = f" and {len(self.products) - 1} more" if len(self.products) > 1 else ""
        return f"{name}{more}" if name else self.file_name or "without a name"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between an expected association and the actual one.

    Attributes
    ----------
    what : str
        ``member``, ``exptype``, ``suffix``, ``product``, ``product_name``, ``file_name``, or a keyword; strictly also
        ``member_order`` and ``product_order``.
    expected, actual : str or None
        The value on each side; None where it is absent there, so that a member of the actual side alone has the
        expected one None.
    member : str
        The expname of the member concerned, the expected side's where both have it; else empty.
    product : str
        The name of the product concerned, where the association has several; else empty.
    """

    what: str
    expected: str | None
    actual: str | None
    member: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the two sides are not the same.

    Attributes
    ----------
    kind : str
        ``renamed``: the same members under a product or file name that only one side has. ``changed``: another
        difference of one association. ``split``: the members of one expected association are in several actual ones.
        ``merged``: the reverse. ``missing``: expected alone. ``unexpected``: actual alone. ``duplicate``: the same
        members for a second time on one side, of the same rule and pool.
    expected, actual : tuple of ReadAssociation
        The associations concerned. For a duplicate: the one side's original and its copy; the other side is empty.
    changes : tuple of Change
        For renamed and changed: what differs.
    """

    kind: Kind
    expected: tuple[ReadAssociation, ...]
    actual: tuple[ReadAssociation, ...]
    changes: tuple[Change, ...] = ()

    @property
    def title(self) -> str:
        """What to call the difference: the association's name."""
        first, *_ = self.expected if self.kind != "merged" and self.expected else self.actual
        return first.title


@dataclass(frozen=True, slots=True)
class Options:
    """What counts.

    Attributes
    ----------
    strict : bool
        Everything counts: file names, counters, time stamps, versions, constraints, the order of members, unknown
        keywords.
    ignore : frozenset of str
        Keywords, and names of `PARTS`, that don't count.
    only : frozenset of str
        The association types and rules that are reported, case-folded; all of them where it is empty.
    """

    strict: bool = False
    ignore: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allowed:
    """A difference that is known and wanted, with the reason that the allowlist gives."""

    difference: Difference
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found.

    Attributes
    ----------
    expected, actual : str
        The two sides as the user named them.
    expected_count, actual_count : int
        How many associations each side has.
    same : tuple of ReadAssociation
        The expected associations that the actual side has too.
    differences : tuple of Difference
        By kind, then by name.
    allowed : tuple of Allowed
        Differences that an allowlist names; they are not among `differences`.
    findings : tuple of Finding
        Files that could not be read.
    unused : tuple of Finding
        Allowlist entries that match no difference, as warnings.
    skipped : tuple of str
        JSON files of either side that do not hold an association.
    """

    expected: str
    actual: str
    expected_count: int
    actual_count: int
    same: tuple[ReadAssociation, ...]
    differences: tuple[Difference, ...]
    allowed: tuple[Allowed, ...] = ()
    findings: tuple[Finding, ...] = ()
    unused: tuple[Finding, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """The exit status: 0 the same, 1 different, 2 a file could not be read."""
        return 2 if self.findings else 1 if self.differences else 0

    @property
    def counts(self) -> dict[str, int]:
        """How many differences there are of each kind."""
        found = [difference.kind for difference in self.differences]
        return {kind: found.count(kind) for kind in KINDS}
