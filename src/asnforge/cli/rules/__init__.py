"""``asnforge rules``: a file a verb, imported when it is asked for."""

from __future__ import annotations

import click

from asnforge.cli.main import LazyGroup

VERBS = {
    "check": "Find faults in rules before they meet a pool.",
    "test": "Run the cases beside each rule.",
    "coverage": "Say how often each constraint decided.",
    "list": "List the rules of a rule set.",
    "show": "Say in words what a rule means.",
    "new": "Begin a rule and its cases.",
    "diff": "Say what two rule sets make different of pools.",
}
"""Each verb with what it does, so that the list needs no import of any."""


@click.group(cls=LazyGroup, room="asnforge.cli.rules", verbs=VERBS)
def command() -> None:
    """Check, test, show and compare rules."""
