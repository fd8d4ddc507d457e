"""Generate associations from pools, and write their files."""

from asnforge.generation.engine import generate
from asnforge.generation.result import Generation

__all__ = ["Generation", "generate"]
