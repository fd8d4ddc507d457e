"""The dictionary of an association is read by the library of models from which stage 3 pipelines take their members."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support.peer import peer_python

from asnforge import generate

MAKE = """
import sys
from stdatamodels.jwst.datamodels import ImageModel
for number in (1, 2):
    model = ImageModel((4, 4))
    model.meta.observation.program_number, model.meta.observation.observation_number = "00999", "001"
    model.meta.observation.visit_number, model.meta.observation.visit_group = "001", "02"
    model.meta.observation.sequence_id, model.meta.observation.activity_id = "1", "01"
    model.meta.observation.exposure_number = f"{number:05d}"
    model.meta.exposure.type, model.meta.instrument.name = "NRC_IMAGE", "NIRCAM"
    model.meta.instrument.detector, model.meta.instrument.channel = "NRCB1", "SHORT"
    model.meta.instrument.filter, model.meta.instrument.pupil = "F150W", "CLEAR"
    model.meta.target.proposer_name, model.meta.subarray.name = "FIELD", "FULL"
    model.meta.exposure.start_time = 60000.0 + number
    model.save(f"{sys.argv[1]}/jw00999001001_02101_{number:05d}_nrcb1_cal.fits")
"""
READ = """
import json, sys
from jwst.datamodels import ModelLibrary
library = ModelLibrary(json.load(sys.stdin))
with library:
    models = [library.borrow(index) for index in range(len(library))]
    print(library.asn["products"][0]["name"], [(model.meta.filename, model.meta.asn.exptype) for model in models])
    for index, model in enumerate(models):
        library.shelve(model, index, modify=False)
"""


@pytest.mark.peer
def test_the_library_of_a_pipeline_reads_the_dictionary_in_any_folder(tmp_path: Path) -> None:
    (tmp_path / "night").mkdir()
    subprocess.run([peer_python(), "-c", MAKE, str(tmp_path / "night")], check=True, capture_output=True)
    (association,) = generate(tmp_path / "night")
    content = json.dumps(association.to_dict())
    read = subprocess.run([peer_python(), "-c", READ], input=content, capture_output=True, text=True, cwd=tmp_path)
    members = [(f"jw00999001001_02101_{number:05d}_nrcb1_cal.fits", "science") for number in (1, 2)]
    assert read.stdout == f"{association.products[0].name} {members}\n", read.stderr[-2000:]
