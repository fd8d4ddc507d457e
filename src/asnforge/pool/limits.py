"""Limits of what is read of a pool, so that a small file cannot use up time or memory.

They are far above what pools have: an exposure's row has some 1,000 bytes, a pool of a million exposures 1 GB, and gzip
compresses pools to between a fifth and a fiftieth of their size.
"""

from __future__ import annotations

LONGEST_HEADER = 128 * 1024
"""Bytes of the header line, and of each comment before it."""

LONGEST_BEFORE_HEADER = 1024 * 1024
"""Bytes of the blank lines and comments before the header line, and of that line."""

LONGEST_CELL = 512 * 1024
"""Bytes of a cell; a row with a longer one is not read. An exposure may be named by thousands of candidates."""

LONGEST_ROW = 1024 * 1024
"""Bytes of a row; a longer one is not read."""

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes between two line ends; reading stops at a longer line, as it would have to be held in memory as a whole."""

MOST_FAULTY_ROWS = 250_000
"""Rows that cannot be read; reading stops at the next one, as each is a finding."""

HIGHEST_RATIO = 200
"""How many times as large as its compressed bytes a pool may be."""

ANY_RATIO = 64 * 1024 * 1024
"""Decompressed bytes up to which the ratio does not count."""

LARGEST = 64 * 1024**3
"""Bytes of a text pool, decompressed; it is read in blocks, so memory does not limit it."""

LARGEST_IN_MEMORY = 4 * 1024**3
"""Bytes of what must be held in memory as a whole: pools from pipes, and tables in other formats than text."""


def line_message() -> str:
    """What is wrong with a line longer than `LONGEST_LINE`."""
    return f"the line is longer than {LONGEST_LINE >> 20} MiB"
