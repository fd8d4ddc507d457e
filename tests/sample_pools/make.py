"""Make the sample pools of ``data/`` from their declarations: ``python tests/sample_pools/make.py``.

A declaration (``miri_mrs.yaml``) names a programme's targets, its candidates and its observations; an observation has
activities, and an activity is so many exposures of some detectors. Columns are written beside the widest thing they
belong to. What can be counted (file names, ids, exposure and dither numbers) is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
COLUMNS = (HERE / "columns.txt").read_text(encoding="utf-8").split()

Row = dict[str, str]


def declared(path: Path) -> dict[str, Any]:
    """Read one declaration, every scalar as text."""
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


DETECTORS: dict[str, Row] = declared(HERE / "detectors.yaml")


def candidates(programme: dict[str, Any], number: int) -> str:
    """The candidates of an observation, as pools write them."""
    others = [
        (f"c{candidate}", facts["type"])
        for candidate, facts in programme.get("candidates", {}).items()
        if str(number) in facts["observations"]
    ]
    return str([(f"o{number:03}", "OBSERVATION"), *others])


def activity_rows(activity: dict[str, Any], visit: Row, base: Row, number: int, first: int) -> Iterator[Row]:
    """One activity of one visit: its exposures in time, the detectors of each side by side."""
    act = f"{number:02}"
    exposures = int(activity.get("exposures", "1"))
    root = f"{visit['VISITGRP']:0>2}{visit['SEQ_ID']}{act}"
    pluralize = {
        "OBS_ID": f"V{visit['VISIT_ID']}P00000000{root}",
        "ACT_ID": act,
        "EXPSPCIN": str(number),
        "NUMDTHPT": str(exposures),
    }
    for exposure in range(1, exposures + 1):
        place = {key: str(exposure) for key in ("EXPOSURE", "DITHPTIN", "PATT_NUM")}
        order = {key: str(first + exposure) for key in ("EXPCOUNT", "PNTG_SEQ")}
        for detectors, columns in activity["detectors"].items():
            for detector in detectors.split():
                file_name = f"jw{visit['VISIT_ID']}_{root}_{exposure:05}_{detector.lower()}_uncal.fits"
                row = base | visit | pluralize | place | order | {"FILENAME": file_name, "DETECTOR": detector}
                row |= DETECTORS[detector] | activity.get("columns", {}) | columns
                yield row | activity.get("but", {}).get(str(exposure), {})


def visit_rows(programme: dict[str, Any], observation: dict[str, Any], visit: int) -> Iterator[Row]:
    """One visit of an observation: one tile, where the observation is a mosaic of several."""
    program, number = int(programme["program"]), int(observation["number"])
    base = dict.fromkeys(COLUMNS, "NULL") | programme["columns"]
    target = observation.get("target")
    base |= {"TARGETID": target, "TARGORDN": "1"} | programme["targets"][target] if target else {}
    base |= {"ASN_CANDIDATE": candidates(programme, number)} | observation.get("columns", {})
    activities = observation["activities"]
    facts = {
        "PROGRAM": str(program),
        "OBS_NUM": str(number),
        "VISIT": str(visit),
        "VISIT_ID": f"{program:05}{number:03}{visit:03}",
        "VISITGRP": "2",
        "SEQ_ID": "1",
        "MOSTILNO": str(visit),
        "NEXPOSUR": str(sum(int(activity.get("exposures", "1")) for activity in activities)),
    }
    first = 0
    for place, activity in enumerate(activities, start=1):
        yield from activity_rows(activity, facts, base, place, first)
        first += int(activity.get("exposures", "1"))


def pool_rows(programme: dict[str, Any]) -> Iterator[Row]:
    """All exposures of a programme."""
    for observation in programme["observations"]:
        for visit in range(1, int(observation.get("visits", "1")) + 1):
            yield from visit_rows(programme, observation, visit)


def pool_text(programme: dict[str, Any]) -> str:
    """The pool as its file has it: tab-delimited, one header line."""
    lines = ["\t".join(COLUMNS)]
    for row in pool_rows(programme):
        unknown = row.keys() - set(COLUMNS)
        if unknown:
            raise KeyError(*sorted(unknown))
        lines.append("\t".join(row[column] for column in COLUMNS))
    return "\n".join(lines) + "\n"


def declarations() -> dict[str, dict[str, Any]]:
    """Each pool's file name with its declaration."""
    paths = sorted(path for path in HERE.glob("*.yaml") if path.name != "detectors.yaml")
    return {f"{path.stem}_pool.tsv": declared(path) for path in paths}


def main() -> None:
    """Write every pool."""
    for name, programme in declarations().items():
        (DATA / name).write_text(pool_text(programme), encoding="utf-8")


if __name__ == "__main__":
    main()
