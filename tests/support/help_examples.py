"""A folder in which the examples of the help can be run: the files that they name, from the sample data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import click

from asnforge.cli.main import command, main

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"

SUITE = "entries:\n- pool: pool.tsv\n  expected: expected\n"
TARGET = "[jJ]w00106001001*"
SKY = "[jJ]w00106002001*"
MOSAIC = "[jJ]w00101*"


def examples() -> list[tuple[str, str]]:
    """The command and the line of every example of the help."""
    return [(" ".join(path), line) for path, each in commands() for _, line in getattr(each, "examples", ())]


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its path, groups before their commands."""
    yield from _inner(("asnforge",), command)


def _inner(path: tuple[str, ...], each: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, each
    if isinstance(each, click.Group):
        context = click.Context(each)
        for name in each.list_commands(context):
            inner = each.get_command(context, name)
            assert inner is not None
            yield from _inner((*path, name), inner)


def make_folder(folder: Path) -> None:
    """Fill a folder with the files that examples name."""
    shutil.copytree(DATA / "download", folder / "download")
    for name, pattern, suffix in (("target", TARGET, "cal"), ("sky", SKY, "*"), ("mosaic", MOSAIC, "cal")):
        (folder / name).mkdir()
        for number, path in enumerate(sorted((DATA / "download").rglob(f"{pattern}_{suffix}.fits"))):
            shutil.copy(path, folder / name)
            if name == "sky" and not number:
                shutil.copy(path, folder / name / "1_x1d.fits")
    shutil.copy(DATA / "programme_pool.tsv", folder / "pool.tsv")
    (folder / "pools").mkdir()
    shutil.copy(DATA / "time_series_pool.tsv", folder / "pools/night1.tsv")
    shutil.copy(DATA / "longslit_pool.tsv", folder / "night.csv")
    (folder / "suite.yaml").write_text(SUITE)
    shutil.copytree(ROOT / "rules/ccd-observatory", folder / "my-observatory")
    with chdir(folder):
        for arguments in (
            ["generate", "pool.tsv", "-o", "asn"],
            ["generate", "pool.tsv", "-o", "expected"],
            [
                "new",
                *map(str, sorted(Path("target").iterdir())),
                "--background",
                "sky/*_cal.fits",
                "-o",
                "target_asn.json",
            ],
            ["rules", "new", "My_Rule", "--folder", "my-rules"],
            ["rules", "new", "My_Rule", "--folder", "old-rules"],
        ):
            run(arguments)


def run(arguments: list[str]) -> int:
    """Run the command line in this process; returns the exit status."""
    try:
        main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    raise AssertionError(arguments)
