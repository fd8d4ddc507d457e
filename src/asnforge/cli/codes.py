"""``asnforge codes``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from asnforge.cli.terminal import echo, echo_json, echo_lines

if TYPE_CHECKING:
    from asnforge.findings import Code

_ALIKE = 0.5
"""How alike a code must be to be meant, from 0 to 1: two of its four letters."""


@click.command()
@click.argument("named", nargs=-1, metavar="[CODE]...")
@click.option("--json", "as_json", is_flag=True, help="Print codes, titles and explanations as JSON.")
def command(named: tuple[str, ...], as_json: bool) -> None:
    """Say what the code of a finding stands for.

    CODE is a letter and three digits, as findings have it after their place: P of pools, R of rules and their cases, G of
    generation, A of association files, C of comparisons. Without it, all codes are listed. Exit status: 0 shown, 2 there
    is no such code.
    """
    shown = [find_code(name, "CODE") for name in named] or list(all_codes())
    if as_json:
        echo_json({code.code: {"title": code.title, "explanation": code.explanation} for code in shown})
    elif named:
        echo_lines("\n\n".join(map(explained, shown)))
    else:
        for code in shown:
            echo(f"{code.code}  {code.title}")


def all_codes() -> Iterator[Code]:
    """The codes of all findings, those of pools first."""
    from asnforge.atomic import CODES as OF_WRITING
    from asnforge.batch.codes import CODES as OF_BATCHES
    from asnforge.cases.codes import CODES as OF_CASES
    from asnforge.comparing.codes import CODES as OF_COMPARISONS
    from asnforge.explaining.codes import CODES as OF_EXPLAINING
    from asnforge.files.codes import CODES as OF_FILES
    from asnforge.grouping.codes import CODES as OF_GENERATION
    from asnforge.pool.codes import CODES as OF_POOLS
    from asnforge.regression.codes import CODES as OF_SUITES
    from asnforge.rules.codes import CODES as OF_RULES
    from asnforge.system_errors import CODES as OF_SYSTEM

    yield from (*OF_POOLS, *OF_RULES, *OF_CASES, *OF_GENERATION, *OF_EXPLAINING, *OF_BATCHES)
    yield from (*OF_FILES, *OF_SYSTEM, *OF_WRITING, *OF_COMPARISONS, *OF_SUITES)


def find_code(name: str, asked_by: str) -> Code:
    """The code of a name, in any letter case.

    Parameters
    ----------
    name : str
        What the user wrote.
    asked_by : str
        The argument or option that it was written for.

    Raises
    ------
    click.BadParameter
        There is none; the nearest are named.
    """
    from difflib import get_close_matches

    codes = {code.code: code for code in all_codes()}
    wanted = name.strip().upper()
    if wanted not in codes:
        near = get_close_matches(wanted, codes, n=3, cutoff=_ALIKE)
        hint = f"did you mean {', '.join(near)}?" if near else "asnforge codes lists them."
        raise click.BadParameter(f"there is no code {name!r}; {hint}", param_hint=f"'{asked_by}'")
    return codes[wanted]


def explained(code: Code) -> str:
    """A code with its title and its explanation, as lines to read."""
    return f"{code.code}: {code.title}\n\n{click.wrap_text(code.explanation, width=88)}"
