"""Small pools that are processed together have the results that each of them has by itself."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.batches import GENERATE, RULES, batch_options, files, table, write_pools
from support.observatory import pool_text, rule, ruleset
from support.pools import LYNX_HEADER, lynx_rows, rulesets

from asnforge.batch.batch_log import PoolReport
from asnforge.batch.run_batch import run_batch
from asnforge.batch.small_pools import SMALL, Joined, generate_joined
from asnforge.batch.tasks import Layout, PoolTask
from asnforge.findings import Finding
from asnforge.generation.inputs import FitsOptions, GenerateOptions, generate_from, read_input, read_inputs
from asnforge.generation.rulesets_together import generate_together
from asnforge.grouping.scopes import ScopeChoice
from asnforge.grouping.selection import ColumnCondition
from asnforge.rules.ruleset import Ruleset

POOLS = 4


def tasks(*paths: Path) -> list[PoolTask]:
    return [PoolTask(str(path), path.stem, with_hash=True, is_small=True) for path in paths]


def faults_of(result: Joined, path: Path) -> tuple[Finding, ...]:
    return tuple(finding for faults in result.output.faults for finding in faults.findings(str(path)))


TYPED = ruleset(
    rule("Fields", group_by={"field": {"column": "FIELD"}}),
    rule("Red", select={"red": {"column": "CAMERA", "is": "red"}}, asn_type="trace"),
    ruleset="bobcat",
    columns={"FIELD": {"type": "number"}, "OBS": {"type": "number"}},
    keywords={"file_name": "{program}-b{scope}_{asn_type}_{sequence}_asn.json"},
    products={"usual": "{program}-b{scope}_{field}_{camera}"},
    undefined=["none", "-", "2"],
)


@given(
    rules=rulesets(),
    others=st.lists(st.just(TYPED) | rulesets(), max_size=2),
    pools=st.lists(lynx_rows(programs=("7", "8")), min_size=2, max_size=4),
    field=st.sampled_from(["1", "1.0", "x"]),
)
def test_results_of_several_rule_sets_are_those_of_each_pool(
    rules: Ruleset, others: list[Ruleset], pools: list[list[list[str]]], field: str
) -> None:
    options = GenerateOptions(rules, more_rulesets=tuple(others))
    column = LYNX_HEADER.index("FIELD")
    with TemporaryDirectory() as folder:
        paths = []
        for number, rows in enumerate(pools):
            paths.append(Path(folder) / f"night{number}.tsv")
            lines = [LYNX_HEADER, *([f"{number}x{file}", *rest] for file, *rest in rows)]
            if not number:
                lines[1][column] = field
            paths[-1].write_text("".join("\t".join(line) + "\n" for line in lines))
        for index, result in generate_joined(tasks(*paths), options).items():
            alone = generate_together(read_inputs(str(paths[index]), options), options).whole
            assert result.associations == alone.associations
            assert {*result.output.findings, *faults_of(result, paths[index])} == {*alone.findings}
            assert (result.output.exposures, result.output.orphans) == (alone.exposures, len(alone.orphans))
            assert (result.output.counts, result.output.dropped) == (alone.counts, len(alone.dropped))


@pytest.mark.parametrize(
    ("rules", "joined"),
    [
        ((TYPED,), POOLS),
        ((RULES, TYPED), POOLS),
        ((TYPED, RULES, replace(TYPED, name="lynx")), 0),
        ((RULES, RULES), 0),
    ],
    ids=["types", "two", "same product", "same file"],
)
def test_pools_are_joined_if_rule_sets_have_nothing_in_common(
    pools: list[Path], rules: tuple[Ruleset, ...], joined: int
) -> None:
    options = GenerateOptions(rules[0], more_rulesets=rules[1:])
    assert len(generate_joined(tasks(*pools), options)) == joined


def test_pools_that_spell_an_amount_differently_are_not_joined(pools: list[Path]) -> None:
    assert len(generate_joined(tasks(*pools), GenerateOptions(TYPED))) == POOLS
    edited(pools[1], "\tred\t0", "\tred\t0.0")
    assert generate_joined(tasks(*pools), GenerateOptions(TYPED)) == {}


@given(rules=rulesets(), pools=st.lists(lynx_rows(programs=("7", "8")), min_size=2, max_size=4), discover=st.booleans())
def test_results_are_those_of_each_pool(rules: Ruleset, pools: list[list[list[str]]], discover: bool) -> None:
    options = GenerateOptions(rules, choice=ScopeChoice(candidates=not discover))
    with TemporaryDirectory() as folder:
        paths = []
        for number, rows in enumerate(pools):
            paths.append(Path(folder) / f"night{number}.tsv")
            lines = [LYNX_HEADER, *([f"{number}x{file}", *rest] for file, *rest in rows)]
            paths[-1].write_text("".join("\t".join(line) + "\n" for line in lines))
        for index, result in generate_joined(tasks(*paths), options).items():
            alone = generate_from(read_input(str(paths[index]), options), options)
            assert result.associations == alone.associations
            assert result.output.findings + faults_of(result, paths[index]) == alone.findings
            assert (result.output.exposures, result.output.orphans) == (alone.exposures, len(alone.orphans))
            assert (result.output.counts, result.output.dropped) == (alone.counts, len(alone.dropped))


@pytest.fixture
def pools(tmp_path: Path) -> list[Path]:
    """Four pools with exposures of one program, the same fields and the same candidates."""
    (tmp_path / "pools").mkdir()
    paths = []
    for number in range(POOLS):
        paths.append(tmp_path / "pools" / f"night{number}.tsv")
        paths[-1].write_text(pool_text(table(range(1, 2), 6).replace("e1-", f"e{number}-")))
    return paths


def edited(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\tred\t", '\t"red"\t'),
        ("\tred\t", "\tréd\t"),
        ("e1-0_raw.f\t", ""),
        ("\n", "\n# a comment\n"),
        ("\n", "\n\n"),
        ("\n", "\r\n"),
        ("FILE\t", "# a comment\nFILE\t"),
        ("e1-0_raw.f", "e1-1_raw.f"),
        ("e1-0_raw.f", "../"),
        ("[('o1', 'night')]", "o1"),
        ("[('o1', 'night')]", "[('o1'"),
        ("\tFIELD\t", "\tFIELD\tFIELD\t"),
    ],
    ids=str,
)
def test_a_pool_with_anything_unusual_is_left(pools: list[Path], old: str, new: str) -> None:
    edited(pools[1], old, new)
    assert sorted(generate_joined(tasks(*pools), GENERATE)) == [0, 2, 3]


def test_pools_that_list_one_file_are_left(pools: list[Path]) -> None:
    edited(pools[3], "e3-4_raw.f", "elsewhere/E1-2_RAW.f")
    assert sorted(generate_joined(tasks(*pools), GENERATE)) == [0, 2]


@pytest.mark.parametrize(
    ("field", "other", "joined"),
    [("1", "0a", POOLS), ("1e1", "7", POOLS), ("1e1", "0a", 0), ("1d1", "3x", 0), ("1.0", "2", 0)],
)
def test_pools_are_left_if_a_number_of_one_is_an_identifier_in_another(
    pools: list[Path], field: str, other: str, joined: int
) -> None:
    edited(pools[0], "\tred\t0", f"\tred\t{field}")
    edited(pools[2], "\tred\t0", f"\tred\t{other}")
    assert len(generate_joined(tasks(*pools), GENERATE)) == joined


def test_anything_but_a_small_text_file_is_left(pools: list[Path], tmp_path: Path) -> None:
    compressed = tmp_path / "compressed.tsv"
    compressed.write_bytes(gzip.compress(pools[0].read_bytes()))
    large = tmp_path / "large.tsv"
    large.write_text(pool_text(table(range(5, 50), 10)))
    assert large.stat().st_size > SMALL
    named = [tmp_path / "missing.tsv", tmp_path, compressed, large, *pools[:2]]
    assert sorted(generate_joined(tasks(*named), GENERATE)) == [4, 5]


def test_pools_with_another_header_are_joined_with_each_other(pools: list[Path]) -> None:
    for path in pools[:2]:
        path.write_text(path.read_text().replace("\t", "|").replace("FIELD", "BAND"))
    results = generate_joined(tasks(*pools), GENERATE)
    assert sorted(results) == [0, 1, 2, 3]
    (finding,) = faults_of(results[1], pools[1])
    assert str(finding).startswith(f"{pools[1]}:1: G112 warning: ")
    assert [len(results[index].associations) for index in range(POOLS)] == [2, 2, 6, 6]


@pytest.mark.parametrize(
    "change",
    [
        {"choice": ScopeChoice(ids=("o1",))},
        {"where": (ColumnCondition("CAMERA=red", "camera", ("red",)),)},
        {"merge": True},
        {"pool_format": "tab"},
        {"fits": FitsOptions({})},
        {"ruleset": ruleset(rule("Frame", product_file="{product}.f"), rule("Both", product_of="Frame"))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_options_and_rules_about_the_pool_as_a_whole_leave_all(pools: list[Path], change: dict[str, Any]) -> None:
    assert generate_joined(tasks(*pools), replace(GENERATE, **change)) == {}


def reports(pools: list[Path], folder: Path, layout: Layout, **more: Any) -> list[PoolReport]:
    found = run_batch(list(map(str, pools)), batch_options(folder, layout, **more))
    return sorted(
        (replace(report, record=replace(report.record, seconds=0, state="", ruleset_sha256="")) for report in found),
        key=lambda report: report.record.pool,
    )


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("layout", ["flat", "program", "pool"])
def test_a_batch_has_the_same_reports_and_files(
    pools: list[Path], tmp_path: Path, layout: Layout, processes: int
) -> None:
    edited(pools[1], "e1-3_raw.f", "")
    pools.append(tmp_path / "bad.tsv")
    pools[-1].write_text("nonsense\n")
    together = reports(pools, tmp_path / "together", layout, processes=processes)
    alone = [reports([pool], tmp_path / "alone", layout) for pool in pools]
    if layout == "pool":
        assert together == sorted((report for (report,) in alone), key=lambda report: report.record.pool)
        assert files(tmp_path / "together") == files(tmp_path / "alone")
    assert [report.record.status for report in together] == (
        ["failed", "done", "done", "done", "done"]
        if layout == "pool"
        else ["failed", "done", "failed", "failed", "failed"]
    )


def test_archives_of_small_pools_are_identical(pools: list[Path], tmp_path: Path) -> None:
    archives = set()
    for number, (processes, fail_fast) in enumerate([(1, False), (2, False), (1, True)]):
        archive = tmp_path / f"{number}.tar"
        reports(pools, tmp_path, "pool", archive=archive, processes=processes, fail_fast=fail_fast)
        archives.add(archive.read_bytes())
    assert len(archives) == 1


def test_small_pools_are_run_again_after_a_change(tmp_path: Path) -> None:
    pools = write_pools(tmp_path / "pools", 5)
    assert len(list(run_batch(pools, batch_options(tmp_path / "out")))) == len(pools)
    edited(Path(pools[2]), "blue", "green")
    again = {report.record.pool: report.skipped for report in run_batch(pools, batch_options(tmp_path / "out"))}
    assert [again[pool] for pool in pools] == [True, True, False, True, True]
