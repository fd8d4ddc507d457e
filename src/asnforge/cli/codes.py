"""``asnforge codes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asnforge.cli.commands import Command
from asnforge.cli.terminal import echo, echo_json, echo_lines, width
from asnforge.findings import table_lines

if TYPE_CHECKING:
    from asnforge.findings import FindingCode

_WIDTH = 88
"""The greatest width of an explanation."""


@click.command(
    cls=Command,
    examples=[
        ("Explain a finding code, with a wrong and a right example:", "asnforge codes P153"),
        ("Print all codes as JSON:", "asnforge codes --json"),
    ],
)
@click.argument("named", nargs=-1, metavar="[CODE]...")
@click.option("--json", "as_json", is_flag=True, help="Print codes, titles, explanations and examples as JSON.")
def command(named: tuple[str, ...], as_json: bool) -> None:
    """Explain finding codes.

    CODE is a letter and three digits, which a finding has after its location: P for pools, R for rules and their cases, G for
    generation, A for association files, C for comparisons. Without CODE, all codes are listed. Exit status: 0 shown, 2
    unknown code.
    """
    from asnforge.findings.registry import all_codes

    selected = [find_code(name, "CODE") for name in named] or list(all_codes())
    if as_json:
        keys = ("title", "explanation", "wrong", "right")
        echo_json({code.code: {key: getattr(code, key) for key in keys} for code in selected})
    elif named:
        echo_lines("\n\n".join(map(code_text, selected)))
    else:
        for line in table_lines([(code.code, code.title) for code in selected], heading=False, width=width()):
            echo(line)


def find_code(name: str, parameter: str) -> FindingCode:
    """The finding code that is the value of a command-line parameter, in upper or lower case.

    Raises
    ------
    click.BadParameter
        There is no such code; the message suggests similar ones.
    """
    from asnforge.findings import closest_words
    from asnforge.findings.registry import all_codes

    codes = {code.code: code for code in all_codes()}
    code = name.strip().upper()
    if code not in codes:
        closest = closest_words(code, codes, cutoff=0.5)  # two of four characters
        hint = f"did you mean {', '.join(closest)}?" if closest else "asnforge codes lists them."
        raise click.BadParameter(f"unknown code {name!r}; {hint}", param_hint=f"'{parameter}'")
    return codes[code]


def code_text(code: FindingCode) -> str:
    """A code with its title, explanation and examples, as text for people."""
    text = f"{code.code}: {code.title}\n\n{click.wrap_text(code.explanation, width=min(width() or _WIDTH, _WIDTH))}"
    for label, example in (("Wrong", code.wrong), ("Right", code.right)):
        if example:
            text += f"\n\n{label}:\n\n" + "\n".join(f"    {line}" for line in example.split("\n"))
    return text
