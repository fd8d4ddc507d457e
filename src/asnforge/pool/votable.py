"""Refuse a VOTable that refers to other files, declares entities, or claims more rows than it has, before astropy reads it.

astropy opens what the ``href`` of a STREAM names, whether a file or a server (VOTable 1.4, section 5.4). XML itself is read
by the same parser here and in astropy, expat, which fetches nothing.
"""

from __future__ import annotations

import math
import re
from xml.parsers import expat

from asnforge.findings import FindingCode, InputError, SourceLocation
from asnforge.pool import limits

REFERENCE = FindingCode(
    "P117",
    "the pool refers to another file",
    "The data of a VOTable can be in another file or on a server, or in an entity. asnforge opens nothing but the pool "
    "itself: save the VOTable with its data inside, as TABLEDATA.",
    wrong='<VOTABLE><RESOURCE><TABLE><FIELD name="FILENAME" datatype="char" arraysize="6"/><DATA>\n'
    '<BINARY><STREAM href="http://example.org/data"/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>',
    right='<VOTABLE><RESOURCE><TABLE><FIELD name="FILENAME" datatype="char" arraysize="6"/><DATA>\n'
    "<TABLEDATA><TR><TD>a.fits</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
)

_DIGITS = re.compile(r"\d+")


class _TableSize:
    """The rows and the width of the current table, for which astropy allocates memory."""

    def __init__(self) -> None:
        self._claimed = self._rows = self._width = 0

    @property
    def elements(self) -> int:
        return max(self._claimed, self._rows) * self._width

    def add(self, element: str, attributes: dict[str, str]) -> None:
        """Add an element that starts."""
        match element:
            case "table":
                self._rows = self._width = 0
                self._claimed = _number(attributes.get("nrows", ""))
            case "field":
                self._width += _cell_size(attributes.get("arraysize", ""))
            case "tr":
                self._rows += 1


def refuse_unsafe(data: bytes, file: str) -> None:
    """Refuse a VOTable that refers to something outside itself, or that would take far more memory than its size.

    Raises
    ------
    InputError
        With the reference or the size, and its line.
    xml.parsers.expat.ExpatError
        The file is not valid XML.
    """
    allowed = max(limits.ALWAYS_ALLOWED, limits.HIGHEST_RATIO * len(data))
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    table = _TableSize()

    def at() -> SourceLocation:
        return SourceLocation(file, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def start(name: str, attributes: dict[str, str]) -> None:
        element = _local(name)
        values = {_local(key): value for key, value in attributes.items()}
        if element == "stream" and "href" in values:
            message = "the VOTable refers to {href:quoted}, but only the pool itself is opened"
            hint = "save the VOTable with its data inside, as TABLEDATA"
            raise InputError(REFERENCE.finding(message, at(), hint=hint, href=values["href"]))
        table.add(element, values)
        if table.elements > allowed:
            message = "the VOTable declares a table of more than {limit} values, {ratio} times its size"
            hint, ratio = "check arraysize and nrows", limits.HIGHEST_RATIO
            raise InputError(limits.TOO_LARGE.finding(message, at(), hint=hint, limit=allowed, ratio=ratio))

    def entity(name: str, *_: object) -> None:
        message, hint = "the VOTable declares the entity {entity:quoted}", "replace the entity with its text"
        raise InputError(REFERENCE.finding(message, at(), hint=hint, entity=name))

    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    parser.Parse(data, True)


def _local(name: str) -> str:
    """A name without its namespace, case-folded, as a reader may accept any spelling."""
    return name.rpartition(":")[2].casefold()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _cell_size(arraysize: str) -> int:
    """The number of elements of a cell: 12 for ``3x4``, 1 if the size is variable."""
    return math.prod(map(int, _DIGITS.findall(arraysize.replace("_", "")[:100])))
