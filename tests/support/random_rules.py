"""Random rules with attachments and keys, and random pools for them, with the columns of an invented observatory."""

from __future__ import annotations

from random import Random
from typing import Any

from support.slow_groups import Row

Content = dict[str, Any]

TYPES = {"EXPTIME": "number", "STEP": "number", "TEMP": "number", "TAKEN": "time", "RA": "angle", "DEC": "angle"}
"""The columns with a type; the others are texts."""

COLUMNS: Content = {
    "EXPTIME": {"type": "number", "unit": "s"},
    "STEP": {"type": "number", "unit": "s"},
    "TEMP": {"type": "number"},
    "TAKEN": {"type": "time"},
    "RA": {"type": "angle"},
    "DEC": {"type": "angle"},
    "CELLS": {"type": "list", "separator": ","},
}
"""The block ``columns`` of the rule set."""

VALUES = {
    "KIND": ["light", "light", "flat", "dark", ""],
    "CAMERA": ["red", "RED", "blue"],
    "COLOR": ["b", "v", ""],
    "BAND": ["b", "v", ""],
    "NIGHT": ["n1", "n2", "n3"],
    "EXPTIME": ["1", "1.0", "1.5", "2", "3", "60", ""],
    "STEP": ["0.5", "1", ""],
    "TEMP": ["-10", "-10.5", "0", "4", ""],
    "TAKEN": [*(f"2026-03-{taken}:00" for taken in ("10T00:00", "10T12:00", "11T00:00", "20T00:00", "25T01:00")), ""],
    "RA": ["10", "10.2", "359.9", "0.1", ""],
    "DEC": ["0", "0.3", "-20"],
    "CELLS": ["a", "a,b", "b,c", ""],
}  # fmt: skip

CANDIDATES = ["", *(f"[('o{night}', 'night'){tile}]" for night in (1, 2) for tile in ("", ", ('c1', 'tile')"))]
"""Cells of the column of candidates."""

PARTS: Content = {
    "tile": {"group_by": {"tile": {"candidate": {"id": r"c\d", "type": "tile"}, "optional": "yes"}}},
    "setup_of_night": {
        "group_by": {
            "shade": {"column": "COLOR", "optional": "own"},
            "date": {"column": "NIGHT", "instead": {"candidate_id": r"c\d", "candidate_type": "tile", "value": "any"}},
        }
    },
}
"""The block ``parts`` of the rule set."""

_INSTEAD: Content = {"candidate_id": r"o1", "candidate_type": "night", "value": "fixed"}

SCOPED_KEYS: Content = {
    "light": {"column": "COLOR", "optional": "yes"},
    "stripe": {"columns": ["BAND", "COLOR"], "optional": "yes"},
    "dated": {"column": "NIGHT", "when": {"column": "CAMERA", "is": "red"}},
    "tile": {"candidate": {"id": r"c\d", "type": "tile"}},
    "any_tile": {"candidate": {"id": r"c\d", "type": "tile"}, "optional": "yes"},
    "night": {"column": "NIGHT", "instead": _INSTEAD},
    "place": {"position": ["RA", "DEC"], "gap": "0.25 deg"},
}
"""Keys that depend on the scope, have wildcards, or join positions."""

SCOPED_RELATIONS: list[Content] = [
    {"candidate": {"id": r"c\d", "type": "tile"}},
    {"candidate": {"id": r"o\d", "type": "night"}, "optional": "yes"},
    {"column": "NIGHT", "instead": _INSTEAD},
    {"column": "COLOR", "when": {"column": "CAMERA", "is": "red"}},
    {"column": "EXPTIME", "within": "1 s", "when": {"column": "EXPTIME", "defined": "yes"}},
]


def random_rows(random: Random, most: int = 14) -> list[Row]:
    """The rows of a pool."""
    return [
        {"FILE": f"{letter}{number}_raw.f", "PROPOSAL": "7"}
        | {column: random.choice(values) for column, values in VALUES.items()}
        for number, letter in enumerate(random.choices("abcxyz", k=random.randint(2, most)))
    ]


