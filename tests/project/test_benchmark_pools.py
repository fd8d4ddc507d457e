"""The pools for benchmarks: the same for the same seed, and consistent whatever their size."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from benchmarks.pools import SAMPLES, WEIGHTS, programme, write_pool
from hypothesis import given
from hypothesis import strategies as st
from sample_pools.make import COLUMNS, pool_rows


def made(folder: Path, rows: int, seed: int) -> str:
    path = folder / f"{rows}-{seed}.tsv"
    write_pool(path, rows, seed)
    return path.read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert made(tmp_path, 500, 7) == made(tmp_path, 500, 7)
    assert made(tmp_path, 500, 7) != made(tmp_path, 500, 8)


def test_a_larger_pool_begins_as_a_smaller_one(tmp_path: Path) -> None:
    assert made(tmp_path, 2000, 3).startswith(made(tmp_path, 500, 3))


@pytest.mark.parametrize("rows", [0, 1, 999, 4000])
def test_the_rows_are_as_many_as_asked_for_and_each_is_another_file(tmp_path: Path, rows: int) -> None:
    made(tmp_path, rows, 1)
    with (tmp_path / f"{rows}-1.tsv").open(encoding="utf-8") as file:
        found = list(csv.DictReader(file, delimiter="\t"))
    assert len(found) == rows
    assert len({row["FILENAME"] for row in found}) == rows
    assert all(list(row) == COLUMNS and None not in row.values() for row in found)


@given(seed=st.integers(0, 10_000), number=st.integers(1, 99_999))
def test_a_programme_names_only_what_it_has(seed: int, number: int) -> None:
    made = programme(number, random.Random(seed))
    observations = [observation["number"] for observation in made["observations"]]
    assert observations == [str(place) for place in range(1, len(observations) + 1)]
    assert {observation["target"] for observation in made["observations"] if "target" in observation} <= set(
        made["targets"]
    )
    assert all(set(candidate["observations"]) <= set(observations) for candidate in made["candidates"].values())
    assert {row["PROGRAM"] for row in pool_rows(made)} == {str(number)}


def test_every_sample_has_a_weight() -> None:
    assert set(WEIGHTS) == set(SAMPLES)
