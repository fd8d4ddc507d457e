"""How a pool that cannot be read is refused."""

from __future__ import annotations

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.pool import codes


def refusal(
    code: FindingCode, message: str, *, file: str, line: int | None = None, column: int | None = None, hint: str = ""
) -> InputError:
    """Make the exception that says, in one finding, why nothing can be done with this pool."""
    return InputError(Finding(code.code, message, file, line, column, hint))


def too_large(message: str, *, file: str, line: int | None = None, hint: str = "") -> InputError:
    """Make the exception that says which limit of `asnforge.pool.limits` a pool exceeds."""
    return refusal(codes.TOO_LARGE, message, file=file, line=line, hint=hint)
