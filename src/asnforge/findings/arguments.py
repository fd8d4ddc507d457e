"""Arguments of the wrong type in calls from programs and notebooks, reported like any other input."""

from __future__ import annotations

from asnforge.findings.display import quoted
from asnforge.findings.model import FindingCode, InputError

WRONG_ARGUMENT = FindingCode(
    "P143",
    "an argument of a function has the wrong type or value",
    "The message gives the argument, what was given, and what the function takes.",
    wrong='asnforge.generate("night/", choice="o001")',
    right='asnforge.generate("night/", choice=asnforge.ScopeChoice(ids=("o001",)))',
)


def wrong_argument(name: str, value: object, expected: str) -> InputError:
    """The error for an argument: its name, the value that was given, and what is expected, such as ``a path``."""
    message, hint = "{argument} cannot be {value}", f"give {expected}"
    shown = quoted(value) if isinstance(value, str) else f"{quoted(value)} ({type(value).__name__})"
    return InputError(WRONG_ARGUMENT.finding(message, hint=hint, argument=name, value=shown))
