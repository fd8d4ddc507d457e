"""``asnforge completion``, and what shells complete: commands, options, files, rule sets, rules, columns and codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from asnforge.cli.commands import Command
from asnforge.cli.terminal import echo_lines

if TYPE_CHECKING:
    from asnforge.rules.ruleset import Ruleset

_SAFE = re.compile(r"[\w.+:=@%/-]+")
"""What is completed: words that no shell interprets."""

_FILES = re.compile(r"POOL|FILE|PATH|SCIENCE|OLD|NEW|EXPECTED|ACTUAL|SUITE", re.IGNORECASE)
_RULESETS = frozenset({"rules", "old", "new"})
"""The parameters that take the name of a rule set, or else a path."""


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Complete commands in bash, from its next start on:", "asnforge completion bash >> ~/.bashrc"),
        ("Complete them in fish:", "asnforge completion fish > ~/.config/fish/completions/asnforge.fish"),
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes asnforge in a shell.

    The tab key then completes commands, options and files, and the names of rule sets, rules, columns, combinations and
    finding codes. For bash, write the script to ~/.local/share/bash-completion/completions/asnforge; for zsh to the file
    _asnforge in a folder of fpath; for fish to ~/.config/fish/completions/asnforge.fish. bash must be 4.4 or newer.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click completes nothing in {shell}: update it.")
    echo_lines(_script(kind), nl=False)


def _script(kind: type[ShellComplete]) -> str:
    from asnforge.cli.main import command as root

    completer = kind(root, {}, "asnforge", "_ASNFORGE_COMPLETE")
    script = completer.source_template % completer.source_vars()
    # A condition such as FILTER= continues with its value, without a space.
    return script.replace(
        "    return 0\n", '    [[ "${COMPREPLY[0]-}" == *= ]] && compopt -o nospace 2>/dev/null\n    return 0\n'
    )


def completions(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What can follow in place of an incomplete value of an option or argument; nothing if that cannot be found out."""
    shown = (parameter.metavar or parameter.name or "").strip("[]. ")
    words = _WORDS.get(shown) or _WORDS.get(parameter.name or "")
    is_ruleset = parameter.name in _RULESETS or _takes_ruleset(context, parameter)
    if is_ruleset:
        words = _ruleset_names
    if words is not None:
        found = _matching(words, context, incomplete)
        if found or not is_ruleset:
            return found
    if shown == "DIR":
        return [CompletionItem(incomplete, type="dir")]
    return [CompletionItem(incomplete, type="file")] if _FILES.search(shown) else []


def _takes_ruleset(context: click.Context, parameter: click.Parameter) -> bool:
    """Whether it is the argument PATH of a command of ``asnforge rules``, or its option ``--rules``."""
    parent = context.parent
    return parameter.name in ("path", "paths") and parent is not None and parent.info_name == "rules"


def _matching(
    words: Callable[[click.Context], Iterable[str]], context: click.Context, incomplete: str
) -> list[CompletionItem]:
    from asnforge.findings import InputError

    try:
        known = sorted(set(words(context)))
    except (InputError, OSError, click.ClickException):
        return []
    folded = incomplete.casefold()
    return [CompletionItem(word) for word in known if word.casefold().startswith(folded) and _SAFE.fullmatch(word)]


def _ruleset_names(_: click.Context) -> Iterable[str]:
    from asnforge.rulefiles.shipped import shipped_names

    return shipped_names()


def _rulesets(context: click.Context) -> tuple[Ruleset, ...]:
    """The rule sets that the options of the command line select so far."""
    from asnforge.cli.options import load_all_rules

    values = context.params
    named = values.get("rules") or ()
    if not named and isinstance(values.get("path"), str):
        named = (values["path"],)
    return load_all_rules(named, bool(values.get("ignore_default")))


def _rule_names(context: click.Context) -> Iterable[str]:
    return (rule.name for ruleset in _rulesets(context) for rule in ruleset.rules)


def _combinations(context: click.Context) -> Iterable[str]:
    return (name for ruleset in _rulesets(context) for name in ruleset.combinations)


def _columns(context: click.Context) -> Iterable[str]:
    """The columns of the pool that is named already, or else those that rules read, as the start of a condition."""
    from asnforge.findings import InputError
    from asnforge.pool.header import read_header
    from asnforge.pool.open import find_source

    # click leaves arguments unparsed in front of an option without a value.
    pools = [
        *context.args,
        context.params.get("pool"),
        *(context.params.get("pools") or ()),
        *(context.params.get("paths") or ()),
    ]
    for pool in pools:
        if isinstance(pool, str) and pool not in ("", "-"):
            try:
                source = find_source(pool)
                with source.open() as stream:
                    delimiter = context.params.get("delimiter")
                    return [f"{name}=" for name in read_header(stream, file=source.path, delimiter=delimiter).names]
            except InputError:
                continue
    return (f"{name.upper()}=" for ruleset in _rulesets(context) for name in ruleset.columns_read())


def _codes(_: click.Context) -> Iterable[str]:
    from asnforge.findings.registry import all_codes

    return (code.code for code in all_codes())


def _exptypes(context: click.Context) -> Iterable[str]:
    return (name for ruleset in _rulesets(context) for name in ruleset.pipelines.exptypes)


_WORDS: dict[str, Callable[[click.Context], Iterable[str]]] = {
    "RULE": _rule_names,
    "CONDITION": _columns,
    "CODE": _codes,
    "combine": _combinations,
    "exptype": _exptypes,
}
"""What lists the words of a parameter, by what its help calls them or by its name."""
