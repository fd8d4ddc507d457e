"""Pools: read from tables, and written."""

from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.ranges import cut_ranges, merge_pools, read_range
from asnforge.pool.read import read_pool
from asnforge.pool.write_rows import write_rows

__all__ = ["Pool", "TextColumn", "cut_ranges", "merge_pools", "read_pool", "read_range", "write_rows"]
