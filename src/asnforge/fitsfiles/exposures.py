"""From files to exposures: which files are products of one exposure, which are copies, and which are not used."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from asnforge.findings import Finding, FindingCode
from asnforge.fitsfiles.cards import HeaderCards
from asnforge.rules.header_mapping import HeaderColumn, HeaderMapping, HeaderWarning
from asnforge.rules.regex import compiled

UNREADABLE_FITS = FindingCode(
    "P122",
    "a FITS file cannot be read",
    "The file is truncated, damaged, not FITS, or the system refuses it, so it is not used. Download it again.",
    wrong="a download that stopped after 2 kB: ly001_1_red_flat.fits",
    right="the complete file",
)
SEVERAL_COPIES = FindingCode(
    "P123",
    "a product of an exposure is there more than once",
    "Two files have the same exposure and the same suffix. The one that was written last, by its header, is used. Remove the "
    "others, or exclude them with --exclude.",
    wrong="a/ly001_1_red_flat.fits and b/ly001_1_red_flat.fits",
    right="b/ly001_1_red_flat.fits",
)
DISAGREEMENT = FindingCode(
    "P124",
    "products of one exposure disagree in a column",
    "The headers of two products of an exposure, or of two copies of one, say different things, so one of them was edited, "
    "renamed or made from another exposure. The header of the least processed product is used, of copies that of the newest.",
    wrong="x_rate.fits with FILTER = 'F200W' and x_cal.fits with FILTER = 'F150W'",
    right="both with FILTER = 'F200W'",
)
DOUBTFUL = FindingCode(
    "P134",
    "headers warn of exposures",
    "A keyword of the headers has a value that the rule set reports, such as a problem during the exposure. The exposures are "
    "used all the same: look at their data, and leave them out with --exclude or --where if they are bad.",
    wrong="ly001_1_red_flat.fits with QUALITY = 'SUSPECT'",
    right="ly001_1_red_flat.fits with QUALITY = 'OK'",
)

_MOST_FILES = 3


@dataclass(frozen=True, slots=True, eq=False)
class ProductFile:
    """A FITS file that is a product of an exposure.

    Attributes
    ----------
    path : str
        The file as the user named it, or as it was found.
    root, suffix : str
        The parts of its name.
    cards : mapping of str to str
        The keywords of its header.
    """

    path: str
    root: str
    suffix: str
    cards: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """An exposure with the files of its products.

    Attributes
    ----------
    root : str
        What the names of its files have in common.
    products : mapping of str to ProductFile
        The file of each product by suffix, the least processed first; of copies the one that was written last.
    """

    root: str
    products: Mapping[str, ProductFile]

    @property
    def header(self) -> Mapping[str, str]:
        """The keywords that make the row: those of the least processed product."""
        return next(iter(self.products.values())).cards


@dataclass(frozen=True, slots=True)
class FoundExposures:
    """What is among some FITS files.

    Attributes
    ----------
    exposures : tuple of Exposure
        Sorted by root.
    not_used : mapping of str to int
        How many FITS files are not products of an exposure, by kind.
    findings : tuple of Finding
        Files that cannot be read, copies, and disagreements.
    """

    exposures: tuple[Exposure, ...]
    not_used: Mapping[str, int]
    findings: tuple[Finding, ...]


def find_exposures(
    headers: Mapping[str, HeaderCards], mapping: HeaderMapping, compared: Collection[str] = ()
) -> FoundExposures:
    """The exposures among some FITS files.

    Parameters
    ----------
    headers : mapping of str to HeaderCards
        The headers by path.
    mapping : HeaderMapping
        What the rule set says about file names and keywords.
    compared : collection of str
        The columns, in lower case, in which the products of one exposure must agree: those that rules read.
    """
    not_used: Counter[str] = Counter()
    findings: list[Finding] = []
    by_root: dict[str, dict[str, list[ProductFile]]] = {}
    for path, header in headers.items():
        if header.problem:
            not_used["unreadable files"] += 1
            message = "the file cannot be used: {reason}"
            findings.append(UNREADABLE_FITS.finding(message, path, severity="warning", reason=header.problem))
            continue
        kind = _not_an_exposure(path, header.cards, mapping)
        names = None if kind else _names(path, header.cards, mapping)
        if names is None:
            not_used[kind or "files whose names are not those of an exposure's product"] += 1
            continue
        root, suffix = names
        product = ProductFile(path, root, suffix, header.cards)
        by_root.setdefault(root, {}).setdefault(suffix, []).append(product)
    columns = [column for column in mapping.columns if column.name.casefold() in compared]
    exposures = []
    for root, by_suffix in sorted(by_root.items()):
        products = {}
        for suffix in sorted(by_suffix, key=mapping.names.rank):
            newest, *older = sorted(by_suffix[suffix], key=lambda product: product.path)
            for product in older:
                if product.cards.get(mapping.newest, "") > newest.cards.get(mapping.newest, ""):
                    newest = product
            findings += _copies(newest, by_suffix[suffix])
            findings += _disagreements(newest, (file for file in by_suffix[suffix] if file is not newest), columns)
            products[suffix] = newest
        exposure = Exposure(root, MappingProxyType(products))
        first, *others = products.values()
        findings += _disagreements(first, others, columns)
        exposures.append(exposure)
    for warning in mapping.warnings:
        findings += _with_value(warning, exposures)
    return FoundExposures(tuple(exposures), MappingProxyType(dict(sorted(not_used.items()))), tuple(findings))


def listed_kinds(not_used: Mapping[str, int]) -> str:
    """The kinds of files that are not used, with their counts: ``reference files (2), guide star files (1)``."""
    return ", ".join(f"{kind} ({count})" for kind, count in not_used.items())


def _with_value(warning: HeaderWarning, exposures: Sequence[Exposure]) -> list[Finding]:
    """A finding about the exposures of which a product has a value that the rule set warns of; none if there are none."""
    found: dict[str, str] = {}
    for exposure in exposures:
        for product in exposure.products.values():
            value = product.cards.get(warning.keyword, "")
            if value.casefold() in warning.values:
                found.setdefault(product.path, value)
                break
    if not found:
        return []
    paths, values = tuple(found), tuple(sorted(set(found.values())))
    return [
        DOUBTFUL.finding(
            f"{{keyword}} is {{values}} in {{count:exposure}}{', such as {files}' if len(paths) > 1 else ''}: {{meaning}}",
            paths[0],
            severity="warning",
            keyword=warning.keyword,
            values=values,
            count=len(paths),
            meaning=warning.message,
            files=paths[:_MOST_FILES],
        )
    ]


def _not_an_exposure(path: str, cards: Mapping[str, str], mapping: HeaderMapping) -> str:
    """The kind of a file that is not a product of an exposure; empty for one that may be."""
    name = os.path.basename(path).casefold()  # noqa: PTH119
    for kind in mapping.not_exposures:
        if kind.keyword and cards.get(kind.keyword):
            return kind.kind
        if kind.name and compiled(kind.name).matches(name):
            return kind.kind
    return "" if cards.get(mapping.exposure) else f"files without {mapping.exposure}"


def _names(path: str, cards: Mapping[str, str], mapping: HeaderMapping) -> tuple[str, str] | None:
    """Root and suffix of a file: the root from its keywords, which survive renaming; the suffix from its name."""
    name = os.path.basename(path)  # noqa: PTH119
    of_path = mapping.names.split(name)
    original = cards.get(mapping.names.keyword, "")
    if original == name and of_path is not None:
        return of_path
    of_keyword = mapping.names.split(original) if original else None
    if of_path is not None and of_keyword is not None:
        return of_keyword[0], of_path[1]
    if of_path is not None or of_keyword is not None:
        return of_path or of_keyword
    root = mapping.names.root_of(cards)
    stem = os.path.basename(path).partition(".")[0]  # noqa: PTH119
    return (root, stem.rpartition("_")[2] if "_" in stem else "") if root else None


def _copies(newest: ProductFile, files: Sequence[ProductFile]) -> list[Finding]:
    others = tuple(sorted(file.path for file in files if file is not newest))
    if not others:
        return []
    return [
        SEVERAL_COPIES.finding(
            "{used} is used, as it is the newest of {count:file} with the same exposure and suffix; not used: {others}",
            newest.path,
            severity="warning",
            used=newest.path,
            count=len(files),
            others=others,
        )
    ]


def _disagreements(first: ProductFile, others: Iterable[ProductFile], columns: Sequence[HeaderColumn]) -> list[Finding]:
    """A finding for each file of an exposure whose columns are not those of the file that is used."""
    findings = []
    for product in others:
        differing = []
        for column in columns:
            expected, value = column.cell(first.cards), column.cell(product.cards)
            if value != expected:
                differing.append(f"{column.name} is {value}, not {expected}")
        if differing:
            findings.append(
                DISAGREEMENT.finding(
                    "the header is not that of {first}, which is used: {differing}",
                    product.path,
                    severity="warning",
                    first=first.path,
                    differing=tuple(differing),
                )
            )
    return findings
