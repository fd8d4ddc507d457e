"""``asnforge rules``: one module for each command, imported when it is called."""

from __future__ import annotations

import click

from asnforge.cli.commands import LazyGroup

VERBS = {
    "check": "Lint rules (static checks, no pool needed).",
    "test": "Run the test cases of rules.",
    "coverage": "Count how often each constraint was decisive.",
    "list": "List the rules of a rule set.",
    "show": "Describe a rule in words.",
    "new": "Create a rule and its test cases from a template.",
    "new-set": "Create a rule set for the columns of a pool.",
    "diff": "Compare two rule sets: their keys, and what they generate from pools.",
}
"""The short help of each command, so that the help imports none of them."""


@click.group(
    cls=LazyGroup,
    package="asnforge.cli.rules",
    verbs=VERBS,
    examples=[
        ("Start a rule that is added to the default rule set:", "asnforge rules new Deep_Image --folder my-rules"),
        ("Describe a rule in words:", "asnforge rules show mosaic"),
    ],
)
def command() -> None:
    """Check, test, show and compare rules."""
