"""Generator of the sample pools in ``data/``: ``python tests/sample_pools/make.py``.

A declaration (``miri_mrs.yaml``) names the targets, candidates and observations of a program; an observation has activities,
and an activity is a number of exposures of some detectors. Columns are declared at the largest unit that they apply to. File
names, ids, and exposure and dither numbers are derived.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
COLUMNS = (HERE / "columns.txt").read_text(encoding="utf-8").split()

OTHER_RULES = {
    "longslit_pool": "longslit-example",
    "ccd_pool": "ccd-observatory",
    "roman_pool": "roman-skycells",
    "fors2_pool": "eso-fors2-imaging",
    "hst_pool": "hst-products",
    "stage2_pool": "jwst-stage2",
}
"""The pools that are not for the default rule set, with their rule sets. Those without a declaration are written
by hand."""

Row = dict[str, str]


def declared(path: Path) -> dict[str, Any]:
    """Read one declaration, with every scalar as a string."""
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


DETECTORS: dict[str, Row] = declared(HERE / "detectors.yaml")


def candidates(program: dict[str, Any], number: int) -> str:
    """The candidates of an observation, in the spelling of pools."""
    larger = [
        (f"c{candidate}", facts["type"])
        for candidate, facts in program.get("candidates", {}).items()
        if str(number) in facts["observations"]
    ]
    return str([(f"o{number:03}", "OBSERVATION"), *larger])


def activity_rows(activity: dict[str, Any], visit: Row, base: Row, number: int, first: int) -> Iterator[Row]:
    """The rows of one activity of a visit, in the order of time; the detectors of an exposure follow each other."""
    act = f"{number:02}"
    exposures = int(activity.get("exposures", "1"))
    root = f"{visit['VISITGRP']:0>2}{visit['SEQ_ID']}{act}"
    counted = {
        "OBS_ID": f"V{visit['VISIT_ID']}P00000000{root}",
        "ACT_ID": act,
        "EXPSPCIN": str(number),
        "NUMDTHPT": str(exposures),
    }
    for exposure in range(1, exposures + 1):
        position = {key: str(exposure) for key in ("EXPOSURE", "DITHPTIN", "PATT_NUM")}
        order = {key: str(first + exposure) for key in ("EXPCOUNT", "PNTG_SEQ")}
        for detectors, columns in activity["detectors"].items():
            for detector in detectors.split():
                file_name = f"jw{visit['VISIT_ID']}_{root}_{exposure:05}_{detector.lower()}_uncal.fits"
                row = base | visit | counted | position | order | {"FILENAME": file_name, "DETECTOR": detector}
                row |= DETECTORS[detector] | activity.get("columns", {}) | columns
                yield row | activity.get("but", {}).get(str(exposure), {})


def visit_rows(program: dict[str, Any], observation: dict[str, Any], visit: int) -> Iterator[Row]:
    """The rows of one visit of an observation, which is one tile of a mosaic."""
    program_number, number = int(program["program"]), int(observation["number"])
    base = dict.fromkeys(COLUMNS, "NULL") | program["columns"]
    target = observation.get("target")
    base |= {"TARGETID": target, "TARGORDN": "1"} | program["targets"][target] if target else {}
    base |= {"ASN_CANDIDATE": candidates(program, number)} | observation.get("columns", {})
    activities = observation["activities"]
    facts = {
        "PROGRAM": str(program_number),
        "OBS_NUM": str(number),
        "VISIT": str(visit),
        "VISIT_ID": f"{program_number:05}{number:03}{visit:03}",
        "VISITGRP": "2",
        "SEQ_ID": "1",
        "MOSTILNO": str(visit),
        "NEXPOSUR": str(sum(int(activity.get("exposures", "1")) for activity in activities)),
    }
    first = 0
    for index, activity in enumerate(activities, start=1):
        yield from activity_rows(activity, facts, base, index, first)
        first += int(activity.get("exposures", "1"))


def pool_rows(program: dict[str, Any]) -> Iterator[Row]:
    """The rows of a program."""
    for observation in program["observations"]:
        for visit in range(1, int(observation.get("visits", "1")) + 1):
            yield from visit_rows(program, observation, visit)


def pool_text(program: dict[str, Any]) -> str:
    """A pool as the content of its file: tab-delimited, with one header line."""
    lines = ["\t".join(COLUMNS)]
    for row in pool_rows(program):
        unknown = row.keys() - set(COLUMNS)
        if unknown:
            raise KeyError(*sorted(unknown))
        lines.append("\t".join(row[column] for column in COLUMNS))
    return "\n".join(lines) + "\n"


def declarations(folder: Path = HERE) -> dict[str, dict[str, Any]]:
    """The declaration of each pool for the default rule set, or of each pool in a folder, by file name."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != "detectors.yaml")
    return {f"{path.stem}_pool.tsv": declared(path) for path in paths}


def all_declarations() -> dict[str, dict[str, Any]]:
    """The declarations of all pools, by file name."""
    return {**declarations(), **declarations(HERE / "other_rules")}


def main() -> None:
    """Write every pool."""
    for name, program in all_declarations().items():
        (DATA / name).write_text(pool_text(program), encoding="utf-8")


if __name__ == "__main__":
    main()
