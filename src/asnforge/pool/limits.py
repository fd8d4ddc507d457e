"""Limits on what is read from a pool, so that a small file cannot use up time or memory.

They are far above the sizes of real pools: the row of an exposure has about 1,000 bytes, a pool of a million exposures has
1 GB, and gzip compresses pools to between a fifth and a fiftieth of their size.
"""

from __future__ import annotations

from asnforge.findings import FindingCode

TOO_LARGE = FindingCode(
    "P116",
    "the pool exceeds a limit",
    "A line, the file or its decompressed content is far larger than in any real pool; the message gives the limit. Limits "
    "keep a damaged or hostile file from using up memory and time. Check for missing line breaks, or decompress the file "
    "first.",
    wrong="asnforge generate zeros.gz",
    right="gzip -d pool.tsv.gz && asnforge generate pool.tsv",
)

LONGEST_HEADER = 128 * 1024
"""The most bytes of the header line, and of each comment before it."""

LONGEST_BEFORE_HEADER = 1024 * 1024
"""The most bytes of the header line and of all empty lines and comments before it."""

LONGEST_CELL = 512 * 1024
"""The most bytes of a cell; a row with a longer one is rejected. An exposure may name thousands of candidates."""

LONGEST_ROW = 1024 * 1024
"""The most bytes of a row; a longer one is rejected."""

LONGEST_LINE = 16 * 1024 * 1024
"""The most bytes of a line; reading stops at a longer one, which would have to be held in memory."""

MOST_REJECTED_ROWS = 250_000
"""The most rows that can be rejected; reading stops at the next one, as each is a finding."""

HIGHEST_RATIO = 200
"""The highest ratio of the decompressed size of a pool to its compressed size."""

ALWAYS_ALLOWED = 64 * 1024 * 1024
"""The decompressed size in bytes up to which any ratio is accepted."""

LARGEST = 64 * 1024**3
"""The most bytes of a text pool, decompressed; it is read in blocks, so memory does not limit it."""

LARGEST_IN_MEMORY = 4 * 1024**3
"""The most bytes of a pool that must be held in memory as a whole: from a pipe, or in a format other than text."""
