from __future__ import annotations

from typing import Any

import pytest

from asnforge.findings import Finding, FindingCode
from asnforge.fitsfiles.missing_members import missing_member
from asnforge.report.left_out import missing_files
from asnforge.report.model import MissingFile

OTHER = FindingCode("G999", "something else", "Something else is wrong.")


def missing(expname: str, exptype: str, **more: Any) -> Finding:
    where = "which is not among the files"
    return missing_member(expname, exptype, "asn.json", None, None, "", where=where, **more)


@pytest.mark.parametrize(
    ("findings", "files"),
    [
        ([OTHER.finding("nothing")], []),
        (
            [missing("a_x1d.fits", "background", associations=("p_asn.json", "q_asn.json"))],
            [
                MissingFile(
                    "a_x1d.fits",
                    "background",
                    "is not among the files (in 2 associations); download it",
                    False,
                    ("p_asn.json", "q_asn.json"),
                )
            ],
        ),
        (
            [missing("a.fits", "background"), missing("c.fits", "science"), missing("b.fits", "science")],
            [
                MissingFile(name, exptype, "is not among the files; download it", exptype == "science", ())
                for name, exptype in (("b.fits", "science"), ("c.fits", "science"), ("a.fits", "background"))
            ],
        ),
    ],
)
def test_missing_files_without_which_a_pipeline_fails_come_first(
    findings: list[Finding], files: list[MissingFile]
) -> None:
    assert list(missing_files(findings)) == files
