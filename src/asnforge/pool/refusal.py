"""How a pool that cannot be read is refused."""

from __future__ import annotations

from asnforge.findings import CannotContinue, Code, Finding


def refusal(
    code: Code, message: str, *, file: str, line: int | None = None, column: int | None = None, hint: str = ""
) -> CannotContinue:
    """Make the exception that says, in one finding, why nothing can be done with this pool."""
    return CannotContinue(Finding(code.code, message, file, line, column, hint))
