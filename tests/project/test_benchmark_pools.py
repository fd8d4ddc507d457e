"""The pools of the benchmarks: reproducible by seed, and consistent at any size."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from benchmarks.pools import SAMPLES, WEIGHTS, program, write_pool
from hypothesis import given
from hypothesis import strategies as st
from sample_pools.make import COLUMNS, pool_rows


def pool_content(folder: Path, rows: int, seed: int) -> str:
    path = folder / f"{rows}-{seed}.tsv"
    write_pool(path, rows, seed)
    return path.read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert pool_content(tmp_path, 500, 7) == pool_content(tmp_path, 500, 7)
    assert pool_content(tmp_path, 500, 7) != pool_content(tmp_path, 500, 8)


def test_a_larger_pool_begins_with_the_rows_of_a_smaller_one(tmp_path: Path) -> None:
    assert pool_content(tmp_path, 2000, 3).startswith(pool_content(tmp_path, 500, 3))


@pytest.mark.parametrize("rows", [0, 1, 999, 4000])
def test_a_pool_has_the_requested_number_of_distinct_exposures(tmp_path: Path, rows: int) -> None:
    pool_content(tmp_path, rows, 1)
    with (tmp_path / f"{rows}-1.tsv").open(encoding="utf-8") as file:
        result = list(csv.DictReader(file, delimiter="\t"))
    assert len(result) == rows
    assert len({row["FILENAME"] for row in result}) == rows
    assert all(list(row) == COLUMNS and None not in row.values() for row in result)


@given(seed=st.integers(0, 10_000), number=st.integers(1, 99_999))
def test_a_program_refers_only_to_its_own_observations_and_targets(seed: int, number: int) -> None:
    result = program(number, random.Random(seed))
    observations = [observation["number"] for observation in result["observations"]]
    assert observations == [str(index) for index in range(1, len(observations) + 1)]
    assert {observation["target"] for observation in result["observations"] if "target" in observation} <= set(
        result["targets"]
    )
    assert all(set(candidate["observations"]) <= set(observations) for candidate in result["candidates"].values())
    assert {row["PROGRAM"] for row in pool_rows(result)} == {str(number)}


def test_every_sample_has_a_weight() -> None:
    assert set(WEIGHTS) == set(SAMPLES)