def random_rule(random: Random) -> Content:
    """A rule about light exposures, with keys, a preference and attachments."""
    keys: Content = {}
    if random.random() < 0.4:
        keys["color"] = {"column": "COLOR", "optional": "own"}
    if random.random() < 0.3:
        keys["cell"] = {"each": "CELLS"}
    if random.random() < 0.3:
        keys["temp"] = {"column": "TEMP", "gap": random.choice(["0.5", "4", "10"])}
    rule: Content = {
        "select": {"light": {"column": "KIND", "is": "light"}, "exposed": random_constraint(random)},
        "group_by": keys,
    }
    if random.random() < 0.3:
        rule["prefer"] = [random_constraint(random) for _ in range(random.randint(1, 2))]
    names = ["flat", "dark", "more"][: random.randint(1, 3)]
    rule["attach"] = {name: random_attachment(random, name, names[:number]) for number, name in enumerate(names)}
    return rule


def random_choice(random: Random) -> Content:
    """A rule with one attachment that takes the nearest sets by several columns, in which many are at the same distance."""
    keys: Content = {"night": {"column": "NIGHT"}} if random.random() < 0.5 else {}
    nearest = [
        column if random.random() < 0.6 else {"column": column, "side": random.choice(["before", "after"])}
        for column in random.sample(["TAKEN", "EXPTIME", "TEMP", "STEP", "RA"], random.randint(1, 3))
    ]
    block: Content = {
        "as": "flat_member",
        "when": {"column": "KIND", "in": ["flat", "dark"]},
        "match": {"first": random_relation(random)},
        "nearest": nearest,
        "at_most": str(random.randint(1, 3)),
    }
    if random.random() < 0.4:
        block["sets_by"] = random.choice([["NIGHT"], ["EXPTIME"], ["NIGHT", "CAMERA"]])
    if random.random() < 0.4:
        block["prefer"] = [_preference(random, []) for _ in range(random.randint(1, 2))]
    if random.random() < 0.3:
        block["match"]["second"] = random_relation(random)
    if random.random() < 0.2:
        block["each_own"] = "yes"
    return {"select": {"light": {"column": "KIND", "is": "light"}}, "group_by": keys, "attach": {"flat": block}}


def scoped_rows(random: Random) -> list[Row]:
    """The rows of a pool with candidates."""
    return [{**row, "CANDIDATES": random.choice(CANDIDATES)} for row in random_rows(random)]


def scoped_rule(random: Random) -> Content:
    """A rule whose groups and attachments depend on candidates and wildcards, with further requirements."""
    rule = random_rule(random)
    for name in random.sample(list(SCOPED_KEYS), random.randint(1, 3)):
        rule["group_by"][name] = SCOPED_KEYS[name]
    for block in rule["attach"].values():
        match = block.setdefault("match", {})
        if random.random() < 0.5:
            match["scoped"] = random.choice(SCOPED_RELATIONS)
        if random.random() < 0.4:
            match["use"] = [random.choice(list(PARTS))]
        if not match:
            match["camera"] = {"column": "CAMERA"}
    needs: list[Content] = [
        {"members": "science", "at_least": "2"},
        {"attached": random.choice(list(rule["attach"]))},
        {"attached": random.choice(list(rule["attach"])), "at_most": "2"},
        {"distinct": "NIGHT", "at_least": "2"},
    ]
    rule["require"] = {f"need{number}": random.choice(needs) for number in range(random.randint(0, 2))}
    return rule


def random_maker(random: Random) -> Content:
    """A rule about frames whose products other rules use; each group needs two of them."""
    keys: Content = {"night": {"column": "NIGHT"}} if random.random() < 0.6 else {}
    if random.random() < 0.6:
        keys["color"] = {"column": "COLOR", "optional": "own"}
    rule: Content = {"select": {"frame": {"column": "KIND", "in": ["flat", "dark"]}}, "group_by": keys}
    if random.random() < 0.3:
        rule["prefer"] = [random_constraint(random)]
    return rule


