"""Compare two sets of associations, expected and actual, by meaning."""

from asnforge.compare.comparison import compare, compare_paths
from asnforge.compare.model import Change, Comparison, Difference, Options, ReadAssociation, ReadProduct

__all__ = [
    "Change",
    "Comparison",
    "Difference",
    "Options",
    "ReadAssociation",
    "ReadProduct",
    "compare",
    "compare_paths",
]
