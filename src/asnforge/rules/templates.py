"""Name parts and templates: how product names, file names and keywords are put together."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True, slots=True)
class NamePart:
    """One part of a name (docs/grouping.md#names).

    Attributes
    ----------
    keys : tuple of str
        Keys of the group, or facts of the association: ``scope``, ``asn_type``, ``rule``, ``version``, ``sequence``.
    values_of : str or None
        In place of keys: a key whose distinct values among the group's own exposures are meant, wildcards too.
    leave_out : tuple of str
        Values that do not appear.
    zero_fill : int
        The least width of a value, filled with zeros on the left.
    sort : bool
        The values in the order of their letters; else in the order of `keys`.
    join : str
        What stands between two values.
    before, after : str
        What stands around the part, where it has a value.
    empty : str
        The part where it has no value.
    """

    keys: tuple[str, ...] = ()
    values_of: str | None = None
    leave_out: tuple[str, ...] = ()
    zero_fill: int = 0
    sort: bool = False
    join: str = "-"
    before: str = ""
    after: str = ""
    empty: str = ""

    def text(self, value: Callable[[str], str], distinct: Callable[[str], tuple[str, ...]]) -> str:
        """The part's text.

        Parameters
        ----------
        value : callable
            The value of a key or fact by its name; the empty text where there is none.
        distinct : callable
            The distinct values of a key by its name, among the group's own exposures.
        """
        return self.joined(distinct(self.values_of) if self.values_of is not None else tuple(map(value, self.keys)))

    def joined(self, values: tuple[str, ...]) -> str:
        """The part's text, from the values of its keys or the distinct values of one; the empty text is no value."""
        shown = [text.rjust(self.zero_fill, "0") for text in values if text and text not in self.leave_out]
        if not shown:
            return self.empty
        if self.sort:
            shown.sort()
        return f"{self.before}{self.join.join(shown)}{self.after}"


def pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    """A template as (literal text, name of what follows or None), with doubled braces made single.

    Raises
    ------
    ValueError
        The braces do not match, or something stands in braces that is no plain name.
    """
    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError("its braces do not match") from error
    found = []
    for literal, name, specification, conversion in parsed:
        if specification or conversion or name == "":
            raise ValueError("only a name can stand in braces")
        found.append((literal, name))
    return tuple(found)


def fill(template: str, texts: Mapping[str, str]) -> str:
    """A template with the text of each name in it."""
    return "".join(literal + (texts[name] if name is not None else "") for literal, name in pieces(template))


def is_unsafe_path_part(text: str) -> bool:
    """Whether a text in a name could lead out of the folder that the name is for, or is none that can be shown."""
    return "/" in text or "\\" in text or not text.isprintable()


def same_name(name: str) -> str:
    """A key that is the same for names that are one file where letter case or the form of accents does not count."""
    return name.casefold() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
