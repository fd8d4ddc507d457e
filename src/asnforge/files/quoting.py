"""Text of a file as it is shown to people: short, on one line, and without power over their terminal."""

from __future__ import annotations


def quoted(value: object, limit: int = 60) -> str:
    """A value in single quotes, unprintable characters escaped, cut at `limit` characters."""
    text = value if isinstance(value, str) else str(value)
    return f"'{plain(text, limit)}'"


def plain(text: str, limit: int = 200) -> str:
    """Text with unprintable characters escaped, cut at `limit` characters."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    if shown.isprintable():
        return shown
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in shown)
