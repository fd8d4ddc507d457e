"""Every command with ``--json`` has a schema in ``asnforge/schemas/outputs``, which its output matches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
import pytest
from support.cases import write_cases
from support.command import LYNX, Ran, run_main
from support.every_key import DOCUMENTS
from support.fits_files import write_fits
from support.night import FIELDS, NIGHT
from support.observatory import pool_text, write_ruleset
from support.runs import association, write_run
from support.schema_keys import write_documents

from asnforge.cli.main import command as main_command

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "src/asnforge/schemas"
OUTPUTS = SCHEMAS / "outputs"
FILES = [*sorted(OUTPUTS.glob("*.json")), SCHEMAS / "manifest.schema.json"]
SHARED = json.loads((OUTPUTS / "shared.schema.json").read_text("utf-8"))

CASES = """
It passes:
  exposures:
    star: {}
    psf: {STAR: yes}
  expect:
    together: [[star, psf]]

It fails:
  exposures:
    star: {}
  expect:
    left_out: {star: light}
"""
SUITE = """
defaults: {ignore_default: true, rules: [lynx], scopes: candidates}
entries:
- {pool: night.tsv, expected: expected}
- {pool: changed.tsv, expected: expected/changed.yaml}
- {pool: broken.tsv, expected: expected/broken.yaml}
"""
ALLOWED = "allow:\n- {kind: changed, reason: on purpose}\n- {kind: split, reason: never}\n"

RUNS: dict[str, tuple[int | None, str]] = {
    "generate": (0, "night.tsv -o out {lynx}"),
    "generate: unusable": (2, "night.tsv broken.tsv absent.tsv -o out {lynx}"),
    "generate: no association": (0, "empty.tsv -o out {lynx}"),
    "generate: products of other rules": (0, "{samples}/ccd_pool.tsv -o out -r ccd-observatory --ignore-default"),
    "generate: rule sets": (0, "{samples}/stage2_pool.tsv --dry-run -r jwst-stage2 -r jwst-stage3"),
    "generate: degraded and dropped": (0, "{samples}/programme_pool.tsv --dry-run"),
    "batch": (0, "night.tsv changed.tsv -o out {lynx}"),
    "batch: skipped": (0, "night.tsv -o before {lynx}"),
    "batch: failed": (2, "night.tsv broken.tsv -o out {lynx}"),
    "batch: rule sets": (0, "{samples}/stage2_pool.tsv -o out -r jwst-stage2 -r jwst-stage3"),
    "explain": (0, "night.tsv {lynx}"),
    "explain: everything": (0, "night.tsv --all {lynx}"),
    "explain: rule sets": (0, "night.tsv {lynx} -r rules"),
    "explain: products and choices": (0, "{samples}/ccd_pool.tsv -r ccd-observatory --ignore-default"),
    "explain: one exposure": (0, "empty.tsv {lynx}"),
    "explain: orphans": (0, "night.tsv --orphans {lynx}"),
    "explain: no orphans": (0, "whole.tsv --orphans {lynx}"),
    "explain: why not": (0, "night.tsv --why-not 2 4 {lynx}"),
    "explain: why not together": (0, "night.tsv --why-not 2 3 {lynx}"),
    "explain: why not attached": (0, "night.tsv --why-not 2 8 {lynx} -r rules"),
    "show": (0, "expected"),
    "show: a product without a name": (0, "unnamed_asn.json"),
    "show: missing files": (0, "{samples}/expected/ccd_pool"),
    "show: a combined product without its association": (0, "stacked_i2d.fits"),
    "validate": (0, "expected"),
    "validate: findings": (1, "faulty_asn.json --limit 1"),
    "validate: missing files": (1, "expected --members"),
    "validate: unreadable": (2, "absent_asn.json"),
    "validate: skipped": (0, "other"),
    "compare": (0, "expected expected"),
    "compare: different": (1, "expected other"),
    "compare: strict": (1, "expected other --strict"),
    "compare: allowed": (0, "expected other --allow allow.yaml"),
    "compare: unreadable": (2, "expected faulty"),
    "compare: split": (1, "one halves"),
    "regress": (2, "suite.yaml"),
    "regress: accepted": (0, "suite.yaml --accept changed"),
    "pool check": (1, "night.tsv {lynx}"),
    "pool check: no findings": (0, "whole.tsv {lynx}"),
    "pool check: unusable": (2, "night.tsv broken.tsv {lynx}"),
    "rules check": (0, "jwst-stage3"),
    "rules check: findings": (1, "lynx"),
    "rules check: unreadable": (2, "absent"),
    "rules test": (1, "rules"),
    "rules test: pass": (0, "jwst-stage3 -k ami"),
    "rules coverage": (1, "rules"),
    "rules coverage: pools": (1, "rules -p night.tsv"),
    "rules coverage: most kinds of items": (0, "jwst-stage3"),
    "rules coverage: preferences": (0, "hst-products"),
    "rules list": (0, ""),
    "rules list: one": (0, "lynx"),
    "rules show": (0, ""),
    "rules show: one rule": (0, "Lights -r ccd-observatory"),
    "rules show: every key": (0, "-r every_key"),
    "rules diff": (0, "lynx lynx -p night.tsv"),
    "rules diff: keys": (1, "jwst-stage2 every_key"),
    "rules diff: different": (1, "lynx rules -p night.tsv -p changed.tsv"),
    "codes": (0, ""),
    "codes: one": (0, "P153"),
    "doctor": (None, ""),
}
"""The exit status and the arguments of runs, by the command and what is special about its output.

