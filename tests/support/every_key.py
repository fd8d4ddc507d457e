"""Rule files with every key of their schemas but extends and shares: a rule set and four rules."""

from __future__ import annotations

from typing import Any

from support.observatory import shared

TIME = {"column": "TIME"}
LEAVES: dict[str, Any] = {
    "in_list": {"column": "BAND", "in": ["r", "g"], "about": "Two bands"},
    "pattern": {"columns": ["BAND", "GRID"], "matches": ".*x"},
    "bounds": {"column": "LONG", "at_least": "1", "at_most": "5"},
    "other_bounds": {"column": "LONG", "above": "0", "below": "9"},
    "known": {"column": "FIELD", "defined": "yes"},
    "heavy": {"column": "MASS", "at_least": "1 kg"},
    "either": {"any": [{"column": "A", "is": "1"}, {"column": "B", "is": "1"}]},
    "both": {"all": [{"column": "A", "defined": "yes"}, {"not": {"column": "B", "is": "2"}}]},
    "row": {"table": "paths", "columns": ["BAND", "GRID"]},
    "named": {"use": "calm"},
}
RELATIONS: dict[str, Any] = {
    "use": ["setup"],
    "same": {"columns": ["BAND", "GRID"], "own": ["GRID", "BAND"], "optional": "yes", "about": "The same light"},
    "other": {"column": "STEP", "differs": "yes", "when": {"column": "A", "is": "3"}},
    "near": {"column": "LONG", "within": {"column": "LIMIT"}, "optional": "own"},
    "far": {"column": "LONG", "apart": {"columns": ["LIMIT", "LONG"]}},
    "time": {**TIME, "before": "14 d", "after": "2 h"},
    "sky": {"position": ["RA", "DEC"], "own": ["RB", "DB"], "within": "1 deg"},
    "plan": {"candidate": {"id": "c1.*", "type": "tile"}},
    "replaced": {"column": "FIELD", "instead": {"candidate_id": "c2.*", "candidate_type": "star", "value": "9"}},
}
"""One relation of each kind."""

