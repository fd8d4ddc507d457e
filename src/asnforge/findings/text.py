r"""Values from files, arguments and file names as they are displayed: on one line, and harmless to a terminal.

Everything that asnforge displays and did not write itself goes through `printable`: control characters, line breaks, marks
that change the direction of text, and bytes of a file name that are not UTF-8 appear as escapes such as ``\x1b``.
"""

from __future__ import annotations


def printable(text: str) -> str:
    """A string with every character that is not printable escaped; a printable one is returned as it is."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def plain(text: str, limit: int = 200) -> str:
    """A string as `printable` has it, truncated to `limit` characters of the original."""
    return printable(text if len(text) <= limit else text[: limit - 1] + "…")


def quoted(value: object, limit: int = 60) -> str:
    """A value in single quotes, as `plain` has it."""
    return f"'{plain(value if isinstance(value, str) else str(value), limit)}'"
