"""The Python API: its names, the time to import it, and the example in its documentation."""

from __future__ import annotations

import doctest
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sample_pools.make import DATA

import asnforge

NAMES = [name for name in asnforge.__all__ if name != "__version__"]
HEAVY = ("logging", "astropy", "jsonschema", "jsonschema_rs", "msgspec", "numpy", "rich", "yaml", "click")


def test_example_of_the_package_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(DATA / "miri_wfss_pool.tsv", "pool.tsv")
    assert doctest.testmod(asnforge, verbose=False) == doctest.TestResults(0, 5)
    assert len(list(Path("out").glob("*_asn.json"))) == 6


def test_pool_read_without_required_columns_is_rejected() -> None:
    pool = asnforge.read_pool(DATA / "miri_wfss_pool.tsv", columns=["FILENAME", "PROGRAM"])
    with pytest.raises(asnforge.InputError) as stop:
        asnforge.generate(pool, asnforge.load_ruleset())
    assert str(stop.value) == (
        f"{pool.path}: G101 the pool was read without INSTRUME, which every rule needs; "
        "read it with columns=ruleset.columns_read(), or read all columns"
    )


@pytest.mark.parametrize("name", NAMES)
def test_name_is_the_object_of_its_module(name: str) -> None:
    value = getattr(asnforge, name)
    home = importlib.import_module(value.__module__)
    assert getattr(home, value.__name__) is value
    assert (value.__doc__ or "").strip()


def test_names_are_listed() -> None:
    assert dir(asnforge) == sorted(asnforge.__all__)
    assert len(set(asnforge.__all__)) == len(asnforge.__all__) == 18


def test_former_name_of_input_error_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match=r"asnforge\.CannotContinue is now asnforge\.InputError"):
        assert asnforge.CannotContinue is asnforge.InputError


def test_unknown_name_raises_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'asnforge' has no attribute 'absent'"):
        asnforge.absent  # noqa: B018


@pytest.mark.parametrize(
    "statement",
    ["import asnforge", "from asnforge import Finding, InputError", "from asnforge import Association"],
)
def test_importing_is_cheap(statement: str) -> None:
    code = f"{statement}; import sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "modules",
    [
        "asnforge.asnfiles.validate, asnforge.asnfiles.collisions, asnforge.rulefiles.build_pipelines",
        "asnforge.compare.comparison, asnforge.compare.compare_report, asnforge.compare.allowlist",
    ],
    ids=["validate", "compare"],
)
def test_commands_for_association_files_do_not_import_numpy(modules: str) -> None:
    code = f"import {modules}, sys; print([name for name in ('numpy', 'astropy') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_generate_is_a_function_after_its_package_is_imported() -> None:
    code = "import asnforge.generation.files, asnforge; print(asnforge.generate.__name__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "generate\n"
