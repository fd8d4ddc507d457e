"""How a pool that cannot be read is refused."""

from __future__ import annotations

from asnforge.findings import CannotContinue, Code, Finding
from asnforge.pool import codes


def refusal(
    code: Code, message: str, *, file: str, line: int | None = None, column: int | None = None, hint: str = ""
) -> CannotContinue:
    """Make the exception that says, in one finding, why nothing can be done with this pool."""
    return CannotContinue(Finding(code.code, message, file, line, column, hint))


def too_large(message: str, *, file: str, line: int | None = None, hint: str = "") -> CannotContinue:
    """Make the exception that says which limit of `asnforge.pool.limits` a pool exceeds."""
    return refusal(codes.TOO_LARGE, message, file=file, line=line, hint=hint)