The exit status of `doctor` depends on the machine.
"""


def json_commands(group: click.Group = main_command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """All commands that have ``--json``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from json_commands(found, (*path, name))
        elif any("--json" in parameter.opts for parameter in found.params):
            yield " ".join((*path, name))


def validator(path: Path) -> jsonschema_rs.Validator:
    """The validator of a schema, which may refer to the shared one and to those of files by their places in the folders."""
    content = json.loads(path.read_text("utf-8"))
    others = [(other.as_uri(), json.loads(other.read_text("utf-8"))) for other in SCHEMAS.glob("*.json")]
    registry = jsonschema_rs.Registry([((OUTPUTS / "shared.schema.json").as_uri(), SHARED), *others])
    return jsonschema_rs.validator_for(content, registry=registry, base_uri=path.as_uri())


def schema_of(command: str) -> Path:
    return OUTPUTS / f"{command.replace(' ', '-')}.schema.json"


def problems(path: Path, value: Any) -> list[str]:
    errors = validator(path).iter_errors(value)
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}"[:300] for error in errors]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Rule sets, pools, associations and a suite, some of them with problems."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS)
    write_cases(Path("rules"), CASES)
    Path("every_key").mkdir()
    write_documents(DOCUMENTS, Path("every_key"))
    night = pool_text(NIGHT)
    lines = night.splitlines(keepends=True)
    texts = {
        "night": night,
        "changed": night.replace("red", "blue"),
        "empty": lines[0] + lines[6],
        "broken": "no table",
        "whole": "".join(lines[:3]),
    }
    for name, text in texts.items():
        Path(f"{name}.tsv").write_text(text, "utf-8")
    for pool, output in (("night.tsv", "expected"), ("changed.tsv", "other")):
        assert run_main(capsys, "generate", pool, "-o", output, *LYNX).status == 0
    assert run_main(capsys, "batch", "night.tsv", "-o", "before", *LYNX).status == 0
    for name in ("faulty_asn.json", "faulty/faulty_asn.json"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text('{"asn_id": "", "products": [{}]}')
    Path("other/notes.json").write_text("{}")
    products = [{"members": [{"expname": "a.fits", "exptype": "science"}]}]
    Path("unnamed_asn.json").write_text(json.dumps(association(products=products)))
    write_fits(Path("stacked_i2d.fits"), ASNTABLE="gone_asn.json")
    write_run(Path("one"), association("both", "a.fits", "b.fits"))
    write_run(Path("halves"), association("first", "a.fits"), association("second", "b.fits"))
    Path("suite.yaml").write_text(SUITE)
    Path("allow.yaml").write_text(ALLOWED)
    capsys.readouterr()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], command: str, arguments: str) -> Ran:
    filled = arguments.format(lynx=" ".join(LYNX), samples=ROOT / "data")
    return run_main(capsys, *command.split(), *filled.split(), "--json")


def test_every_command_with_json_has_a_schema() -> None:
    names = {schema_of(command) for command in json_commands()} | {OUTPUTS / "shared.schema.json"}
    assert names == set(OUTPUTS.iterdir())
    assert {case.partition(":")[0] for case in RUNS} == set(json_commands())


