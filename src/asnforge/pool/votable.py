"""What a VOTable must not do before astropy reads it: refer to other files, declare entities, claim more rows than it has.

astropy opens what the ``href`` of a STREAM names, be it a file or a server (VOTable 1.4, section 5.4). XML itself is read
by the same parser here and in astropy, expat, which fetches nothing.
"""

from __future__ import annotations

import math
import re
from xml.parsers import expat

from asnforge.findings import FindingCode, quoted
from asnforge.pool import codes, limits
from asnforge.pool.refusal import refusal

_DIGITS = re.compile(r"\d+")


class _Table:
    """The rows and the width of the table that is being read, as astropy reserves memory for them."""

    def __init__(self) -> None:
        self._claimed = self._rows = self._width = 0

    @property
    def elements(self) -> int:
        return max(self._claimed, self._rows) * self._width

    def add(self, element: str, attributes: dict[str, str]) -> None:
        """Count what begins here."""
        match element:
            case "table":
                self._rows = self._width = 0
                self._claimed = _number(attributes.get("nrows", ""))
            case "field":
                self._width += _size(attributes.get("arraysize", ""))
            case "tr":
                self._rows += 1


def refuse_unsafe(data: bytes, file: str) -> None:
    """Refuse a VOTable that refers to something outside itself, or that would take more memory than its size.

    Parameters
    ----------
    data : bytes
        The whole file, decompressed.
    file : str
        The pool as findings name it.

    Raises
    ------
    InputError
        With what the VOTable does, and its line.
    xml.parsers.expat.ExpatError
        The file is not valid XML.
    """
    most = max(limits.ANY_RATIO, limits.HIGHEST_RATIO * len(data))
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(code: FindingCode, message: str, hint: str) -> None:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise refusal(code, message, file=file, line=line, column=column, hint=hint)

    table = _Table()

    def start(name: str, attributes: dict[str, str]) -> None:
        element = _local(name)
        values = {_local(key): value for key, value in attributes.items()}
        if element == "stream" and "href" in values:
            message = f"the VOTable refers to {quoted(values['href'])}, and only the pool itself is opened"
            refuse(codes.REFERENCE, message, "save the VOTable with its data inside, as TABLEDATA")
        table.add(element, values)
        if table.elements > most:
            message = f"the VOTable declares a table of more than {most} values, {limits.HIGHEST_RATIO} times its size"
            refuse(codes.TOO_LARGE, message, "see that arraysize and nrows are what the table has")

    def entity(name: str, *_: object) -> None:
        message = f"the VOTable declares the entity {quoted(name)}"
        refuse(codes.REFERENCE, message, "remove the declaration, and write the text where it is used")

    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    parser.Parse(data, True)


def _local(name: str) -> str:
    """A name without its namespace, in any case, so that no spelling that a reader may accept is missed."""
    return name.rpartition(":")[2].casefold()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _size(arraysize: str) -> int:
    """How many elements a cell has: 12 for ``3x4``, one where the size is not fixed."""
    return math.prod(map(int, _DIGITS.findall(arraysize.replace("_", "")[:100])))
