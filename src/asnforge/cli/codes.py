"""``asnforge codes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asnforge.cli.terminal import echo, echo_json, echo_lines

if TYPE_CHECKING:
    from asnforge.findings import FindingCode

_CUTOFF = 0.5
"""How similar a code must be to be suggested, from 0 to 1: two of its four characters."""


@click.command()
@click.argument("named", nargs=-1, metavar="[CODE]...")
@click.option("--json", "as_json", is_flag=True, help="Print codes, titles and explanations as JSON.")
def command(named: tuple[str, ...], as_json: bool) -> None:
    """Say what the code of a finding stands for.

    CODE is a letter and three digits, as findings have it after their place: P of pools, R of rules and their cases, G of
    generation, A of association files, C of comparisons. Without it, all codes are listed. Exit status: 0 shown, 2 there
    is no such code.
    """
    from asnforge.findings.registry import all_codes

    shown = [find_code(name, "CODE") for name in named] or list(all_codes())
    if as_json:
        echo_json(
            {
                code.code: {
                    "title": code.title,
                    "explanation": code.explanation,
                    "wrong": code.wrong,
                    "right": code.right,
                }
                for code in shown
            }
        )
    elif named:
        echo_lines("\n\n".join(map(explained, shown)))
    else:
        for code in shown:
            echo(f"{code.code}  {code.title}")


def find_code(name: str, asked_by: str) -> FindingCode:
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
    from asnforge.findings import closest_words
    from asnforge.findings.registry import all_codes

    codes = {code.code: code for code in all_codes()}
    code = name.strip().upper()
    if code not in codes:
        closest = closest_words(code, codes, cutoff=_CUTOFF)
        hint = f"did you mean {', '.join(closest)}?" if closest else "asnforge codes lists them."
        raise click.BadParameter(f"there is no code {name!r}; {hint}", param_hint=f"'{asked_by}'")
    return codes[code]


def explained(code: FindingCode) -> str:
    """A code with its title, its explanation and its examples, as lines to read."""
    text = f"{code.code}: {code.title}\n\n{click.wrap_text(code.explanation, width=88)}"
    for label, example in (("Wrong", code.wrong), ("Right", code.right)):
        if example:
            text += f"\n\n{label}:\n\n" + "\n".join(f"    {line}" for line in example.splitlines())
    return text
