"""Generate associations from pools, and write their files."""

from asnforge.generation.engine import Generation, generate

__all__ = ["Generation", "generate"]
