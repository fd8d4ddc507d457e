"""jwst's own reader of associations opens every generated file without a warning."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sample_pools.make import DATA, declarations
from support.peer import peer_python

from asnforge.generation.files import run_pools
from asnforge.generation.inputs import GenerateOptions
from asnforge.rulefiles.load import load_ruleset

READ = """
import json, logging, sys, warnings
from pathlib import Path

messages = []

class Listener(logging.Handler):
    def emit(self, record):
        messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")

from jwst.associations import load_asn

logging.getLogger().addHandler(Listener(logging.WARNING))
logging.getLogger("stpipe").addHandler(Listener(logging.WARNING))
opened, refused = {}, {}
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    for path in sorted(Path(sys.argv[1]).rglob("*_asn.json")):
        try:
            with open(path) as file:
                association = load_asn(file)
            opened[str(path)] = sum(len(product["members"]) for product in association["products"])
        except Exception as error:
            refused[str(path)] = repr(error)
messages += [str(warning.message) for warning in warned]
print(json.dumps({"opened": opened, "refused": refused, "messages": messages}))
"""


@pytest.mark.peer
def test_peer_opens_every_file(tmp_path: Path) -> None:
    python = peer_python()
    pools = [str(DATA / name) for name in declarations()]
    settings = GenerateOptions(load_ruleset(), version_id="20300102t030405")
    expected = {}
    for folder, merge in (("single", False), ("merged", True)):
        for run in run_pools(pools, tmp_path / folder, replace(settings, merge=merge)):
            assert run.written is not None
            assert run.generation is not None
            for path, association in zip(run.written.paths, run.generation.associations, strict=True):
                expected[str(path)] = sum(len(product.members) for product in association.products)
    command = [python, "-c", READ, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["refused"], found["messages"]) == ({}, [])
    assert found["opened"] == expected
    assert len(expected) > 100
