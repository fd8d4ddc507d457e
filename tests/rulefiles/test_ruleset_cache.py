"""Rule sets from the cache: as they are read from their files, and only while these are unchanged."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.observatory import rule, write_ruleset, write_yaml

from asnforge.findings import InputError
from asnforge.rulefiles import ruleset_cache, shipped, sources
from asnforge.rulefiles.load import load_ruleset, read_ruleset
from asnforge.rulefiles.ruleset_cache import MOST_ENTRIES, find_entry
from asnforge.rulefiles.shipped import shipped_names
from asnforge.rulefiles.sources import Sources, read_sources


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty cache of rule sets, which does not exist yet."""
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ASNFORGE_NO_CACHE", raising=False)
    return tmp_path / "cache/rulesets"


@pytest.fixture
def lynx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rule set of one rule, in the current folder of the test."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(tmp_path / "lynx", rule("Image"))
    return Path("lynx")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Whether reading a rule set again reads its files."""

    def is_read(*paths: str | Path, default: bool = False) -> bool:
        calls = []

        def record(*arguments: Any, **options: Any) -> Sources:
            calls.append(arguments)
            return read_sources(*arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(sources, "read_sources", record)
            read_ruleset(*paths, default=default)
        return bool(calls)

    return is_read


def only_entry(cache: Path) -> Path:
    (entry,) = cache.iterdir()
    return entry


def everything(value: Any) -> Any:
    """A value with all attributes of all values in it, also of those that compare by identity."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), [(field.name, everything(getattr(value, field.name))) for field in fields(value)]
    if isinstance(value, dict):
        return [(everything(key), everything(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return type(value), [everything(item) for item in value]
    return value


@pytest.mark.parametrize("name", shipped_names())
def test_every_installed_rule_set_is_the_same_from_the_cache(
    cache: Path, monkeypatch: pytest.MonkeyPatch, reads: Callable[..., bool], name: str
) -> None:
    folder = shipped.shipped(name)
    assert folder is not None
    from_files, from_cache = load_ruleset(name), load_ruleset(name)
    assert not reads(folder, default=True)
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    assert everything(from_files) == everything(from_cache) == everything(load_ruleset(name))
    assert from_cache.rules[0].location == from_files.rules[0].location


def test_the_default_rule_set_is_kept_with_rules_that_are_added_to_it(
    cache: Path, lynx: Path, reads: Callable[..., bool]
) -> None:
    added = Path("added.yaml")
    added.write_text(shipped.rule_files(shipped.default_ruleset())[0].read_text().replace("rule: ", "rule: Added_", 1))
    assert [reads(added, default=True), reads(added, default=True)] == [True, False]
    assert any(rule.name.startswith("Added_") for rule in read_ruleset(added, default=True).rules)


def _change_a_rule(folder: Path) -> None:
    write_yaml(folder / "image.yaml", rule("Image", title="Other"))


def _add_a_rule(folder: Path) -> None:
    write_yaml(folder / "strip.yaml", rule("Strip"))


def _add_a_file_of_cases(folder: Path) -> None:
    (folder / "image.cases.yaml").write_text("cases: []\n")


def _touch(folder: Path) -> None:
    os.utime(folder / "ruleset.yaml", (1, 1))


@pytest.mark.parametrize(
    ("change", "is_read"),
    [
        (_change_a_rule, True),
        (_add_a_rule, True),
        (lambda folder: (folder / "ruleset.yaml").write_text((folder / "ruleset.yaml").read_text() + "# more\n"), True),
        (_add_a_file_of_cases, False),
        (_touch, False),
    ],
    ids=["rule changed", "rule added", "ruleset.yaml changed", "cases added", "only the time changed"],
)
def test_a_rule_set_is_read_again_if_its_files_change(
    cache: Path, lynx: Path, reads: Callable[..., bool], change: Callable[[Path], None], is_read: bool
) -> None:
    assert [reads(lynx), reads(lynx)] == [True, False]
    change(lynx)
    assert [reads(lynx), reads(lynx)] == [is_read, False]


def test_a_rule_whose_file_was_removed_is_no_longer_in_the_rule_set(cache: Path, lynx: Path) -> None:
    write_yaml(lynx / "strip.yaml", rule("Strip"))
    assert [rule.name for rule in read_ruleset(lynx).rules] == ["Image", "Strip"]
    (lynx / "strip.yaml").unlink()
    assert [rule.name for rule in read_ruleset(lynx).rules] == ["Image"]


def test_a_change_of_the_rule_set_that_another_one_extends_is_noticed(
    cache: Path, lynx: Path, reads: Callable[..., bool]
) -> None:
    Path("mine").mkdir()
    write_yaml(Path("mine/ruleset.yaml"), {"ruleset": "mine", "title": "Mine", "extends": "../lynx"})
    assert [reads("mine"), reads("mine")] == [True, False]
    _add_a_rule(lynx)
    assert [reads("mine"), reads("mine")] == [True, False]
    write_ruleset(Path("mine/lynx"), rule("Other"))
    assert not reads("mine")
    write_yaml(Path("mine/ruleset.yaml"), {"ruleset": "mine", "title": "Mine", "extends": "lynx"})
    assert [rule.name for rule in read_ruleset("mine").rules] == ["Other"]


def test_a_change_of_the_schema_of_associations_is_noticed(cache: Path, lynx: Path, reads: Callable[..., bool]) -> None:
    Path("lynx/associations.json").write_text('{"type": "object"}')
    with Path("lynx/ruleset.yaml").open("a") as file:
        file.write("schema: associations.json\n")
    assert [reads(lynx), reads(lynx)] == [True, False]
    Path("lynx/associations.json").write_text('{"type": "array"}')
    assert reads(lynx)
    schema = read_ruleset(lynx).schema
    assert schema is not None
    assert schema.text == '{"type": "array"}'


@pytest.mark.parametrize(
    ("name", "value"),
    [("__version__", "0.0.1"), ("_state_of_code", lambda: iter([("rules/rule.py", 1, 1)]))],
    ids=["version", "code"],
)
def test_another_version_reads_the_files(
    cache: Path, lynx: Path, monkeypatch: pytest.MonkeyPatch, reads: Callable[..., bool], name: str, value: object
) -> None:
    read_ruleset(lynx)
    monkeypatch.setattr(ruleset_cache, name, value)
    assert [reads(lynx), reads(lynx)] == [True, False]


def test_a_rule_set_with_a_problem_is_not_kept(cache: Path, lynx: Path) -> None:
    write_yaml(lynx / "image.yaml", rule("Image", use=["none_such"]))
    for _ in range(2):
        with pytest.raises(InputError):
            read_ruleset(lynx)
    assert not cache.exists()


def test_the_same_relative_path_is_another_rule_set_in_another_folder(
    cache: Path, lynx: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_ruleset(lynx)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    write_ruleset(Path("lynx"), rule("Strip"))
    assert [rule.name for rule in read_ruleset("lynx").rules] == ["Strip"]
    monkeypatch.chdir(tmp_path)
    assert [rule.name for rule in read_ruleset("lynx").rules] == ["Image"]
    assert len([*cache.iterdir()]) == 2


class _Runs:
    def __reduce__(self) -> Any:
        return os.mkdir, ("harm",)


def _sealed(data: bytes) -> bytes:
    return sha256(data).digest() + data


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(lambda data: data[:20], id="digest cut off"),
        pytest.param(lambda data: data[:-1], id="cut off"),
        pytest.param(lambda data: data[:1000] + b"x" + data[1001:], id="a character changed"),
        pytest.param(_sealed(b""), id="nothing sealed"),
        pytest.param(lambda data: _sealed(data[32:-9]), id="cut off and sealed"),
        pytest.param(_sealed(pickle.dumps(_Runs())), id="a function"),
        pytest.param(_sealed(pickle.dumps((1, 2))), id="other values"),
        pytest.param(_sealed(b"cos\nsystem\n(S'mkdir harm'\ntR."), id="os.system"),
        pytest.param(_sealed(b"casnforge.rules.ruleset\nshlex.os.mkdir\n(S'harm'\ntR."), id="a module of a module"),
        pytest.param(_sealed(b"casnforge.rules.rule\nreplace\n."), id="a function in a module of rules"),
    ],
)
def test_a_damaged_entry_is_replaced_and_runs_no_code(
    cache: Path, lynx: Path, reads: Callable[..., bool], damage: bytes | Callable[[bytes], bytes]
) -> None:
    read_ruleset(lynx)
    entry = only_entry(cache)
    entry.write_bytes(damage if isinstance(damage, bytes) else damage(entry.read_bytes()))
    assert [reads(lynx), reads(lynx)] == [True, False]
    assert not Path("harm").exists()


def test_an_entry_with_functions_in_its_rule_set_runs_no_code(
    cache: Path, lynx: Path, reads: Callable[..., bool]
) -> None:
    read_ruleset(lynx)
    data = only_entry(cache).read_bytes()[32:]
    header = pickle.dumps(pickle.loads(data), protocol=5)
    only_entry(cache).write_bytes(_sealed(header + pickle.dumps(_Runs())))
    assert reads(lynx)
    assert not Path("harm").exists()


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_an_entry_that_others_can_write_is_not_used(
    cache: Path, lynx: Path, reads: Callable[..., bool], mode: int
) -> None:
    read_ruleset(lynx)
    only_entry(cache).chmod(mode)
    assert [reads(lynx), reads(lynx)] == [True, False]
    assert only_entry(cache).stat().st_mode & 0o777 == 0o600


def test_an_entry_of_another_user_is_not_used(
    cache: Path, lynx: Path, monkeypatch: pytest.MonkeyPatch, reads: Callable[..., bool]
) -> None:
    read_ruleset(lynx)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert reads(lynx)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_special_file_in_place_of_an_entry_is_not_read(
    cache: Path, lynx: Path, reads: Callable[..., bool], kind: str
) -> None:
    read_ruleset(lynx)
    entry = only_entry(cache)
    entry.rename(lynx / "entry")
    if kind == "link":
        entry.symlink_to((lynx / "entry").resolve())
    elif kind == "pipe":
        os.mkfifo(entry)
    else:
        entry.mkdir()
    assert reads(lynx)


@pytest.mark.parametrize("folder", ["/proc/none", "/dev/null", "lynx/ruleset.yaml", "\u00e9" * 300])
def test_without_a_usable_folder_the_files_are_read(
    lynx: Path, monkeypatch: pytest.MonkeyPatch, reads: Callable[..., bool], folder: str
) -> None:
    monkeypatch.setenv("ASNFORGE_CACHE", folder)
    assert [reads(lynx), reads(lynx)] == [True, True]


def test_the_cache_is_not_used_if_caches_are_off(
    cache: Path, lynx: Path, monkeypatch: pytest.MonkeyPatch, reads: Callable[..., bool]
) -> None:
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    assert [reads(lynx), reads(lynx)] == [True, True]
    assert not cache.exists()
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "")
    assert [reads(lynx), reads(lynx)] == [True, False]


def test_files_that_change_while_they_are_read_are_not_kept(
    cache: Path, lynx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_change(*arguments: Any, **options: Any) -> Sources:
        result = read_sources(*arguments, **options)
        write_yaml(lynx / "image.yaml", rule("Image", title="Changed"))
        return result

    monkeypatch.setattr(sources, "read_sources", read_and_change)
    assert read_ruleset(lynx).rules[0].title != "Changed"
    assert not cache.exists()
    assert read_ruleset(lynx).rules[0].title == "Changed"


def test_the_oldest_entries_are_removed(cache: Path, lynx: Path) -> None:
    entry = find_entry([lynx], default=False)
    assert entry is not None
    cache.mkdir(parents=True)
    for number in range(MOST_ENTRIES):
        old = cache / f"{number}{ruleset_cache.SUFFIX}"
        old.touch()
        os.utime(old, (number, number))
    (cache / ".999999999-0-00000000.part").touch()
    os.utime(cache / ".999999999-0-00000000.part", (1, 1))
    read_ruleset(lynx)
    names = {path.name for path in cache.iterdir()}
    assert names == {entry.file.name, *(f"{number}{ruleset_cache.SUFFIX}" for number in range(1, MOST_ENTRIES))}


def test_processes_share_the_cache(cache: Path, lynx: Path) -> None:
    code = "from asnforge.rulefiles.load import read_ruleset; print([rule.name for rule in read_ruleset('lynx').rules])"
    processes = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in processes] == ["['Image']\n"] * 4
    assert [path.suffix for path in cache.iterdir()] == [ruleset_cache.SUFFIX]
