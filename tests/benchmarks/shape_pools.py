"""Pools of shapes that make software slow, legal all of them, each with its rules and the command that is measured."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from benchmarks.pools import lines
from sample_pools.make import COLUMNS

Cells = dict[str, str]
Rule = Mapping[str, Any]

_RULESET = {
    "ruleset": "shapes",
    "title": "Shapes of pools",
    "members": {"file_name": "FILE", "exptype": "role"},
    "columns": {
        "DAY": {"type": "number"},
        "SECONDS": {"type": "number"},
        "TEMP": {"type": "number"},
        "MISSING": {"type": "number"},
        "RA": {"type": "angle"},
        "DEC": {"type": "angle"},
        "TAGS": {"type": "list"},
    },
    "derived": {"role": {"cases": [{"when": {"column": "KIND", "is": "flat"}, "value": "flat"}, {"value": "science"}]}},
    "conditions": {"light": {"column": "KIND", "is": "light"}, "flat": {"column": "KIND", "is": "flat"}},
    "names": {
        "field": {"key": "field"},
        "rule": {"key": "rule"},
        "sequence": {"key": "sequence"},
        "night": {"key": "night", "replace": {".": "_"}},
        "tag": {"key": "tag"},
    },
    "keywords": {
        "file_name": "{rule}_{sequence}_asn.json",
        "program": "none",
        "target": "none",
        "degraded_status": {"none": "no", "some": "yes"},
    },
    "duplicates": "members_and_product",
}
LIGHTS = {"select": {"light": {"use": "light"}}}
FIELDS = {"group_by": {"field": {"column": "FIELD"}}}


def make_rule(name: str, product: str, **blocks: Any) -> Rule:
    return {"rule": name, "title": name, "asn_type": name.lower(), "product": product, **blocks}


@dataclass(frozen=True)
class Shape:
    """Pools of one shape.

    Attributes
    ----------
    sizes : tuple of int
        Three sizes: the number of exposures, or of what `about` says.
    rows : callable
        The cells of each exposure that differ from an image of JWST, for a size; all cells for a shape with `rules`.
    rules : tuple of mapping
        The rules of a rule set of its own.
    options : tuple of str
        More arguments of the command.
    command : str
        The command.
    """

    name: str
    about: str
    sizes: tuple[int, int, int]
    rows: Callable[[int], Iterable[Cells]]
    rules: tuple[Rule, ...] = ()
    options: tuple[str, ...] = ("--dry-run",)
    command: str = "generate"

    def arguments(self, folder: Path, size: int) -> list[str | Path]:
        """The arguments of the command for a pool of this size, which is written below a folder unless it is there."""
        pool = folder / f"{self.name}_{size}.tsv"
        rules = folder / f"{self.name}_rules"
        if not pool.exists():
            self._write_pool(pool, size)
            self._write_rules(rules)
        own: list[str | Path] = ["--ignore-default", "--rules", rules] if self.rules else []
        return [self.command, pool, *own, *self.options]

    def _write_pool(self, path: Path, size: int) -> None:
        columns = list(dict.fromkeys(name for cells in self.rows(10) for name in cells)) if self.rules else COLUMNS
        image = {} if self.rules else _image()
        with path.open("w", encoding="utf-8") as file:
            file.write("\t".join(columns) + "\n")
            for number, cells in enumerate(self.rows(size)):
                own = {} if self.rules else {"FILENAME": f"jw00001001001_{number:07}_nrcb1_uncal.fits"}
                whole = {**image, **own, **cells}
                file.write("\t".join(whole[name] for name in columns) + "\n")

    def _write_rules(self, folder: Path) -> None:
        if self.rules:
            folder.mkdir(exist_ok=True)
            (folder / "ruleset.yaml").write_text(yaml.safe_dump(_RULESET, sort_keys=False), encoding="utf-8")
            for rule in self.rules:
                (folder / f"{rule['rule'].lower()}.yaml").write_text(
                    yaml.safe_dump(dict(rule), sort_keys=False), encoding="utf-8"
                )


def _image() -> Cells:
    """An image of the pools of `tests/benchmarks/pools.py`, in one observation."""
    line = next(line for line in lines(1) if "\tNRC_IMAGE\t" in line)
    cells = dict(zip(COLUMNS, line.rstrip("\n").split("\t"), strict=True))
    return {**cells, "ASN_CANDIDATE": "[('o001', 'OBSERVATION')]", "OBS_NUM": "1", "TARGETID": "1"}


def _program(size: int) -> Iterator[Cells]:
    """One program with observations of 20 exposures and a mosaic of all."""
    for number in range(size):
        observation = number // 20 + 1
        candidates = f"[('o{observation % 1000:03}', 'OBSERVATION'), ('c1000', 'MOSAIC')]"
        yield {"OBS_NUM": str(observation), "TARGETID": str(observation % 500), "ASN_CANDIDATE": candidates}


def _observation(size: int) -> Iterator[Cells]:
    yield from ({"EXPOSURE": str(number)} for number in range(size))


def _candidates(size: int) -> Iterator[Cells]:
    """1,000 of 9,000 candidates each."""
    chosen = random.Random(1)
    for number in range(size):
        names = ", ".join(f"('c{1000 + each}', 'MOSAIC')" for each in sorted(chosen.sample(range(9000), 1000)))
        yield {"ASN_CANDIDATE": f"[{names}]", "OBS_NUM": str(number % 7)}


def _same_candidates(size: int) -> Iterator[Cells]:
    """200 exposures that all have the same candidates, as many as the size."""
    names = ", ".join(f"('c{1000 + each}', 'MOSAIC')" for each in range(size))
    yield from ({"ASN_CANDIDATE": f"[{names}]", "OBS_NUM": str(number % 7)} for number in range(200))


def _half(size: int) -> Iterator[Cells]:
    """A FILTER in half of the exposures, a PUPIL in the others."""
    for number in range(size):
        yield {"FILTER": "NULL", "PUPIL": "NULL", ("FILTER", "PUPIL")[number % 2]: f"v{number // 2}"}


def _one_of_three(size: int) -> Iterator[Cells]:
    for number in range(size):
        name = ("FILTER", "PUPIL", "FXD_SLIT")[number % 3]
        yield {"FILTER": "NULL", "PUPIL": "NULL", "FXD_SLIT": "NULL", name: f"v{number // 3}"}


def _some_undefined(size: int) -> Iterator[Cells]:
    """Observations of 100 exposures with four filters, undefined in half of the exposures."""
    for number, cells in enumerate(_program(size)):
        filters = "NULL" if number % 2 else f"F{number // 2 % 4 + 1}50W"
        observation = str(number // 100 + 1)
        yield {**cells, "OBS_NUM": observation, "TARGETID": observation, "FILTER": filters}


def _distinct(size: int) -> Iterator[Cells]:
    """Other values in every column that rules may group by."""
    for number in range(size):
        names = ("TARGETID", "TARGNAME", "FILTER", "PUPIL", "SUBARRAY", "DETECTOR", "MODULE", "OPMODE", "EXPOSURE")
        yield dict.fromkeys(names, f"v{number}")


def _unreadable(size: int) -> Iterator[Cells]:
    yield from ({"ASN_CANDIDATE": f"nonsense {number}"} for number in range(size))


def _same_file(size: int) -> Iterator[Cells]:
    yield from ({"FILENAME": "jw1_uncal.fits"} for _ in range(size))


def frame(number: int, **cells: object) -> Cells:
    return {"FILE": f"f{number:07}.fits", "KIND": "light", **{name: str(value) for name, value in cells.items()}}


def _fields(size: int) -> Iterator[Cells]:
    yield from (frame(number, FIELD=number) for number in range(size))


def _nested(size: int) -> Iterator[Cells]:
    """Exposures in three groups each, which have from one to nine members."""
    for number in range(size):
        tags = {number // 3, number // 5 + 10_000_000, number // 9 + 20_000_000}
        yield frame(number, TAGS=",".join(f"t{tag}" for tag in sorted(tags)))


def _nights(size: int) -> Iterator[Cells]:
    """Ten exposures in each night, a gap after each night."""
    yield from (frame(number, DAY=f"{number // 10 + number % 10 / 100:.2f}") for number in range(size))


def _positions(size: int) -> Iterator[Cells]:
    """Four exposures at each position, along many circles of the sky."""
    for number in range(size):
        place = number // 4
        yield frame(number, RA=f"{place % 1000 * 0.36:.4f}", DEC=f"{place // 1000 - 40:.4f}")


def _with_flats(size: int) -> Iterator[Cells]:
    """Every second exposure is a flat; all of them in one place, at different times."""
    for number in range(size):
        yield {
            **frame(number, PLACE=1, FIELD=number // 2, DAY=f"{number * 0.01:.2f}"),
            "KIND": ("light", "flat")[number % 2],
        }


_NEAREST = {"flat": {"when": {"use": "flat"}, "as": "flat", "match": ["PLACE"], "nearest": ["DAY"], "at_most": "3"}}
_EQUAL = {"flat": {"when": {"use": "flat"}, "as": "flat", "match": ["FIELD"]}}
_MADE = {"flat": {"product_of": "Flat", "as": "flat", "match": ["FIELD"]}}
_FLATS = make_rule("Flat", "flat_{field}", select={"flat": {"use": "flat"}}, take_as={"exptype": "science"}, **FIELDS)

LARGE = (5000, 20_000, 80_000)

SHAPES = (
    Shape("program", "one program, a mosaic of all", LARGE, _program),
    Shape(
        "stage2",
        "the same with the rules of stage 2",
        (1250, 5000, 20_000),
        _program,
        options=("--dry-run", "-r", "jwst-stage2"),
    ),
    Shape("orphans", "the same, explain --orphans", LARGE, _program, options=("--orphans",), command="explain"),
    Shape(
        "explain", "the same, explain --json", (1250, 5000, 20_000), _program, options=("--json",), command="explain"
    ),
    Shape("observation", "one association", LARGE, _observation),
    Shape("candidates", "1,000 of 9,000 candidates for each exposure", (50, 100, 200), _candidates),
    Shape("same-candidates", "200 exposures, N candidates for all", (500, 2000, 8000), _same_candidates),
    Shape("half", "half has only FILTER, half only PUPIL", (400, 1600, 6400), _half),
    Shape("one-of-three", "one of three keys defined", (400, 1600, 6400), _one_of_three),
    Shape("some-undefined", "FILTER undefined in half of each observation", LARGE, _some_undefined),
    Shape("distinct", "other values in every column", (2500, 10_000, 40_000), _distinct),
    Shape("unreadable", "candidates cannot be read", LARGE, _unreadable),
    Shape("same-file", "one file in all rows", (2500, 10_000, 40_000), _same_file),
    Shape("names", "groups with one product name", LARGE, _fields, (make_rule("Image", "same_{rule}", **FIELDS),)),
    Shape(
        "nested",
        "overlapping groups of one product name",
        LARGE,
        _nested,
        (make_rule("Image", "same_{rule}", group_by={"tag": {"each": "TAGS"}}),),
    ),
    Shape(
        "each",
        "groups by entries of lists",
        LARGE,
        _nested,
        (make_rule("Image", "tag_{tag}", group_by={"tag": {"each": "TAGS"}}),),
    ),
    Shape(
        "gap",
        "groups by gaps in time",
        LARGE,
        _nights,
        (make_rule("Image", "{night}", group_by={"night": {"column": "DAY", "gap": "0.5"}}),),
    ),
    Shape(
        "sky-gap",
        "groups by gaps on the sky",
        LARGE,
        _positions,
        (make_rule("Image", "same_{rule}", group_by={"place": {"position": ["RA", "DEC"], "gap": "1 arcmin"}}),),
    ),
    Shape(
        "attached",
        "flats of the same field",
        LARGE,
        _with_flats,
        (make_rule("Image", "{field}", **LIGHTS, **FIELDS, attach=_EQUAL),),
    ),
    Shape(
        "nearest",
        "the three nearest flats of all",
        LARGE,
        _with_flats,
        (make_rule("Image", "{field}", **LIGHTS, **FIELDS, attach=_NEAREST),),
    ),
    Shape(
        "products",
        "products of flats",
        (1250, 5000, 20_000),
        _with_flats,
        ({**_FLATS, "product_file": "{product}.fits"}, make_rule("Image", "{field}", **LIGHTS, **FIELDS, attach=_MADE)),
    ),
)