def random_user(random: Random, maker: str) -> Content:
    """A rule that attaches products of another, or is about them."""
    if random.random() < 0.3:
        key = random.choice([{"column": "COLOR", "optional": "own"}, {"column": "TEMP", "gap": "4"}])
        return {"product_of": maker, "group_by": {"temp" if "gap" in key else "color": key}}
    rule = random_rule(random)
    for block in rule["attach"].values():
        if block.pop("from", "") or random.random() < 0.6:
            block.pop("except", None)
            block.pop("when")
            block["product_of"] = maker
            block.setdefault("match", ["CAMERA"])
    return rule


def random_constraint(random: Random) -> Content:
    """A constraint on one column."""
    return random.choice(
        [
            {"column": "EXPTIME", "at_least": "1.5"},
            {"column": "EXPTIME", "below": "60"},
            {"column": "TAKEN", "above": "2026-03-10T06:00:00"},
            {"column": "TEMP", "at_most": "-10"},
            {"column": "COLOR", "in": ["b", "V"]},
            {"not": {"column": "NIGHT", "is": "n2"}},
            {"column": "EXPTIME", "defined": "yes"},
            {"any": [{"column": "CAMERA", "is": "red"}, {"column": "EXPTIME", "is": "1"}]},
        ]
    )


def random_relation(random: Random) -> Content:
    """A relation of a supporting exposure and an exposure of the group."""
    relation: Content = dict(
        random.choice(
            [
                {"column": "CAMERA"},
                {"column": "COLOR"},
                {"columns": ["COLOR", "BAND"]},
                {"column": "BAND", "own": "COLOR"},
                {"column": "COLOR", "differs": "yes"},
                {"column": "NIGHT", "differs": "yes"},
                {"column": "EXPTIME"},
                {"column": "EXPTIME", "within": "0.5 s"},
                {"column": "EXPTIME", "within": "1 min"},
                {"column": "TEMP", "apart": "0.5"},
                {"column": "EXPTIME", "within": {"column": "STEP"}},
                {"column": "TAKEN", "within": "12 h"},
                {"column": "TAKEN", "before": "14 d"},
                {"column": "TAKEN", "before": "any"},
                {"column": "TAKEN", "after": "1 d", "before": "12 h"},
                {"position": ["RA", "DEC"], "within": "1 deg"},
            ]
        )
    )
    if random.random() < 0.3:
        relation["optional"] = random.choice(["yes", "own"] if "differs" not in relation else ["yes"])
    return relation


def random_attachment(random: Random, name: str, earlier: list[str]) -> Content:
    """An attachment that may compare with what earlier ones took."""
    block: Content = {"as": f"{name}_member"}
    if random.random() < 0.2:
        block |= {"from": "select", "except": ["light"]} if random.random() < 0.7 else {"from": "select"}
    block["when"] = random.choice(
        [{"column": "KIND", "is": "flat"}, {"column": "KIND", "in": ["flat", "dark"]}, random_constraint(random)]
    )
    if random.random() < 0.85:
        block["match"] = {f"r{number}": random_relation(random) for number in range(random.randint(1, 2))}
    if earlier and random.random() < 0.4:
        block["to"] = random.choice([[earlier[-1]], ["own", earlier[0]]])
    if random.random() < 0.4:
        block["sets_by"] = random.choice([["NIGHT"], ["NIGHT", "CAMERA"]])
    if random.random() < 0.3:
        block["at_least"] = "2"
    if random.random() < 0.5:
        block["prefer"] = [_preference(random, earlier) for _ in range(random.randint(1, 2))]
    if random.random() < 0.6:
        block["at_most"] = str(random.randint(1, 2))
        block["nearest"] = random.sample(
            ["TAKEN", "EXPTIME", {"column": "TEMP", "side": "after"}, {"column": "TAKEN", "side": "before"}],
            random.randint(1, 2),
        )
    if "to" not in block and random.random() < 0.3:
        block["each_own"] = "yes"
    return block


def _preference(random: Random, earlier: list[str]) -> Content:
    preference = random_constraint(random) if random.random() < 0.4 else random_relation(random)
    if random.random() < 0.4:
        preference["when_more_than"] = random.choice([2, 3, ["own"], ["own", *earlier]])
    return preference
