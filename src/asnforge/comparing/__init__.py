"""Two sets of associations, expected and actual: what is the same, and what differs in meaning."""

from asnforge.comparing.compare import compare, compare_paths
from asnforge.comparing.model import Change, Comparison, Difference, Options, ReadAssociation, ReadProduct

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
