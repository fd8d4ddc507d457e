"""What the codes of a pool's findings stand for: P1 the file, P15 a single row or column of it."""

from __future__ import annotations

from asnforge.findings import FindingCode

NO_SUCH_FILE = FindingCode(
    "P101",
    "no such pool",
    "No file has the name given. Names are taken from the folder the command runs in; `-` means standard input.",
)
IS_FOLDER = FindingCode(
    "P102",
    "the pool is a folder",
    "A pool is one file. Name the file inside the folder, or several files one after the other.",
)
UNREADABLE = FindingCode(
    "P103",
    "the pool cannot be opened",
    "The operating system refuses to open or read the file; its reason is in the message. Most often the file's "
    "permissions keep you out.",
)
EMPTY = FindingCode(
    "P104",
    "the pool is empty",
    "The file holds nothing but blank and comment lines. A pool has a header line with the names of its columns, and a "
    "line for each exposure.",
)
NO_ROWS = FindingCode(
    "P105",
    "the pool has no exposures",
    "The file has a header line and nothing after it, so there is nothing to group.",
)
NOT_A_TABLE = FindingCode(
    "P106",
    "the pool is not a table",
    "The first bytes belong to another kind of file. A pool is text with one exposure a line and tabs, `|` or commas "
    "between the cells, or one of the table formats that astropy reads: name that with `--format`.",
)
WIDE_ENCODING = FindingCode(
    "P107",
    "the pool is UTF-16 or UTF-32",
    "Text pools are UTF-8, of which ASCII is a part. Spreadsheets write UTF-16 as `Unicode text`; save as UTF-8, or "
    "convert with `iconv -f UTF-16 -t UTF-8`.",
)
BROKEN_GZIP = FindingCode(
    "P108",
    "the compressed pool is broken",
    "The file begins as gzip does, but it is cut short or damaged. `gzip -t FILE` says the same; fetch the file again.",
)
NO_DELIMITER = FindingCode(
    "P109",
    "the header line has no delimiter",
    "The columns' names in the first line that is neither blank nor a comment must have tabs, `|` or commas between "
    "them. Another character can be given with `--delimiter`.",
)
NAMELESS_COLUMN = FindingCode(
    "P110",
    "a column has no name",
    "Two delimiters stand side by side in the header line, or one at its end. Every column needs a name, otherwise "
    "cells and columns may be one off without a sign.",
)
UNKNOWN_FORMAT = FindingCode(
    "P111",
    "unknown format",
    "`--format` takes the names of astropy's table formats, such as `fits`, `votable`, `ascii.ecsv` or `ascii.csv`. "
    "A text pool with tabs, `|` or commas needs none.",
)
ASTROPY_REFUSES = FindingCode(
    "P112",
    "astropy cannot read the pool",
    "The file was handed to astropy's reader of the format named, which refused it; the message is astropy's own.",
)
WRONG_DELIMITER = FindingCode(
    "P113",
    "the delimiter does not fit",
    "`--delimiter` takes one ASCII character (`\\t` for a tab) that stands between the names in the header line. Leave "
    "it out and tab, `|` or comma is found from the header line.",
)
ALL_FAULTY = FindingCode(
    "P114",
    "no row of the pool can be read",
    "Every row has a fault of its own, and none is left to group. When all have the same fault, the header line or the "
    "delimiter is usually what is wrong.",
)
BROKEN_HEADER = FindingCode(
    "P115",
    "the header line cannot be read",
    "The header line has a double quote without a closing one. Close it, or delete it.",
)
TOO_LARGE = FindingCode(
    "P116",
    "the pool exceeds a limit",
    "A line, the file, or what it expands to is far larger than any pool has; the limit is in the message. Limits keep a "
    "damaged or hostile file from using up memory and time. Look for missing line ends, or decompress the file first.",
)
REFERENCE = FindingCode(
    "P117",
    "the pool refers to another file",
    "A table may say that its data are in another file or on a server. asnforge opens nothing but the pool itself: save the "
    "data inside the file, as TABLEDATA in a VOTable.",
)
SPECIAL_FILE = FindingCode(
    "P118",
    "the pool is not a file",
    "A pipe, a socket or a device is not a pool: reading it could wait without end. What the shell has opened is read: "
    "standard input, given as -, and <(command) on the command line.",
)
CHANGED = FindingCode(
    "P119",
    "the pool changed while it was read",
    "Another program wrote to the file, replaced it or removed it while it was read, so its rows could be of two versions. "
    "Run the command again when nobody writes to the pool; a batch takes --resume.",
)
RAGGED_ROW = FindingCode(
    "P151",
    "a row has too few or too many cells",
    "Each row needs as many cells as the header line has names. It cannot be known which cell is missing or too many, "
    "so the row is left out and counts as an orphan.",
)
NUL_BYTE = FindingCode(
    "P152",
    "a row has a NUL byte",
    "A zero byte is no text; it is usually left by a disk that was full or by a copy of a file that was still being "
    "written. The row is left out and counts as an orphan.",
)
NOT_UTF8 = FindingCode(
    "P153",
    "a row is not UTF-8",
    "The row has bytes that are no UTF-8 text, mostly letters with accents in Latin-1. The column named is a count of "
    "bytes from the start of the line. The row is left out and counts as an orphan.",
)
STRAY_RETURN = FindingCode(
    "P154",
    "a carriage return inside a row",
    "A carriage return ends a line, as a newline does; astropy reads files in the same way. In a file whose other lines end "
    "with a newline, this one ends a line that has too few cells, so it is most likely inside a row. Both parts of the row "
    "are left out and count as orphans.",
)
UNCLOSED_QUOTE = FindingCode(
    "P155",
    "a quote is not closed",
    'A cell that begins with a double quote ends with one on the same line; a quote inside it is written `""`. '
    "The row is left out and counts as an orphan.",
)
COLUMN_TWICE = FindingCode(
    "P156",
    "a column is named twice",
    "Two columns have the same name, upper and lower case being the same. The first of them is read, the other is not.",
)
LONG_ROW = FindingCode(
    "P157",
    "a row is too long to be one",
    "The line is longer than a mebibyte, hundreds of times the length of an exposure's row; line ends are most likely "
    "missing. The row is left out and counts as an orphan.",
)
LONG_CELL = FindingCode(
    "P158",
    "a cell is too long",
    "The cell is longer than 524,288 bytes, far longer than the value of any column. The row is left out and counts as an "
    "orphan; a table of another format than text is rejected as a whole.",
)
