"""What two rule sets make different of pools: associations gained, lost, renamed, and members that moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asnforge.compare.comparison import compare
from asnforge.compare.load_sides import from_associations
from asnforge.compare.model import Change, Comparison, Difference, Options, ReadAssociation
from asnforge.findings import pluralize
from asnforge.generation.engine import ALL_SCOPES, generate
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.pool.read import read_pool
from asnforge.rulefiles.load import load_ruleset
from asnforge.rulefiles.shipped import RULESET_FILE, resolve
from asnforge.rules.ruleset import Ruleset
from asnforge.system_errors import memory_for

WORDS = {"missing": "lost", "unexpected": "gained"}
"""The kinds of a comparison in the words of an old and a new side, where they are others."""

_MOST = 4
_OPTIONS = Options(ignore=frozenset({"file_name"}))
"""The counter in a file's name follows from the other associations; what counts is the product's name."""


@dataclass(frozen=True, slots=True, eq=False)
class PoolDiff:
    """What two rule sets make different of one pool: the old one is the expected side of the comparison."""

    pool: str
    comparison: Comparison


@dataclass(frozen=True, slots=True, eq=False)
class OldSide:
    """What the old rules make of a pool: kept while the new rules are edited."""

    pool: Pool
    columns: frozenset[str]
    associations: tuple[ReadAssociation, ...]


def load_side(path: str) -> Ruleset:
    """A rule set by its folder or name; a rule file or a folder of rules alone is added to the default rule set.

    Raises
    ------
    InputError
        It cannot be read.
    """
    place = resolve(path)
    whole = (place / RULESET_FILE).is_file() or place.name == RULESET_FILE
    return load_ruleset(place, default=not whole)


def old_side(path: str, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES, columns: Iterable[str] = ()) -> OldSide:
    """What the old rules make of a pool.

    Parameters
    ----------
    path : str
        The pool.
    ruleset : Ruleset
        The old rules.
    choice : ScopeChoice
        Which scopes are looked at.
    columns : iterable of str
        Columns that the new rules read, so that the pool is read once.

    Raises
    ------
    InputError
        The pool cannot be read, or rules cannot work on it.
    """
    read = ruleset.columns_read() | frozenset(columns)
    with memory_for(path):
        pool = read_pool(path, columns=read)
        return OldSide(pool, read, from_associations(generate(pool, ruleset, choice=choice).associations))


def diff_pool(old: OldSide, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> PoolDiff:
    """What new rules make different of a pool; errors as for `old_side`."""
    wanted = ruleset.columns_read()
    with memory_for(old.pool.path):
        pool = old.pool if wanted <= old.columns else read_pool(old.pool.path, columns=wanted)
        made = from_associations(generate(pool, ruleset, choice=choice).associations)
        return PoolDiff(old.pool.path, compare(old.associations, made, _OPTIONS))


def diff_lines(diff: PoolDiff, limit: int = 20) -> Iterator[str]:
    """The differences of a pool for people, up to `limit` of them; 0 for all."""
    comparison = diff.comparison
    counts = [f"{count} {WORDS.get(kind, kind)}" for kind, count in comparison.counts.items() if count]
    yield f"{diff.pool}: {', '.join(counts) or 'no difference'}, {len(comparison.same)} the same"
    shown = comparison.differences[: limit or None]
    for difference in shown:
        yield f"    {WORDS.get(difference.kind, difference.kind):<10}{_headline(difference)}"
        yield from (f"              {line}" for line in _details(difference))
    if len(shown) < len(comparison.differences):
        yield f"    and {len(comparison.differences) - len(shown)} more; --limit 0 shows them"


def _headline(difference: Difference) -> str:
    old, new = difference.expected, difference.actual
    match difference.kind:
        case "renamed":
            return f"{_called(old[0])} -> {new[0].title}"
        case "split" | "merged":
            return f"{' and '.join(map(_called, old))} -> {' and '.join(map(_called, new))}"
        case "duplicate":
            return " and ".join(map(_called, old or new))
        case _:
            return _called((old or new)[0])


def _details(difference: Difference) -> Iterator[str]:
    """What changed, a line each; members that go or come alike share one."""
    together: dict[str, list[str]] = {}
    for change in _changes(difference):
        if change.what == "member":
            together.setdefault(
                f"without {change.expected}" if change.actual is None else f"with {change.actual}", []
            ).append(change.member)
        else:
            of = f" of {change.member}" if change.member else ""
            together.setdefault(
                f"{change.what.replace('_', ' ')}{of}: {change.expected or 'none'} -> {change.actual or 'none'}", []
            )
    for text, members in together.items():
        more = f" and {len(members) - _MOST} more" if len(members) > _MOST else ""
        yield f"{text} {', '.join(members[:_MOST])}{more}" if members else text


def _changes(difference: Difference) -> Iterator[Change]:
    """The changes that the headline does not tell."""
    told = difference.kind == "renamed" and len(difference.expected[0].products) == 1
    return (change for change in difference.changes if not (told and change.what == "product_name"))


def _called(association: ReadAssociation) -> str:
    count = len(association.members)
    rule = association.keywords.get("asn_rule", "")
    return f"{association.title} ({rule}, {pluralize(count, 'member')})"
