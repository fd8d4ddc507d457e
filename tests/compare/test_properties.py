"""Properties of a comparison: each edit is reported as its kind, and nothing else is reported."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from asnforge.compare import Change, Comparison, Difference, Options, ReadAssociation, ReadProduct, compare
from asnforge.compare.model import KEYWORDS, Member

Run = list[ReadAssociation]

RULES = [("image", "Rule_Image"), ("spectrum", "Rule_Slit"), ("spectrum", "Rule_Grism")]
SHARED = ["shared_1_cal.fits", "shared_2_cal.fits"]


def association(number: int, rule: int, count: int, shared: list[str], name: str = "") -> ReadAssociation:
    """An association with exposures of its own, and some that it shares with others."""
    own = [(f"exposure{number}_{i}_cal.fits", "science") for i in range(count)]
    members = tuple(sorted(own + [(expname, "background") for expname in shared]))
    keywords = {
        "asn_type": RULES[rule][0],
        "asn_rule": RULES[rule][1],
        "asn_id": "o001",
        "asn_pool": "night.tsv",
        "program": "00007",
        "target": "t001",
        "degraded_status": "fine",
    }
    file_name = f"run_o001_{RULES[rule][0]}_{number:05}_asn.json"
    return ReadAssociation(file_name, ".", file_name, keywords, (ReadProduct(name or f"product-{number}", members),))


@st.composite
def runs(draw: st.DrawFn, least: int = 1) -> Run:
    count = draw(st.integers(least, 6))
    shared = st.lists(st.sampled_from(SHARED), unique=True)
    return [association(n, draw(st.integers(0, 2)), draw(st.integers(2, 4)), draw(shared)) for n in range(count)]


def with_product(
    original: ReadAssociation, name: str | None = None, members: Iterable[Member] | None = None
) -> ReadAssociation:
    """An association with another name or other members of its only product."""
    (product,) = original.products
    changed = ReadProduct(name or product.name, product.members if members is None else tuple(sorted(members)))
    return replace(original, products=(changed,))


def kinds(comparison: Comparison) -> list[str]:
    return [difference.kind for difference in comparison.differences]


@given(runs(), st.randoms())
def test_run_is_the_same_as_itself_in_another_order(run: Run, rng: random.Random) -> None:
    shuffled = rng.sample(run, len(run))
    for options in (Options(), Options(strict=True)):
        comparison = compare(run, shuffled, options)
        assert (comparison.differences, len(comparison.same), comparison.status) == ((), len(run), 0)


@given(runs())
def test_counters_versions_and_time_stamps_are_compared_only_strictly(run: Run) -> None:
    edited = [
        replace(
            item,
            file_name=item.file_name.replace("o001_", "o001_20300101t000000_").replace("_0000", "_0001"),
            keywords={
                **item.keywords,
                "version_id": "20300101t000000",
                "asn_rule": f"candidate_{item.keywords['asn_rule']}",
            },
        )
        for item in run
    ]
    assert compare(run, edited).status == 0
    strict = compare(run, edited, Options(strict=True))
    assert len(strict.differences) == len(run)
    assert {change.what for d in strict.differences for change in d.changes} == {"file_name", "version_id", "asn_rule"}


def compare_edited(
    run: Run, data: st.DataObject, edit: Callable[[ReadAssociation], ReadAssociation]
) -> tuple[ReadAssociation, Difference]:
    """Edit one association of a run: the association before, and the only difference."""
    index = data.draw(st.integers(0, len(run) - 1))
    after = edit(run[index])
    comparison = compare(run, [after if i == index else item for i, item in enumerate(run)])
    assert len(comparison.same) == len(run) - 1
    (difference,) = comparison.differences
    assert (difference.expected, difference.actual) == ((run[index],), (after,))
    return run[index], difference


@given(runs(), st.data())
def test_new_product_name_is_a_renaming(run: Run, data: st.DataObject) -> None:
    before, difference = compare_edited(run, data, lambda item: with_product(item, name="another"))
    assert difference.kind == "renamed"
    assert difference.changes == (Change("product_name", before.products[0].name, "another"),)


@given(runs(), st.data())
def test_new_file_name_is_a_renaming(run: Run, data: st.DataObject) -> None:
    before, difference = compare_edited(run, data, lambda item: replace(item, file_name="another_asn.json"))
    assert difference.kind == "renamed"
    assert difference.changes == (Change("file_name", before.file_name, "another_asn.json"),)


@given(runs(), st.data(), st.sampled_from(KEYWORDS))
def test_other_keyword_value_is_a_change(run: Run, data: st.DataObject, keyword: str) -> None:
    before, difference = compare_edited(
        run, data, lambda item: replace(item, keywords={**item.keywords, keyword: "another"})
    )
    assert difference.kind == "changed"
    assert difference.changes == (Change(keyword, before.keywords[keyword], "another"),)


@given(runs())
def test_absent_keyword_is_not_a_difference(run: Run) -> None:
    edited = [replace(item, keywords={}, file_name="") for item in run]
    assert compare(run, edited).differences == ()
    assert compare(edited, run).differences == ()


def own_member(item: ReadAssociation) -> Member:
    """A member that no other association has."""
    return next(member for member in item.products[0].members if member[0].startswith("exposure"))


@given(runs(), st.data())
def test_added_member_is_only_on_the_actual_side(run: Run, data: st.DataObject) -> None:
    extra = ("new_1_cal.fits", "science")
    _, difference = compare_edited(run, data, lambda item: with_product(item, members=(*item.members, extra)))
    assert (difference.kind, difference.changes) == ("changed", (Change("member", None, "science", extra[0]),))


@given(runs(), st.data())
def test_removed_member_is_only_on_the_expected_side(run: Run, data: st.DataObject) -> None:
    before, difference = compare_edited(
        run, data, lambda item: with_product(item, members=[m for m in item.members if m != own_member(item)])
    )
    assert (difference.kind, difference.changes) == (
        "changed",
        (Change("member", "science", None, own_member(before)[0]),),
    )


@given(runs(), st.data())
def test_exptype_change_has_both_values(run: Run, data: st.DataObject) -> None:
    before, difference = compare_edited(
        run,
        data,
        lambda item: with_product(item, members=[m if m != own_member(item) else (m[0], "psf") for m in item.members]),
    )
    assert (difference.kind, difference.changes) == (
        "changed",
        (Change("exptype", "science", "psf", own_member(before)[0]),),
    )


@given(runs(), st.data())
def test_suffix_change_has_both_values(run: Run, data: st.DataObject) -> None:
    before, difference = compare_edited(
        run,
        data,
        lambda item: with_product(
            item, members=[m if m != own_member(item) else (m[0].replace("_cal", "_crf"), m[1]) for m in item.members]
        ),
    )
    assert (difference.kind, difference.changes) == (
        "changed",
        (Change("suffix", "cal", "crf", own_member(before)[0]),),
    )


@given(runs(), st.data())
def test_removed_association_is_missing_and_added_one_unexpected(run: Run, data: st.DataObject) -> None:
    lost = run[data.draw(st.integers(0, len(run) - 1))]
    rest = [item for item in run if item is not lost]
    comparison = compare(run, rest)
    assert [(d.kind, d.expected, d.actual) for d in comparison.differences] == [("missing", (lost,), ())]
    comparison = compare(rest, run)
    assert [(d.kind, d.expected, d.actual) for d in comparison.differences] == [("unexpected", (), (lost,))]


@given(runs(), st.data())
def test_copy_of_an_association_is_a_duplicate(run: Run, data: st.DataObject) -> None:
    original = run[data.draw(st.integers(0, len(run) - 1))]
    copy = replace(original, file_name=original.file_name.replace("0_asn", "9_asn"), file="copy")
    for expected, actual in (([*run, copy], run), (run, [*run, copy])):
        comparison = compare(expected, actual)
        assert kinds(comparison) == ["duplicate"]
        (difference,) = comparison.differences
        assert {item.file for item in difference.expected + difference.actual} == {original.file, "copy"}
        assert bool(difference.expected) == (len(expected) > len(actual))
    assert compare([*run, copy], [copy, *run]).status == 0


@given(runs(), st.data())
def test_members_divided_in_two_are_a_split_and_the_reverse_a_merge(run: Run, data: st.DataObject) -> None:
    whole = run[data.draw(st.integers(0, len(run) - 1))]
    own = [member for member in whole.members if member[0].startswith("exposure")]
    shared = [member for member in whole.members if member not in own]
    cut = data.draw(st.integers(1, len(own) - 1))
    left = with_product(whole, members=own[:cut] + shared, name="part-1")
    right = with_product(whole, members=own[cut:] + shared, name=data.draw(st.sampled_from(["part-2", "part-1"])))
    divided = [association for association in run if association is not whole] + [left, right]
    (split,) = compare(run, divided).differences
    assert (split.kind, split.expected, {p.members for p in split.actual}) == (
        "split",
        (whole,),
        {left.members, right.members},
    )
    (merged,) = compare(divided, run).differences
    assert (merged.kind, merged.actual, set(merged.expected)) == ("merged", (whole,), set(split.actual))


@st.composite
def colliding(draw: st.DrawFn) -> Run:
    """Associations that share names, exposures and rules arbitrarily."""
    members = st.sets(
        st.tuples(
            st.sampled_from([f"{n}_{suffix}.fits" for n in ("a", "b", "c", "d") for suffix in ("cal", "crf")]),
            st.sampled_from(["science", "psf"]),
        ),
        min_size=1,
        max_size=4,
    )
    products = st.lists(
        st.builds(
            lambda name, some: ReadProduct(name, tuple(sorted(some))), st.sampled_from([None, "p", "q"]), members
        ),
        min_size=1,
        max_size=2,
    )
    associations = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(RULES))
        keywords: dict[str, str] = draw(
            st.sampled_from([{}, {"asn_type": kind[0]}, {"asn_type": kind[0], "asn_rule": kind[1]}])
        )
        ordered = tuple(sorted(draw(products), key=lambda p: (p.name or "", p.members)))
        associations.append(ReadAssociation(str(number), ".", f"f_{number:05}_asn.json", keywords, ordered))
    return associations


SWAPPED = {"missing": "unexpected", "unexpected": "missing", "split": "merged", "merged": "split"}


Outline = list[tuple[str, list[str], list[str], list[tuple[str, ...]]]]


def outline(comparison: Comparison, *, swapped: bool = False) -> Outline:
    """A comparison without the order and names of files."""
    result: Outline = []
    for d in comparison.differences:
        sides = [
            sorted(repr((item.products, sorted(item.keywords.items()))) for item in side)
            for side in (d.expected, d.actual)
        ]
        changes = sorted(
            (c.what, *map(str, (c.actual, c.expected) if swapped else (c.expected, c.actual))) for c in d.changes
        )
        kind = SWAPPED.get(d.kind, d.kind) if swapped else d.kind
        before, after = sides[::-1] if swapped else sides
        result.append((kind, before, after, changes))
    return sorted(result)


@given(colliding(), colliding())
def test_swapping_the_sides_swaps_the_differences(expected: Run, actual: Run) -> None:
    forward, back = compare(expected, actual), compare(actual, expected)
    assert outline(forward) == outline(back, swapped=True)
    assert len(forward.same) == len(back.same)


@given(colliding(), colliding())
def test_every_association_is_reported_exactly_once(expected: Run, actual: Run) -> None:
    comparison = compare(expected, actual)
    copies = {"expected": 0, "actual": 0}
    for d in comparison.differences:
        if d.kind == "duplicate":
            copies["expected" if d.expected else "actual"] += 1
    others = [d for d in comparison.differences if d.kind != "duplicate"]
    assert len(comparison.same) + sum(len(d.expected) for d in others) + copies["expected"] == len(expected)
    assert len(comparison.same) + sum(len(d.actual) for d in others) + copies["actual"] == len(actual)


@given(colliding())
def test_colliding_associations_are_the_same_as_themselves(run: Run) -> None:
    assert compare(run, list(reversed(run))).differences == ()


@given(colliding(), colliding(), st.randoms())
def test_order_of_associations_is_not_compared(expected: Run, actual: Run, rng: random.Random) -> None:
    shuffled = compare(rng.sample(expected, len(expected)), rng.sample(actual, len(actual)))
    assert outline(shuffled) == outline(compare(expected, actual))


@st.composite
def edited_programs(draw: st.DrawFn) -> tuple[Run, Run, Run]:
    """Associations of two programs and two pools that share exposures, before and after edits.

    Returns
    -------
    (list of ReadAssociation, list of ReadAssociation, list of ReadAssociation)
        The associations before and after, and those that were not edited.
    """
    before: Run = []
    after: Run = []
    unedited: Run = []
    for number in range(draw(st.integers(0, 7))):
        program, pool = draw(st.sampled_from("12")), draw(st.sampled_from("pq"))
        exposures = draw(st.sets(st.sampled_from("abcdef"), min_size=1, max_size=4))
        kind, name = draw(st.sampled_from(RULES)), draw(st.sampled_from(["star", "moon", f"own{number}"]))
        item = of_exposures(exposures, name, kind, program, pool, number)
        edit = draw(st.sampled_from(["none", "none", "remove", "add", "rename", "suffix", "rule", "members", "all"]))
        if edit != "add":
            before.append(item)
        if edit == "none":
            unedited.append(item)
        if edit in ("none", "add"):
            after.append(item)
        elif edit != "remove":
            if edit in ("members", "all"):
                exposures = draw(st.sets(st.sampled_from("abcdef"), min_size=1, max_size=4))
            if edit in ("rename", "all"):
                name = f"new{number}"
            if edit in ("rule", "all"):
                kind = (kind[0], "Rule_New")
            suffix = "crf" if edit in ("suffix", "all") else "cal"
            after.append(of_exposures(exposures, name, kind, program, pool, number, suffix))
    return before, after, unedited


def of_exposures(
    exposures: Iterable[str],
    name: str,
    kind: tuple[str, str],
    program: str,
    pool: str,
    number: int,
    suffix: str = "cal",
) -> ReadAssociation:
    keywords = {"asn_type": kind[0], "asn_rule": kind[1], "asn_id": "o001", "asn_pool": pool, "program": program}
    members = tuple(sorted((f"{exposure}_{suffix}.fits", "science") for exposure in exposures))
    file = f"run_{program}_{kind[0]}_{number:05}_asn.json"
    return ReadAssociation(file, ".", file, keywords, (ReadProduct(name, members),))


def origin(item: ReadAssociation) -> tuple[str, str]:
    return item.keywords["program"], item.keywords["asn_pool"]


def exposures_of(item: ReadAssociation) -> set[str]:
    return {expname.split("_")[0] for expname, _ in item.members}


def is_unique(item: ReadAssociation, run: Run) -> bool:
    """Whether no other association of the same origin has the same names."""
    return [(other.names, origin(other)) for other in run].count((item.names, origin(item))) == 1


@given(edited_programs())
def test_unchanged_association_is_paired_with_itself(run: tuple[Run, Run, Run]) -> None:
    before, after, unedited = run
    same = [(item.products, sorted(item.keywords.items())) for item in compare(before, after).same]
    for item in unedited:
        same.remove((item.products, sorted(item.keywords.items())))


@given(edited_programs())
def test_pair_is_across_programs_or_pools_only_if_its_own_have_no_match_left(
    run: tuple[Run, Run, Run],
) -> None:
    before, after, _ = run
    comparison = compare(before, after)
    left = {
        kind: [item for d in comparison.differences if d.kind == kind for item in d.expected + d.actual]
        for kind in ("missing", "unexpected")
    }
    for d in comparison.differences:
        if d.kind in ("renamed", "changed") and origin(d.expected[0]) != origin(d.actual[0]):
            for item, others in ((d.expected[0], left["unexpected"]), (d.actual[0], left["missing"])):
                for other in others:
                    if origin(other) == origin(item):
                        kind = {item.keywords["asn_type"], item.keywords["asn_rule"]} & set(other.keywords.values())
                        unique = all(is_unique(side, before if side in before else after) for side in (item, other))
                        assert exposures_of(other) != exposures_of(item)
                        assert not (other.names == item.names and kind and unique)


@given(edited_programs())
def test_split_merge_and_duplicate_are_within_one_program_and_duplicate_within_one_pool(
    run: tuple[Run, Run, Run],
) -> None:
    for d in compare(*run[:2]).differences:
        if d.kind in ("split", "merged", "duplicate"):
            origins = {origin(item) for item in d.expected + d.actual}
            assert len({program for program, _ in origins}) == 1
            assert d.kind != "duplicate" or len(origins) == 1


@given(edited_programs())
def test_renaming_is_to_a_name_that_only_one_side_has(run: tuple[Run, Run, Run]) -> None:
    before, after, _ = run
    names = [{name for item in side for name in item.names} for side in (before, after)]
    for d in compare(before, after).differences:
        if d.kind == "renamed":
            (change,) = d.changes
            assert (change.expected in names[1], change.actual in names[0]) == (False, False)


@given(edited_programs(), st.randoms())
def test_order_and_side_are_not_compared_in_edited_programs(run: tuple[Run, Run, Run], rng: random.Random) -> None:
    before, after, _ = run
    comparison = compare(before, after)
    shuffled = compare(rng.sample(before, len(before)), rng.sample(after, len(after)))
    assert outline(shuffled) == outline(comparison)
    assert outline(compare(after, before), swapped=True) == outline(comparison)


@given(runs(), st.integers(2, 3))
def test_repeated_object_is_counted_each_time(run: Run, times: int) -> None:
    comparison = compare(run * times, run)
    assert kinds(comparison) == ["duplicate"] * len(run) * (times - 1)
    assert compare(run * times, run * times).status == 0


@given(runs(least=2))
def test_two_edits_are_two_differences(run: Run) -> None:
    edited = [with_product(run[0], name="another"), *run[2:]]
    assert sorted(kinds(compare(run, edited))) == ["missing", "renamed"]
