"""The values that a comparison takes and returns. The two sides are always named *expected* and *actual*."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from asnforge.compare.normalize import stable_file_name
from asnforge.findings import Finding

Kind = Literal["missing", "unexpected", "changed", "renamed", "split", "merged", "duplicate"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The kinds of differences, in the order of reports."""

Member = tuple[str, str]
"""A member: ``(expname, exptype)``."""

KEYWORDS = ("asn_type", "asn_rule", "asn_id", "asn_pool", "program", "target", "degraded_status")
"""The keywords that are compared."""

PARTS = ("product_name", "file_name", "members", "exptype", "suffix")
"""Names of the other parts that are compared, by which they can be ignored."""

STRICT_KEYWORDS = (
    "code_version",
    "constraints",
    "version_id",
    "exposerr",
    "asn_candidate",
    "member_order",
    "product_order",
)
"""Names of parts that only a strict comparison compares, by which they can be ignored."""

IGNORABLE = KEYWORDS + PARTS + STRICT_KEYWORDS


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product of an association.

    Attributes
    ----------
    name : str or None
        The product's name; the format does not require one.
    members : tuple of (str, str)
        Expname and exptype of each member, sorted.
    """

    name: str | None
    members: tuple[Member, ...]


def sort_products(products: Iterable[ReadProduct]) -> tuple[ReadProduct, ...]:
    """Products by name and members, as `ReadAssociation` has them."""
    return tuple(sorted(products, key=lambda product: (product.name or "", product.members)))


@dataclass(frozen=True, slots=True)
class ReadAssociation:
    """The parts of an association of any origin that are compared.

    Attributes
    ----------
    file : str
        The file as the user named it, for reports; empty if there is none.
    folder : str
        The folder of the file, relative to its side: associations of the same folder are compared with each other.
    file_name : str
        The file's name without a folder.
    keywords : mapping of str to str
        The association's keywords that are present and not null: ``asn_type``, ``asn_rule``, ...
    products : tuple of ReadProduct
        Sorted by name and members.
    raw : object
        The whole association as JSON has it, for a strict comparison; else None.
    added : mapping of str to object
        The keywords that a rule set adds, for associations that were generated.
    """

    file: str
    folder: str
    file_name: str
    keywords: Mapping[str, str] = field(hash=False)
    products: tuple[ReadProduct, ...]
    raw: Any = field(default=None, hash=False)
    added: Mapping[str, Any] = field(default_factory=dict, hash=False)

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
    def stable_file_name(self) -> str:
        """The file's name as it is from run to run, without counter and version."""
        return stable_file_name(self.file_name, self.keywords.get("version_id"))

    @property
    def title(self) -> str:
        """The association's name for reports: its first product's name, or else its file's."""
        name = self.products[0].name if self.products else None
        more = f" and {len(self.products) - 1} more" if len(self.products) > 1 else ""
        return f"{name}{more}" if name else self.file_name or "without a name"


@dataclass(frozen=True, slots=True)
class Change:
    """A single change between an expected association and the actual one.

    Attributes
    ----------
    what : str
        ``member``, ``exptype``, ``suffix``, ``product``, ``product_name``, ``file_name``, or a keyword; in a strict
        comparison also ``member_order`` and ``product_order``.
    expected, actual : str or None
        The value on each side; None if it is absent there, such as the expected value of a member that only actual has.
    member : str
        The expname of the member, the expected one if the two differ; empty if the change is not about a member.
    product : str
        The name of the product, if the association has several; else empty.
    """

    what: str
    expected: str | None
    actual: str | None
    member: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the two sides, of one or more associations.

    Attributes
    ----------
    kind : str
        ``renamed``: the same members under a product or file name that only one side has. ``changed``: any other
        difference of one association. ``split``: the members of one expected association are in several actual ones.
        ``merged``: the reverse. ``missing``: only expected. ``unexpected``: only actual. ``duplicate``: two associations of
        one side with the same members, rule and pool.
    expected, actual : tuple of ReadAssociation
        The associations. A duplicate has the original and its copy on one side, and nothing on the other.
    changes : tuple of Change
        The changes, if it is renamed or changed.
    """

    kind: Kind
    expected: tuple[ReadAssociation, ...]
    actual: tuple[ReadAssociation, ...]
    changes: tuple[Change, ...] = ()

    @property
    def title(self) -> str:
        """The name of the association, for reports."""
        first, *_ = self.expected if self.kind != "merged" and self.expected else self.actual
        return first.title


@dataclass(frozen=True, slots=True)
class Options:
    """What is compared and reported.

    Attributes
    ----------
    strict : bool
        Compare everything, including file names, counters, time stamps, versions, constraints, the order of members and unknown
        keywords.
    ignore : frozenset of str
        Keywords, and names of `PARTS`, that are not compared.
    only : frozenset of str
        The association types and rules that are reported, case-folded; empty for all.
    added : bool
        Compare the keywords that rule sets add, for associations that were generated.
    """

    strict: bool = False
    ignore: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    added: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """A difference that an allowlist accepts, with its reason."""

    difference: Difference
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a comparison.

    Attributes
    ----------
    expected, actual : str
        The two sides as the user named them.
    expected_count, actual_count : int
        The number of associations of each side.
    same : tuple of ReadAssociation
        The expected associations that the actual side also has.
    differences : tuple of Difference
        By kind, then by name.
    allowed : tuple of Allowed
        Differences that an allowlist accepts; they are not among `differences`.
    findings : tuple of Finding
        Files that could not be read.
    unused : tuple of Finding
        Allowlist entries that match no difference, as warnings.
    skipped : tuple of str
        JSON files of either side that do not contain an association.
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

    def __str__(self) -> str:
        """The report, as ``asnforge compare`` prints it."""
        from asnforge.compare.compare_report import text_report

        return "\n".join(text_report(self))

    @property
    def status(self) -> int:
        """The exit status: 0 the same, 1 different, 2 a file could not be read."""
        return 2 if self.findings else 1 if self.differences else 0

    @property
    def counts(self) -> dict[str, int]:
        """The number of differences of each kind."""
        counts = Counter(difference.kind for difference in self.differences)
        return {kind: counts[kind] for kind in KINDS}
