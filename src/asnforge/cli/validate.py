"""``asnforge validate``."""

from __future__ import annotations

import sys

import click

from asnforge.cli.terminal import echo, echo_json
from asnforge.findings import counted


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(files: tuple[str, ...], as_json: bool) -> None:
    """Check association files, generated or edited by hand.

    Each finding is one line: file:line:column: CODE what is wrong; what would be right. A folder is searched for
    *_asn.json, and - is standard input. Exit status: 0 no findings, 1 findings, 2 a file cannot be read.
    """
    from asnforge.files.codes import UNREADABLE
    from asnforge.files.search import association_files
    from asnforge.files.validate import validate_file
    from asnforge.system_errors import NO_MEMORY

    paths, findings = association_files(files)
    all_findings = [*findings, *(finding for path in paths for finding in validate_file(path))]
    if as_json:
        echo_json({"files": len(paths), "findings": [each.as_dict() for each in all_findings]})
    else:
        for finding in all_findings:
            echo(finding)
        count = counted(len(all_findings), "finding") if all_findings else "no findings"
        echo(f"{counted(len(paths), 'file')} checked, {count}", err=True)
    unreadable = any(finding.code in (UNREADABLE.code, NO_MEMORY.code) for finding in all_findings)
    sys.exit(2 if unreadable else 1 if all_findings else 0)
