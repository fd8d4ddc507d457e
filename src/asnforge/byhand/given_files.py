"""The FITS files of an association by hand: their exposures, the roles of these, and the products next to them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.fitsfiles.exposure_rows import Rows, make_rows
from asnforge.fitsfiles.exposures import Exposure, find_exposures, listed_kinds
from asnforge.fitsfiles.find_fits import find_files
from asnforge.fitsfiles.fits_pool import NO_EXPOSURES, NO_MAPPING
from asnforge.fitsfiles.read_headers import read_headers
from asnforge.rules.header_mapping import FITS_ENDINGS, HeaderMapping, ProductNames
from asnforge.rules.pipelines import ExptypeSpelling
from asnforge.rules.rule import SCIENCE
from asnforge.rules.ruleset import Ruleset

UNKNOWN_EXPTYPE = FindingCode(
    "A138",
    "members of an unknown exptype",
    "The rule set declares the exptypes, and this is not one of them, so every pipeline would ignore the members.",
    wrong="asnforge new a_cal.fits --member bkg=b_x1d.fits -o x_asn.json",
    right="asnforge new a_cal.fits --member background=b_x1d.fits -o x_asn.json",
)


@dataclass(frozen=True, slots=True)
class Given:
    """Files, folders and patterns that the user gives for one role.

    Attributes
    ----------
    exptype : str
        The exptype of the members.
    paths : tuple of str
        The paths.
    """

    exptype: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GivenExposure:
    """An exposure in one role.

    Attributes
    ----------
    exposure : Exposure
        The exposure, with the products that were given.
    exptype : str
        Its role.
    neighbors : mapping of str to str
        The paths of all its products in the folders of the given ones, by suffix in lower case.
    """

    exposure: Exposure
    exptype: str
    neighbors: Mapping[str, str]

    @property
    def path(self) -> str:
        """One of the given files, for messages: the least processed product."""
        return next(iter(self.exposure.products.values())).path

    def file(self, suffixes: Sequence[str], wrong: Sequence[str]) -> str | None:
        """The file of the member.

        Parameters
        ----------
        suffixes : sequence of str
            The suffixes that the pipeline expects, the best first.
        wrong : sequence of str
            The suffixes that it cannot process.

        Returns
        -------
        str or None
            A given file that the pipeline can process, one with an expected suffix before others; else a neighbor with an
            expected suffix; None if there is neither.
        """
        given = {suffix.casefold(): file.path for suffix, file in self.exposure.products.items()}
        for suffix in suffixes:
            if suffix in given:
                return given[suffix]
        usable = [path for suffix, path in given.items() if suffix not in wrong]
        if usable:
            return usable[-1]
        return next((self.neighbors[suffix] for suffix in suffixes if suffix in self.neighbors), None)


@dataclass(frozen=True, slots=True, eq=False)
class GivenExposures:
    """The exposures that the user gives, science first.

    Attributes
    ----------
    exposures : tuple of GivenExposure
        The exposures.
    rows : list of dict
        Their rows in a pool.
    findings : tuple of Finding
        Copies, unreadable files and disagreements.
    """

    exposures: tuple[GivenExposure, ...]
    rows: Rows
    findings: tuple[Finding, ...]


def read_given(given: Sequence[Given], ruleset: Ruleset) -> GivenExposures:
    """The exposures of files.

    Parameters
    ----------
    given : sequence of Given
        The files of each role, science first.
    ruleset : Ruleset
        How headers are read, and which exptypes there are.

    Raises
    ------
    InputError
        A path does not exist or has no exposures, or an exptype is unknown.
    """
    mapping = ruleset.headers
    if mapping is None:
        message = "the rule set {ruleset} has no block 'headers', so FITS files cannot be read with it"
        raise InputError(NO_MAPPING.finding(message, given[0].paths[0], ruleset=ruleset.name))
    exposures: list[GivenExposure] = []
    findings: list[Finding] = []
    listed: dict[str, Mapping[str, Mapping[str, str]]] = {}
    by_exptype: dict[str, list[str]] = {SCIENCE: []}
    for role in given:
        by_exptype.setdefault(known_exptype(role.exptype, ruleset), []).extend(role.paths)
    for exptype, paths in by_exptype.items():
        by_path = {path: find_files([path]) for path in paths}
        fits = dict.fromkeys(file for files in by_path.values() for file in files.fits)
        headers = read_headers(list(fits), mapping.keywords())
        found = find_exposures(headers, mapping, ruleset.columns_read())
        findings += (*(finding for files in by_path.values() for finding in files.findings), *found.findings)
        used = {product.path for exposure in found.exposures for product in exposure.products.values()}
        for path, files in by_path.items():
            if used.isdisjoint(files.fits):  # nothing of it is used, unless it is a copy
                own = find_exposures({file: headers[file] for file in files.fits}, mapping)
                if not own.exposures:
                    raise InputError(_not_an_exposure(path, own.not_used), *own.findings)
        exposures += (
            GivenExposure(exposure, exptype, _neighbors(exposure, mapping.names, listed))
            for exposure in found.exposures
        )
    return GivenExposures(tuple(exposures), _rows(exposures, mapping, ruleset), tuple(dict.fromkeys(findings)))


def known_exptype(exptype: str, ruleset: Ruleset) -> str:
    """An exptype in lower case; `InputError` if the rule set declares exptypes, and not this one."""
    known = ruleset.pipelines.exptypes
    if known and exptype.casefold() not in known:
        likely = ExptypeSpelling(known).likely_exptype(exptype)
        hint = f"did you mean {likely}?" if likely else f"exptypes are {', '.join(known)}"
        raise InputError(UNKNOWN_EXPTYPE.finding("there is no exptype {exptype}", hint=hint, exptype=exptype))
    return exptype.casefold()


def _not_an_exposure(path: str, not_used: Mapping[str, int]) -> Finding:
    kinds = listed_kinds(not_used)
    message = "no exposures: {kinds}" if kinds else "no exposures: it has no FITS files"
    return NO_EXPOSURES.finding(message, path, kinds=kinds)


def _rows(exposures: Sequence[GivenExposure], mapping: HeaderMapping, ruleset: Ruleset) -> Rows:
    """The rows; numbers of targets and the like begin with those of the science exposures, in the order of roots."""
    order = sorted(
        range(len(exposures)),
        key=lambda index: (exposures[index].exptype != SCIENCE, exposures[index].exposure.root),
    )
    made = make_rows([exposures[index].exposure for index in order], mapping, ruleset.members.file_name.upper())
    return [row for _, row in sorted(zip(order, made, strict=True), key=lambda pair: pair[0])]


def _neighbors(
    exposure: Exposure, names: ProductNames, listed: dict[str, Mapping[str, Mapping[str, str]]]
) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for product in exposure.products.values():
        folder = os.path.dirname(product.path)  # noqa: PTH120
        if folder not in listed:
            listed[folder] = _by_root(folder, names)
        for suffix, path in listed[folder].get(exposure.root.casefold(), {}).items():
            found.setdefault(suffix, path)
    return found


def _by_root(folder: str, names: ProductNames) -> Mapping[str, Mapping[str, str]]:
    """The FITS files of a folder by root and suffix in lower case."""
    roots: dict[str, dict[str, str]] = {}
    with os.scandir(folder or ".") as entries:
        for name in sorted(entry.name for entry in entries if entry.name.casefold().endswith(FITS_ENDINGS)):
            parts = names.split(name)
            if parts is not None:
                path = os.path.join(folder, name)  # noqa: PTH118
                roots.setdefault(parts[0].casefold(), {}).setdefault(parts[1].casefold(), path)
    return roots
