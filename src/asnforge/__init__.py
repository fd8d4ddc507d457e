"""asnforge: telescope exposures into associations, by rules that are data."""

__version__ = "0.1.0"
