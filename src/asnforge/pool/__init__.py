"""From a table file to a `Pool`: the one place that reads tables."""

from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.reader import read_pool

__all__ = ["Pool", "TextColumn", "read_pool"]
