"""The comments of rule files (``about``), by the path of what they describe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode


def build_descriptions(shared: SharedBlocks, blocks: Mapping[str, Iterable[Mapping[str, YamlNode]]]) -> dict[str, str]:
    """The comments on shared entries, by block and name, and on entries of rules, by rule, block and name.

    Parameters
    ----------
    shared : SharedBlocks
        The shared blocks, such as ``conditions.imaging``.
    blocks : mapping of str to iterable of mapping of str to YamlNode
        For each rule the entries of its blocks: ``select.NAME``, ``attach.NAME``, ``prefer.1``. The comments inside an entry,
        such as those on relations, belong to it.
    """
    described = {
        f"{block}.{name.casefold() if block == 'derived' else name}": node.value["about"]
        for block in ("conditions", "derived", "tables", "names")
        for name, node in shared.entries(block).items()
        if "about" in node.value
    }
    for rule, entries in blocks.items():
        for block in entries:
            for path, node in block.items():
                if comments := [*_comments(node.value)]:
                    described[f"{rule}.{path}"] = "; ".join(comments)
    return described


def _comments(content: object) -> Iterator[str]:
    """All comments of an entry, the outer one first."""
    if isinstance(content, Mapping):
        if isinstance(about := content.get("about"), str):
            yield about
        for value in content.values():
            yield from _comments(value)
    elif isinstance(content, list):
        for entry in content:
            yield from _comments(entry)
