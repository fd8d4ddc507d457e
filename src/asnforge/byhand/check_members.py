"""Whether the files of an association's members exist, where a pipeline searches them or below a folder."""

from __future__ import annotations

import json
import os
import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from asnforge.asnfiles.json_positions import parse
from asnforge.asnfiles.read_text import UNREADABLE, Lines, decode, read_bytes
from asnforge.asnfiles.semantics import objects
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.fitsfiles.find_fits import files_of
from asnforge.fitsfiles.missing_members import missing_member, nearest_file
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, file_name_key, parse_template
from asnforge.schema_errors import KeyPath

SAME_BASE_NAME = FindingCode(
    "A134",
    "two members have the same file name in different folders",
    "Pipelines name intermediate files after their input, without its folder, so one exposure overwrites the files of the "
    "other. Mostly one of the two is a copy that was added by mistake.",
    wrong='"expname": "a/x_cal.fits" and "expname": "b/x_cal.fits"',
    right='"expname": "a/x_cal.fits"',
)

_Found = tuple[KeyPath, Finding]


class MemberChecker:
    """Checks whether the files of members exist.

    Parameters
    ----------
    ruleset : Ruleset
        Which exptypes pipelines read, and what file names say.
    folder : str or None
        A folder in which, and below which, a member that is not found from the association's folder is searched by its
        file name.
    named : iterable of str
        Folders below which a file may lie that a finding can name, but that the pipeline would not find.
    products : iterable of str
        The names of products of associations that are processed before: a member that is one of them need not exist yet, if
        its rule uses products of another rule.

    Raises
    ------
    InputError
        The folder is not one.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        folder: str | None = None,
        named: Iterable[str] = (),
        products: Iterable[str] = (),
    ) -> None:
        self._ruleset = ruleset
        self._made = _MadeFiles(ruleset, products)
        self._folder = folder
        self._named = tuple(named)
        self._below: Mapping[str, str] = {}
        self._elsewhere: Mapping[str, str] | None = None
        self._listed: dict[str, Mapping[str, str]] = {}
        if folder is not None:
            if not os.path.isdir(folder):  # noqa: PTH112
                raise InputError(UNREADABLE.finding("is not a folder, so no members are below it", folder))
            self._below = _by_name(folder)

    def findings(self, path: str) -> tuple[Finding, ...]:
        """The findings about the members of an association file, in the order of lines; none if it cannot be read.

        Parameters
        ----------
        path : str
            The association file; ``-`` for standard input cannot be read a second time and has no findings.
        """
        if path == "-":
            return ()
        try:
            text, _ = decode(read_bytes(path), path)
            content = json.loads(text)
        except (InputError, ValueError, RecursionError):
            return ()
        found = list(self._problems(content, os.path.dirname(path)))  # noqa: PTH120
        if not found:
            return ()
        positions, lines = parse(text, path).values, Lines(text, path)
        placed = []
        for key, finding in found:
            at = lines.location(positions[key])
            placed.append(replace(finding, file=at.file, line=at.line, column=at.column))
        return tuple(placed)

    def _problems(self, content: Any, base: str) -> Iterator[_Found]:
        if not isinstance(content, dict):
            return
        asn_type = self._ruleset.pipelines.find(content.get("asn_type"))
        names = self._ruleset.headers.names if self._ruleset.headers is not None else None
        where = "which does not exist"
        if self._folder is not None:
            where = f"which is neither where it is named nor below {self._folder}"
        for number, product in objects(content.get("products")):
            by_name: dict[str, str] = {}
            for index, member in objects(product.get("members")):
                expname, exptype = member.get("expname"), member.get("exptype")
                if not isinstance(expname, str) or not isinstance(exptype, str) or not expname:
                    continue
                key: KeyPath = ("products", number, "members", index, "expname")
                file = os.path.join(base, expname)  # noqa: PTH118
                name = os.path.basename(expname)  # noqa: PTH119
                if os.path.isfile(file):  # noqa: PTH113
                    yield from _same_name(key, name, file, by_name)
                elif name not in self._below and not self._made.includes(name, content.get("asn_rule")):
                    nearest = nearest_file(expname, self._near(file), names)
                    parts = names.split(name) if names is not None else None
                    made_by = names.made_by.get(parts[1].casefold(), "") if names is not None and parts else ""
                    found = f"which is a link to {link} that leads nowhere" if (link := _link_of(file)) else where
                    yield key, missing_member(expname, exptype, "", asn_type, nearest, made_by, where=found)

    def _near(self, file: str) -> Mapping[str, str]:
        """The files, by name, among which the nearest one to a missing file is: those of its folder come first."""
        folder = os.path.dirname(file) or "."  # noqa: PTH120
        if folder not in self._listed:
            try:
                self._listed[folder] = {entry.name: entry.path for entry in os.scandir(folder) if entry.is_file()}
            except (OSError, ValueError):
                self._listed[folder] = {}
        if self._elsewhere is None:
            self._elsewhere = {name: path for folder in self._named for name, path in _by_name(folder).items()}
        return ChainMap({}, *map(dict, (self._listed[folder], self._below, self._elsewhere)))


class _MadeFiles:
    """The files that associations make of which the products are known."""

    def __init__(self, ruleset: Ruleset, products: Iterable[str]) -> None:
        self._products = frozenset(map(file_name_key, products))
        self._rules = {rule.name: rule for rule in ruleset.rules}

    def includes(self, name: str, asn_rule: object) -> bool:
        """Whether a file is a product that an association of a rule uses."""
        rule = self._rules.get(asn_rule) if isinstance(asn_rule, str) else None
        used = map(self._rules.get, sorted(rule.depends_on())) if rule is not None and self._products else ()
        return any(source is not None and self._makes(source.product_file or "", name) for source in used)

    def _makes(self, template: str, name: str) -> bool:
        """Whether the template of a product's file gives a name, whatever the values of its name parts."""
        pattern, has_product = "", False
        for literal, part in parse_template(template):
            is_product = part == PRODUCT and not has_product
            pattern += re.escape(literal) + ("(?P<product>.+)" if is_product else ".*" if part is not None else "")
            has_product |= is_product
        match = re.fullmatch(pattern, name, re.IGNORECASE)
        return match is not None and (not has_product or file_name_key(match["product"]) in self._products)


def _link_of(file: str) -> str:
    """Where a symbolic link leads; empty if the file is not one."""
    try:
        return os.readlink(file)  # noqa: PTH115
    except (OSError, ValueError):
        return ""


def _by_name(folder: str) -> dict[str, str]:
    return {os.path.basename(path): path for path in files_below(folder)}  # noqa: PTH119


def files_below(folder: str) -> Iterator[str]:
    """The paths of all files in a folder and below, in the order of names; links that lead nowhere are left out."""
    for path in files_of(folder, set(), []):
        if not os.path.islink(path) or os.path.isfile(path):  # noqa: PTH113, PTH114
            yield path


def _same_name(key: KeyPath, name: str, file: str, by_name: dict[str, str]) -> Iterator[_Found]:
    """A finding if another file of the same name is a member of the product; `by_name` has the files so far."""
    real = os.path.realpath(file)
    first = by_name.setdefault(name.casefold(), real)
    if first != real:
        message = "{name} is also a member in another folder: {first} and {second}"
        hint = "pipelines overwrite the files of one with those of the other; remove or rename one"
        yield (
            key,
            SAME_BASE_NAME.finding(message, hint=hint, severity="warning", name=name, first=first, second=real),
        )
