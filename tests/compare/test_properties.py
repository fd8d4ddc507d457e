"""Properties of a comparison: each kind of edit is found, named as that kind, and nothing else is reported."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from asnforge.compare import Change, Options, ReadAssociation, ReadProduct, compare
from asnforge.compare.model import KEYWORDS

RULES = [("image", "Rule_Image"), ("spectrum", "Rule_Slit"), ("spectrum", "Rule_Grism")]
SHARED = ["shared_1_cal.fits", "shared_2_cal.fits"]


def association(number, rule, count, shared, name=None):
    """An association with exposures of its own, and some that others have too."""
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
def runs(draw, least=1):
    count = draw(st.integers(least, 6))
    shared = st.lists(st.sampled_from(SHARED), unique=True)
    return [association(n, draw(st.integers(0, 2)), draw(st.integers(2, 4)), draw(shared)) for n in range(count)]


def of_one_product(found, name=None, members=None):
    (product,) = found.products
    changed = ReadProduct(name or product.name, product.members if members is None else tuple(sorted(members)))
    return replace(found, products=(changed,))


def kinds(comparison):
    return [difference.kind for difference in comparison.differences]


@given(runs(), st.randoms())
def test_a_run_compared_with_itself_in_another_order_is_the_same(run, random):
    shuffled = random.sample(run, len(run))
    for options in (Options(), Options(strict=True)):
        comparison = compare(run, shuffled, options)
        assert (comparison.differences, len(comparison.same), comparison.status) == ((), len(run), 0)


@given(runs(), st.data())
def test_counters_versions_and_time_stamps_do_not_count_unless_strictly(run, data):
    edited = [
        replace(
            one,
            file_name=one.file_name.replace("o001_", "o001_20300101t000000_").replace("_0000", "_0001"),
            keywords={
                **one.keywords,
                "version_id": "20300101t000000",
                "asn_rule": f"candidate_{one.keywords['asn_rule']}",
            },
        )
        for one in run
    ]
    assert compare(run, edited).status == 0
    strict = compare(run, edited, Options(strict=True))
    assert len(strict.differences) == len(run)
    assert {change.what for d in strict.differences for change in d.changes} == {"file_name", "version_id", "asn_rule"}


def changed_by(run, data, edit):
    """The run with one association edited; what it was, what it became, and the comparison."""
    place = data.draw(st.integers(0, len(run) - 1))
    after = edit(run[place])
    comparison = compare(run, [after if i == place else one for i, one in enumerate(run)])
    assert len(comparison.same) == len(run) - 1
    (difference,) = comparison.differences
    assert (difference.expected, difference.actual) == ((run[place],), (after,))
    return run[place], difference


@given(runs(), st.data())
def test_another_product_name_is_a_renaming(run, data):
    before, difference = changed_by(run, data, lambda one: of_one_product(one, name="another"))
    assert difference.kind == "renamed"
    assert difference.changes == (Change("product_name", before.products[0].name, "another"),)


@given(runs(), st.data())
def test_another_file_name_is_a_renaming(run, data):
    before, difference = changed_by(run, data, lambda one: replace(one, file_name="another_asn.json"))
    assert difference.kind == "renamed"
    assert difference.changes == (Change("file_name", before.file_name, "another_asn.json"),)


@given(runs(), st.data(), st.sampled_from(KEYWORDS))
def test_another_keyword_is_a_change(run, data, keyword):
    before, difference = changed_by(run, data, lambda one: replace(one, keywords={**one.keywords, keyword: "another"}))
    assert difference.kind == "changed"
    assert difference.changes == (Change(keyword, before.keywords[keyword], "another"),)


@given(runs(), st.data())
def test_an_absent_keyword_is_no_difference(run, data):
    edited = [replace(one, keywords={}, file_name="") for one in run]
    assert compare(run, edited).differences == ()
    assert compare(edited, run).differences == ()


def own(found):
    """A member that no other association has."""
    return next(member for member in found.products[0].members if member[0].startswith("exposure"))


@given(runs(), st.data())
def test_a_member_added_is_on_the_actual_side_alone(run, data):
    extra = ("new_1_cal.fits", "science")
    _, difference = changed_by(run, data, lambda one: of_one_product(one, members=(*one.members, extra)))
    assert (difference.kind, difference.changes) == ("changed", (Change("member", None, "science", extra[0]),))


@given(runs(), st.data())
def test_a_member_removed_is_on_the_expected_side_alone(run, data):
    before, difference = changed_by(
        run, data, lambda one: of_one_product(one, members=[m for m in one.members if m != own(one)])
    )
    assert (difference.kind, difference.changes) == ("changed", (Change("member", "science", None, own(before)[0]),))


@given(runs(), st.data())
def test_another_exptype_is_told_with_both(run, data):
    before, difference = changed_by(
        run,
        data,
        lambda one: of_one_product(one, members=[m if m != own(one) else (m[0], "psf") for m in one.members]),
    )
    assert (difference.kind, difference.changes) == ("changed", (Change("exptype", "science", "psf", own(before)[0]),))


@given(runs(), st.data())
def test_another_suffix_is_told_with_both(run, data):
    before, difference = changed_by(
        run,
        data,
        lambda one: of_one_product(
            one, members=[m if m != own(one) else (m[0].replace("_cal", "_crf"), m[1]) for m in one.members]
        ),
    )
    assert (difference.kind, difference.changes) == ("changed", (Change("suffix", "cal", "crf", own(before)[0]),))


@given(runs(), st.data())
def test_one_that_is_left_out_is_missing_and_from_the_other_side_unexpected(run, data):
    lost = run[data.draw(st.integers(0, len(run) - 1))]
    rest = [one for one in run if one is not lost]
    comparison = compare(run, rest)
    assert [(d.kind, d.expected, d.actual) for d in comparison.differences] == [("missing", (lost,), ())]
    comparison = compare(rest, run)
    assert [(d.kind, d.expected, d.actual) for d in comparison.differences] == [("unexpected", (), (lost,))]


@given(runs(), st.data())
def test_one_that_is_there_again_is_a_duplicate(run, data):
    twin = run[data.draw(st.integers(0, len(run) - 1))]
    copy = replace(twin, file_name=twin.file_name.replace("0_asn", "9_asn"), file="copy")
    for expected, actual in (([*run, copy], run), (run, [*run, copy])):
        comparison = compare(expected, actual)
        assert kinds(comparison) == ["duplicate"]
        (difference,) = comparison.differences
        assert {one.file for one in difference.expected + difference.actual} == {twin.file, "copy"}
        assert bool(difference.expected) == (len(expected) > len(actual))
    assert compare([*run, copy], [copy, *run]).status == 0


@given(runs(), st.data())
def test_one_in_two_is_a_split_and_two_in_one_a_merge(run, data):
    whole = run[data.draw(st.integers(0, len(run) - 1))]
    ours = [member for member in whole.members if member[0].startswith("exposure")]
    shared = [member for member in whole.members if member not in ours]
    cut = data.draw(st.integers(1, len(ours) - 1))
    one = of_one_product(whole, members=ours[:cut] + shared, name="part-1")
    other = of_one_product(whole, members=ours[cut:] + shared, name=data.draw(st.sampled_from(["part-2", "part-1"])))
    divided = [association for association in run if association is not whole] + [one, other]
    (split,) = compare(run, divided).differences
    assert (split.kind, split.expected, {p.members for p in split.actual}) == (
        "split",
        (whole,),
        {one.members, other.members},
    )
    (merged,) = compare(divided, run).differences
    assert (merged.kind, merged.actual, set(merged.expected)) == ("merged", (whole,), set(split.actual))


@st.composite
def colliding(draw):
    """Associations that share names, exposures and rules at will."""
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
        keywords = draw(st.sampled_from([{}, {"asn_type": kind[0]}, {"asn_type": kind[0], "asn_rule": kind[1]}]))
        ordered = tuple(sorted(draw(products), key=lambda p: (p.name or "", p.members)))
        associations.append(ReadAssociation(str(number), ".", f"f_{number:05}_asn.json", keywords, ordered))
    return associations


SWAPPED = {"missing": "unexpected", "unexpected": "missing", "split": "merged", "merged": "split"}


def outline(comparison, *, swapped=False):
    """A comparison without the order and the names of files: what it says."""
    result = []
    for d in comparison.differences:
        sides = [
            sorted(repr((one.products, sorted(one.keywords.items()))) for one in side)
            for side in (d.expected, d.actual)
        ]
        changes = sorted(
            (c.what, *map(str, (c.actual, c.expected) if swapped else (c.expected, c.actual))) for c in d.changes
        )
        kind = SWAPPED.get(d.kind, d.kind) if swapped else d.kind
        result.append((kind, *(sides[::-1] if swapped else sides), changes))
    return sorted(result)


@given(colliding(), colliding())
def test_swapping_the_sides_swaps_what_is_said(expected, actual):
    forward, back = compare(expected, actual), compare(actual, expected)
    assert outline(forward) == outline(back, swapped=True)
    assert len(forward.same) == len(back.same)


@given(colliding(), colliding())
def test_every_association_is_accounted_for_once(expected, actual):
    comparison = compare(expected, actual)
    copies = {"expected": 0, "actual": 0}
    for d in comparison.differences:
        if d.kind == "duplicate":
            copies["expected" if d.expected else "actual"] += 1
    others = [d for d in comparison.differences if d.kind != "duplicate"]
    assert len(comparison.same) + sum(len(d.expected) for d in others) + copies["expected"] == len(expected)
    assert len(comparison.same) + sum(len(d.actual) for d in others) + copies["actual"] == len(actual)


@given(colliding())
def test_any_associations_are_the_same_as_themselves(run):
    assert compare(run, list(reversed(run))).differences == ()


@given(colliding(), colliding(), st.randoms())
def test_the_order_of_associations_does_not_count(expected, actual, random):
    shuffled = compare(random.sample(expected, len(expected)), random.sample(actual, len(actual)))
    assert outline(shuffled) == outline(compare(expected, actual))


@st.composite
def edited_programmes(draw):
    """Associations of two programmes and two pools that share exposures, and what edits make of them.

    Returns
    -------
    (list of ReadAssociation, list of ReadAssociation, list of ReadAssociation)
        The associations before and after, and those that were not edited.
    """
    before, after, unedited = [], [], []
    for number in range(draw(st.integers(0, 7))):
        program, pool = draw(st.sampled_from("12")), draw(st.sampled_from("pq"))
        exposures = draw(st.sets(st.sampled_from("abcdef"), min_size=1, max_size=4))
        kind, name = draw(st.sampled_from(RULES)), draw(st.sampled_from(["star", "moon", f"own{number}"]))
        made = of_exposures(exposures, name, kind, program, pool, number)
        edit = draw(st.sampled_from(["none", "none", "remove", "add", "rename", "suffix", "rule", "members", "all"]))
        if edit != "add":
            before.append(made)
        if edit == "none":
            unedited.append(made)
        if edit in ("none", "add"):
            after.append(made)
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


def of_exposures(exposures, name, kind, program, pool, number, suffix="cal"):
    keywords = {"asn_type": kind[0], "asn_rule": kind[1], "asn_id": "o001", "asn_pool": pool, "program": program}
    members = tuple(sorted((f"{exposure}_{suffix}.fits", "science") for exposure in exposures))
    file = f"run_{program}_{kind[0]}_{number:05}_asn.json"
    return ReadAssociation(file, ".", file, keywords, (ReadProduct(name, members),))


def origin(found):
    return found.keywords["program"], found.keywords["asn_pool"]


def root_names(found):
    return {expname.split("_")[0] for expname, _ in found.members}


def could_be_pairs(one, other):
    """Of the same identity, or of the same exposures."""
    same_kind = {one.keywords["asn_type"], one.keywords["asn_rule"]} & set(other.keywords.values())
    return (one.names == other.names and same_kind) or root_names(one) == root_names(other)


@given(edited_programmes())
def test_an_unchanged_association_is_paired_with_itself(run):
    before, after, unedited = run
    found = [(one.products, sorted(one.keywords.items())) for one in compare(before, after).same]
    for one in unedited:
        found.remove((one.products, sorted(one.keywords.items())))


@given(edited_programmes())
def test_no_pair_crosses_programmes_or_pools_while_a_partner_of_its_own_remains(run):
    comparison = compare(*run[:2])
    left = {
        kind: [one for d in comparison.differences if d.kind == kind for one in d.expected + d.actual]
        for kind in ("missing", "unexpected")
    }
    for d in comparison.differences:
        if d.kind in ("renamed", "changed") and origin(d.expected[0]) != origin(d.actual[0]):
            for one, others in ((d.expected[0], left["unexpected"]), (d.actual[0], left["missing"])):
                assert not [o for o in others if origin(o) == origin(one) and could_be_pairs(one, o)]


@given(edited_programmes())
def test_splits_merges_and_duplicates_are_of_one_programme_and_duplicates_of_one_pool(run):
    for d in compare(*run[:2]).differences:
        if d.kind in ("split", "merged", "duplicate"):
            origins = {origin(one) for one in d.expected + d.actual}
            assert len({program for program, _ in origins}) == 1
            assert d.kind != "duplicate" or len(origins) == 1


@given(edited_programmes())
def test_only_a_name_that_one_side_alone_has_makes_a_renaming(run):
    before, after, _ = run
    names = [{name for one in side for name in one.names} for side in (before, after)]
    for d in compare(before, after).differences:
        if d.kind == "renamed":
            (change,) = d.changes
            assert (change.expected in names[1], change.actual in names[0]) == (False, False)


@given(edited_programmes(), st.randoms())
def test_neither_the_order_nor_the_side_counts_for_edited_programmes(run, random):
    before, after, _ = run
    comparison = compare(before, after)
    shuffled = compare(random.sample(before, len(before)), random.sample(after, len(after)))
    assert outline(shuffled) == outline(comparison)
    assert outline(compare(after, before), swapped=True) == outline(comparison)


@given(runs(), st.integers(2, 3))
def test_the_same_object_several_times_is_counted_each_time(run, times):
    comparison = compare(run * times, run)
    assert kinds(comparison) == ["duplicate"] * len(run) * (times - 1)
    assert compare(run * times, run * times).status == 0


@given(runs(least=2), st.data())
def test_two_edits_are_two_differences(run, data):
    edited = [of_one_product(run[0], name="another"), *run[2:]]
    assert sorted(kinds(compare(run, edited))) == ["missing", "renamed"]