PREFERENCES: list[dict[str, Any]] = [
    {**TIME, "within": "1 d", "when_more_than": "2", "about": "The same day"},
    {"column": "STEP", "differs": "yes", "optional": "yes", "own": "STEPS", "when": {"column": "A", "is": "4"}},
    {"columns": ["GRID", "BAND"], "optional": "own"},
    {"column": "LONG", "apart": "3", "when_more_than": ["own", "darks"]},
    {**TIME, "before": "any", "after": "3 h"},
    {"position": ["RA", "DEC"], "within": "30 arcmin"},
    {"candidate": {"id": "c3.*", "type": "mosaic"}},
    *({**leaf, "when_more_than": "3"} for leaf in LEAVES.values()),
    {"column": "BAND", "is": "z"},
    {"not": {"use": "calm"}},
]
KEYS: dict[str, Any] = {
    "program": {"column": "PROPOSAL", "about": "A program"},
    "light": {"columns": ["BAND", "GRID"], "optional": "yes", "when": {"column": "A", "is": "5"}},
    "tile": {"each": "TILES"},
    "place": {"position": ["RA", "DEC"], "gap": "10 arcmin"},
    "run": {**TIME, "gap": "2 h"},
    "field": {"column": "FIELD", "instead": RELATIONS["replaced"]["instead"], "optional": "own"},
    "of_candidate": {"candidate": {"id": "c4.*", "type": "group"}},
}
NEEDS: dict[str, Any] = {
    "some": {"members": "psf", "at_least": "2", "at_most": "9", "in_scopes": ["tile"], "about": "References"},
    "darks": {"attached": "darks", "exactly": "3"},
    "fields": {"distinct": "FIELD", "at_least": "2"},
    "tiles": {"scope_in": ["tile"]},
    "not_nights": {"scope_not_in": ["night"]},
}
ATTACHMENTS: dict[str, Any] = {
    "darks": {"when": {"column": "MODE", "is": "dark"}, "match": ["CAMERA"], "about": "Darks", "each_own": "yes"},
    "lamps": {
        "from": "select",
        "except": ["known"],
        "match": RELATIONS,
        "to": ["own", "darks"],
        "sets_by": ["TIME"],
        "at_least": "3",
        "prefer": PREFERENCES,
        "nearest": ["TIME", {"columns": ["LONG", "LIMIT"], "side": "after"}, {"column": "STEP", "side": "before"}],
        "at_most": "2",
        "members": [{"name": "{root}_x.fits", "exptype": "lamp"}],
    },
    "frames": {"product_of": "Base", "match": ["CAMERA"], "as": "base"},
}
PART: dict[str, Any] = {
    "about": "A part",
    "select": {"part": {"column": "PART", "defined": "yes"}},
    "prefer": [{"column": "PART", "is": "1"}],
    "group_by": {"camera": {"column": "CAMERA"}},
    "attach": {"skies": {"when": {"column": "SKY", "defined": "yes"}, "match": ["CAMERA"]}},
    "repeat": [{"members": "psf", "as": "star", "at_least": "2"}],
    "require": {"science": {"members": "science"}},
    "take_as": {"exptype": "science", "except": ["setup"]},
}
RULESET: dict[str, Any] = {
    **shared(
        about="For all observers",
        undefined=["none", "-"],
        columns={
            "LONG": {"type": "number", "unit": "s", "also": ["LENGTH"]},
            "LIMIT": {"type": "number", "unit": "s"},
            "TILES": {"type": "list", "separator": "/"},
            "CELLS": {"type": "list"},
            "MASS": {"type": "number", "unit": "kg"},
            "TIME": {"type": "time"},
            **{name: {"type": "angle"} for name in ("RA", "DEC", "RB", "DB")},
        },
        conditions={
            "calm": {"column": "WIND", "is": "calm", "about": "Without wind"},
            "gale": {"column": "WIND", "is": "gale"},
        },
        derived={
            "night": {
                "about": "The night",
                "type": "time",
                "cases": [
                    {"when": {"column": "A", "is": "6"}, "copy": "TIME", "minus": "11 h"},
                    {"copy": "TIME", "plus": "1 d"},
                ],
            },
            "place": {
                "type": "number",
                "unit": "s",
                "cases": [{"copy": "LONG", "divide_by": "2", "matching": "(.*)"}, {"value": "1"}],
            },
            "spots": {"type": "list", "separator": ";", "cases": [{"copy": "TILES"}]},
            "kind": {"cases": [{"when": {"column": "INTENT", "is": "setup"}, "copy": "INTENT"}, {"value": "other"}]},
            "evening": {"cases": [{"copy": "DATE", "plus_hours": "-12"}]},
        },
        combine={
            "program": {"about": "All", "keys": ["program"], "several": "many", "compare": {"field": ["NAME", "FIELD"]}}
        },
        parts={"part": PART, "setup": {"group_by": {"setup": {"column": "SETUP"}}}},
        tables={
            "others": {"rows": [["r", "3"], ["g", "4"]]},
            "paths": {"about": "Paths of light", "rows": [["r", "1"], ["g", "2"]]},
            "tiles": {"columns": {"name": {}, "ra": {"type": "number"}}, "rows": [["t1", "10.5"], ["t2", "10.6"]]},
        },
        products={"usual": "{program}-{light}"},
        most_wildcard_groups="77",
        schema="lynx.schema.json",
    )
}
RULESET["keywords"] |= {"release": "p", "tile": {"table": "tiles", "row": "{field}"}, "more": {"a": ["{camera}", "x"]}}
RULESET["names"] |= {
    "columns": {
        "about": "Light",
        "columns": ["GRID", "BAND"],
        "sort": "yes",
        "join": "+",
        "before": "<",
        "after": ">",
        "empty": "0",
    },
    "kept": {"key": "light", "letter_case": "keep", "replace": {" ": ""}, "leave_out": ["whole"], "zero_fill": "3"},
}
RULESET["members"] = {
    "file_name": "FILE",
    "suffix": "_raw",
    "extensions": [".f"],
    "name": "{root}_{level}{extension}",
    "exposerr": "TROUBLE",
    "exptype": "role",
}
RULESET |= {
    "run": "reduce {pipeline} {file}",
    "setup": {
        "columns": ["CAMERA", "BAND"],
        "exposure": ["PROPOSAL"],
        "expected": "COUNT",
        "counter": "NUMBER",
        "within": ["VISIT"],
    },
    "report": {
        "columns": ["BAND", "FIELD"],
        "instrument": "CAMERA",
        "observation": ["PROPOSAL", "OBS"],
        "activity": ["VISIT"],
        "footprint": "REGION",
        "time": ["TIME", "START"],
    },
    "exptypes": {
        "science": {"about": "The target", "misspelled_as": ["sci"]},
        "psf": {"misspelled_as": ["star", "stars"]},
    },
    "asn_types": {
        "full": {
            "about": "All of it",
            "pipeline": "reduce_all",
            "reads": ["science", "psf"],
            "exptype_case": "sensitive",
            "products": "first",
            "require": {"science": {"at_least": "2", "at_most": "9", "otherwise": "it stops", "severity": "error"}},
            "suffixes": {"science": {"right": ["flat"], "wrong": ["raw"]}},
        }
    },
    "headers": {
        "exposure": "INTENT",
        "newest": "DATE",
        "file_name": "{root}_raw.f",
        "names": {
            "keyword": "NAME",
            "root": "ly.*",
            "scope": "[a-z]1",
            "suffixes": ["raw", "flat"],
            "from_keywords": ["ly{NUMBER:5}"],
            "made_by": {"flat": "reduce_one"},
            "replaceable": ["flat"],
        },
        "warnings": {"QUALITY": {"values": ["POOR"], "message": "it was cloudy"}},
        "combined": {"association": "ASNFILE", "table": "INPUTS", "column": "FILE"},
        "not_exposures": {"references": {"keyword": "REFTYPE"}, "lists": {"name": "list.*"}},
        "columns": {
            "PROPOSAL": {
                "keywords": ["PROGRAM", "PROPOSAL"],
                "matching": {"PROGRAM": "a(.*)"},
                "number": "yes",
                "absent": ["NONE"],
                "values": {"1": ["one"]},
                "otherwise": "0",
            },
            **{name: {} for name in ("OBS", "CAMERA", "INTENT", "VISIT", "NAME", "NAMES")},
        },
        "numbered": {"STAR": {"within": ["PROPOSAL"], "keys": [["NAME"], ["RA"]], "absent": ["DARK"], "places": "3"}},
        "ranks": {"VISITS": {"of": ["VISIT"], "within": ["PROPOSAL"]}},
        "candidates": {
            "program": "PROPOSAL",
            "observation": "OBS",
            "instrument": "CAMERA",
            "exposure_type": "INTENT",
            "id": "o{observation}",
            "width": "3",
            "type": "observation",
            "target": "STAR",
            "target_names": ["NAME"],
            "target_in_associations": "t(.*)",
            "archive_pool": "POOL",
            "pool_ending": "_pool.csv",
            "guess": {
                "id": "c{number}",
                "first": "1000",
                "right_ascension": "RA",
                "declination": "DEC",
                "time": "START",
                "ignore": ["setup"],
                "types": {
                    "sky": {"exposure_types": ["spectrum"], "support": "SKY", "nearest": "yes"},
                    "tile": {"exposure_types": ["image"], "within_degrees": "0.1", "within_days": "30"},
                },
            },
        },
    },
}
BASE: dict[str, Any] = {
    "rule": "Base",
    "title": "Base frames",
    "asn_type": "base",
    "product": "{camera}-base",
    "product_file": "{product}.fits",
    "group_by": {"camera": {"column": "CAMERA"}},
}
HALF: dict[str, Any] = {
    "rule": "Half",
    "title": "Half of it",
    "asn_type": "half",
    "use": ["part"],
    "attach": {"suns": {"when": {"column": "MODE", "is": "sun"}, "match": ["CAMERA"]}},
    "product": "usual",
}
LATER: dict[str, Any] = {
    "rule": "Later",
    "title": "Later frames",
    "asn_type": "later",
    "product": "{camera}-later",
    "product_of": "Base",
    "group_by": {"camera": {"column": "CAMERA"}},
}
FULL: dict[str, Any] = {
    "rule": "Full",
    "title": "Everything",
    "about": "All keys.",
    "asn_type": "full",
    "use": ["part"],
    "select": LEAVES,
    "prefer": [{"column": "FILE", "matches": ".*z"}, *({**leaf} for leaf in LEAVES.values())],
    "group_by": KEYS,
    "attach": ATTACHMENTS,
    "repeat": [{"members": "science", "as": "again", "at_least": "3", "about": "Nods"}],
    "require": NEEDS,
    "take_as": {"exptype": "psf", "except": ["background"]},
    "keywords": {"level": "{camera}"},
    "product": "{program}-{columns}-{kept}{slits}{field}",
    "file_name": "{product}-{scope}_asn.json",
    "member_name": "{root}_y{extension}",
}
DOCUMENTS: dict[str, dict[str, Any]] = {"ruleset": RULESET, "base": BASE, "half": HALF, "later": LATER, "full": FULL}
"""The documents by the names of their files."""