@pytest.mark.parametrize("case", RUNS)
@pytest.mark.usefixtures("folder")
def test_what_a_command_prints_matches_its_schema(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = case.partition(":")[0]
    status, arguments = RUNS[case]
    ran = run(capsys, command, arguments)
    assert problems(schema_of(command), json.loads(ran.stdout)) == []
    assert status in (ran.status, None)


@pytest.mark.parametrize("arguments", ["", "2", "--orphans", "--why-not 2 4"])
@pytest.mark.usefixtures("folder")
def test_each_line_of_explain_matches_a_part_of_its_schema(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = run_main(capsys, "explain", "night.tsv", *arguments.split(), "--jsonl", *LYNX)
    values = [json.loads(line) for line in ran.stdout.splitlines()]
    (single,) = values if "--why-not" in arguments else (values,)
    assert values
    assert problems(schema_of("explain"), single) == []


@pytest.mark.usefixtures("folder")
def test_each_line_of_a_manifest_matches_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    run_main(capsys, "batch", "night.tsv", "changed.tsv", "broken.tsv", "-o", "out", *LYNX)
    records = [json.loads(line) for line in Path("out/manifest.jsonl").read_text("utf-8").splitlines()]
    assert [record["status"] for record in records] == ["failed", "done", "done"]
    assert [problems(SCHEMAS / "manifest.schema.json", record) for record in records] == [[], [], []]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "arguments", "change", "at"),
    [
        ("validate", "expected", {"unknown": 1}, ""),
        ("validate", "expected", {"files": "2"}, "files"),
        ("validate", "expected", {"findings": [{}]}, "findings/0"),
        ("compare", "expected other", {"unknown": 1}, ""),
        ("compare", "expected other", {"status": 3}, "status"),
        ("generate", "night.tsv -o out {lynx}", {"rulesets": ["a", "b"]}, ""),
        ("generate", "night.tsv -o out {lynx}", {"pools": [{"pool": "night.tsv"}]}, "pools/0"),
        ("batch", "night.tsv -o out {lynx}", {"totals": {"done": 1}}, "totals"),
    ],
)
def test_other_values_do_not_match(
    command: str, arguments: str, change: dict[str, Any], at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    value = json.loads(run(capsys, command, arguments).stdout) | change
    assert {problem.partition(":")[0] for problem in problems(schema_of(command), value)} == {at}


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema in a schema: of properties, elements, definitions and alternatives."""
    if not isinstance(node, dict):
        return
    yield path, node
    for block in ("properties", "$defs"):
        for name, inner in node.get(block, {}).items():
            yield from nodes(inner, f"{path}/{name}")
    for block in ("additionalProperties", "items"):
        yield from nodes(node.get(block), f"{path}/{block}")
    for inner in (*node.get("anyOf", ()), *node.get("prefixItems", ())):
        yield from nodes(inner, f"{path}/*")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_is_valid_and_describes_every_key(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    jsonschema_rs.meta.validate(content)
    assert content["$id"] == path.name
    described = {
        at: bool(inner.get("description", "$ref" in inner))
        for at, node in nodes(content)
        for at, inner in ((f"{at}/{name}", inner) for name, inner in node.get("properties", {}).items())
    }
    assert [at for at, is_described in described.items() if not is_described] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_objects_have_no_other_keys(path: Path) -> None:
    """Those that other schemas extend are closed there."""
    content = json.loads(path.read_text("utf-8"))
    closed = [{"additionalProperties", "unevaluatedProperties"} & node.keys() for _, node in nodes(content)]
    is_open = [at for (at, node), keys in zip(nodes(content), closed, strict=True) if "properties" in node and not keys]
    assert is_open == (["/record", "/difference", "/comparison"] if path.name == "shared.schema.json" else [])


ROWS = dict(
    re.findall(r"^\| \[([\w ]+)\]\(.*?\) \| (.*) \|$", (ROOT / "docs/outputs.md").read_text("utf-8"), re.MULTILINE)
)


def test_the_page_about_outputs_lists_every_command() -> None:
    text = (ROOT / "docs/outputs.md").read_text("utf-8")
    assert sorted(ROWS) == sorted(json_commands())
    links = [f"[{name}](../{schema_of(name).relative_to(ROOT)})" for name in ROWS]
    assert [link for link in links if link not in text] == []


@pytest.mark.parametrize("command", [*json_commands()])
def test_the_page_about_outputs_names_keys_that_the_schema_has(command: str) -> None:
    content = json.loads(schema_of(command).read_text("utf-8"))
    names = {at.rpartition("/")[2] for whole in (content, SHARED) for at, _ in nodes(whole)}
    listed = set(re.findall(r"`(\w+)`", ROWS[command]))
    assert listed
    assert listed - names == set()
