"""Name parts and templates: how product names, file names and keywords are put together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

PRODUCT = "product"
"""The name in templates of file names that is replaced by the product's name, unless a name part has this name."""

FACTS = ("scope", "asn_type", "rule", "version", "sequence")
"""The facts about an association that name parts can use, besides the keys of the group."""


@dataclass(frozen=True, slots=True)
class NamePart:
    """One part of a name (docs/grouping.md#names).

    Attributes
    ----------
    keys : tuple of str
        Keys of the group, or `FACTS`.
    columns : tuple of str
        Instead of keys: columns, read for the exposure of the group with the least file name.
    values_of : str or None
        Instead of keys: a key whose distinct values among the group's selected exposures are used, including wildcards.
    leave_out : tuple of str
        Values that are omitted.
    zero_fill : int
        The minimum width of a value, which is padded with zeros on the left.
    sort : bool
        Sort the values; else they are in the order of `keys`.
    join : str
        The separator of two values.
    before, after : str
        What precedes and follows the part if it has a value.
    empty : str
        The part if it is undefined.
    replace : tuple of (str, str)
        What is replaced in values, and by what, one after the other.
    keeps_case : bool
        Values are spelled as in the pool, instead of in lower case.
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
    columns: tuple[str, ...] = ()
    replace: tuple[tuple[str, str], ...] = ()
    keeps_case: bool = False

    def written(self, value: str) -> str:
        """A value as the part has it, before it is filled with zeros; the empty string if it is left out."""
        if value.casefold() in self.leave_out:
            return ""
        text = value if self.keeps_case else value.lower()
        for old, new in self.replace:
            text = text.replace(old if self.keeps_case else old.lower(), new)
        return text

    def join_values(self, values: tuple[str, ...]) -> str:
        """The part, from the values of its keys or the distinct values of one; an empty string is undefined."""
        shown = [text.rjust(self.zero_fill, "0") for value in values if value and (text := self.written(value))]
        if not shown:
            return self.empty
        if self.sort:
            shown.sort()
        return f"{self.before}{self.join.join(shown)}{self.after}"


@lru_cache(maxsize=4096)
def parse_template(template: str) -> tuple[tuple[str, str | None], ...]:
    """A template as pairs of literal text and the name that follows it, or None; doubled braces become single.

    Raises
    ------
    ValueError
        The braces do not match, or contain something other than a plain name.
    """
    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError("its braces do not match") from error
    if any(specification or conversion or name == "" for _, name, specification, conversion in parsed):
        raise ValueError("braces may contain only a name")
    return tuple((literal, name) for literal, name, _, _ in parsed)


def is_unsafe_path_part(part: str) -> bool:
    """Whether a string, as part of a name, could lead out of the folder of the name, or cannot be displayed."""
    return "/" in part or "\\" in part or not part.isprintable()


def file_name_key(name: str) -> str:
    """A key that is equal for names of one file on systems that ignore case or the normal form of accents."""
    return name.casefold() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
