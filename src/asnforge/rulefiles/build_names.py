"""Names of products, members and files, and the keywords of associations, from their blocks in rule sets."""

from __future__ import annotations

from collections.abc import Collection

from asnforge.findings import FindingCode
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.file_names import PARTS, UNCHANGED, NameEnding
from asnforge.rules.ruleset import Members
from asnforge.rules.templates import FACTS, PRODUCT, NamePart, is_unsafe_path_part, parse_template

INVALID_TEMPLATE = FindingCode(
    "R206",
    "invalid template",
    "A name part or column is written in braces, {like_this}. Double braces, {{like_this}}, are literal braces.",
    wrong="product: '{target-{band}'",
    right="product: '{target}-{band}'",
)
UNSAFE_NAME = FindingCode(
    "R208",
    "path in a name",
    "The names of files, products and members cannot contain a path, so that everything is written to the output folder. No "
    "string of a template or name part has a slash, a backslash or a control character.",
    wrong="product: '../{program}'",
    right="product: '{program}'",
)


def build_product(node: YamlNode, shared: SharedBlocks) -> str:
    """The template of a rule's product names, which may be named in the block ``products``."""
    if "{" not in node.value:
        named = shared.require("products", node.value, node, "product template")
        if named is None:
            return str(node.value)
        node = named
    _check_template(node, shared.names("names"), "name part", shared)
    return str(node.value)


def build_file_name(node: YamlNode, shared: SharedBlocks) -> str:
    """The template of the name of an association's file, or of its product's file."""
    _check_template(node, (*shared.names("names"), PRODUCT), "name part", shared)
    return str(node.value)


def build_member_name(node: YamlNode, shared: SharedBlocks) -> str:
    """The template of a member's file name."""
    known = (*PARTS, *shared.names("derived"))
    _check_template(node, known, "part of the file name or derived column", shared)
    return str(node.value)


def build_attached_name(node: YamlNode, shared: SharedBlocks) -> str:
    """The template of the name of a member that an attached exposure becomes, with named product templates filled in."""
    products = shared.entries("products")
    names = shared.names("names")
    known = (*names, PRODUCT, *products, *PARTS, *shared.names("derived"))
    _check_template(node, known, "name part, product template, part of the file name or derived column", shared)
    try:
        pieces = parse_template(node.value)
    except ValueError:
        return str(node.value)
    filled = [
        literal.replace("{", "{{").replace("}", "}}")
        + ("" if name is None else products[name].value if name in products and name not in names else f"{{{name}}}")
        for literal, name in pieces
    ]
    return "".join(filled)


def build_name_part(node: YamlNode, shared: SharedBlocks) -> NamePart:
    """A part of names."""
    content = node.value
    for key in ("before", "after", "join", "empty"):
        if (string := node.get(key)) is not None:
            _check_safe(string, shared)
    values_of = content.get("values_of")
    for _, new in node["replace"].items() if "replace" in content else ():
        _check_safe(new, shared)
    return NamePart(
        keys=(content["key"],) if "key" in content else tuple(content.get("keys", ())),
        values_of=values_of,
        leave_out=tuple(value.casefold() for value in content.get("leave_out", ())),
        zero_fill=int(content.get("zero_fill", "0")),
        sort=content.get("sort") == "yes" or values_of is not None,
        join=content.get("join", "-"),
        before=content.get("before", ""),
        after=content.get("after", ""),
        empty=content.get("empty", ""),
        columns=tuple(map(str.casefold, content.get("columns", ()))),
        replace=tuple(content.get("replace", {}).items()),
        keeps_case=content.get("letter_case") == "keep",
    )


def build_members(shared: SharedBlocks, derived: Collection[str]) -> Members:
    """How exposures become members."""
    node = shared.block("members")
    assert node is not None  # noqa: S101 - the schema requires the block
    content = node.value
    if content["exptype"].casefold() not in derived:
        shared.undefined("derived column", content["exptype"], derived, node["exptype"])
    return Members(
        file_name=content["file_name"].casefold(),
        parts=NameEnding(content.get("suffix", ""), tuple(content.get("extensions", ()))),
        name=build_member_name(name, shared) if (name := node.get("name")) is not None else UNCHANGED,
        exposerr=content["exposerr"].casefold() if "exposerr" in content else None,
        exptype=content["exptype"].casefold(),
    )


def check_keyword_template(node: YamlNode, shared: SharedBlocks) -> None:
    """Report a template of a keyword that is invalid or refers to undefined names."""
    _check_template(node, (*shared.names("names"), PRODUCT), "name part", shared, safe=False)


def _check_template(
    node: YamlNode, known: Collection[str], what: str, shared: SharedBlocks, *, safe: bool = True
) -> None:
    """Report a template that is invalid, refers to undefined names, or, with `safe`, contains a path."""
    try:
        names = [name for _, name in parse_template(node.value) if name is not None]
    except ValueError as error:
        message, hint = "invalid template: {reason}", "write {name}, and {{name}} for literal braces"
        shared.add_finding(node.finding(INVALID_TEMPLATE, message, hint, reason=str(error)))
    else:
        for name in names:
            if name not in known:
                addition = f"add {name}: {{key: {name}}} to names in ruleset.yaml" if name in FACTS else None
                shared.undefined(what, name, known, node, addition)
    if safe:
        _check_safe(node, shared)


def _check_safe(node: YamlNode, shared: SharedBlocks) -> None:
    """Report a string of a name that could lead out of a folder."""
    if is_unsafe_path_part(node.value):
        message = "{name:quoted} contains a path separator or a control character, which names cannot have"
        shared.add_finding(node.finding(UNSAFE_NAME, message, "join words with - or _", name=node.value))
