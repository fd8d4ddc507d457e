"""Pools: read from tables, and written."""

from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.read import read_pool
from asnforge.pool.write_rows import write_rows

__all__ = ["Pool", "TextColumn", "read_pool", "write_rows"]
