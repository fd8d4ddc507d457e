"""Check the rules that use products of others: the others exist, their products have file names, and there is no cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asnforge.findings import FindingCode
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.dependence import find_cycles

NO_PRODUCT_FILE = FindingCode(
    "R285",
    "products without a file name",
    "The products of this rule are members of associations of another one, and a member needs a file name: the one that the "
    "pipeline gives to the product, without a folder. The rule that makes the products states it in product_file.",
    wrong="a.yaml:\n  rule: Bias\n  product: 'bias_{night}'\nb.yaml:\n  rule: Stack\n  product_of: Bias",
    right="a.yaml:\n  rule: Bias\n  product: 'bias_{night}'\n  product_file: '{product}.fits'\nb.yaml:\n  rule: Stack\n"
    "  product_of: Bias",
)
CYCLE = FindingCode(
    "R286",
    "rules depend on each other in a cycle",
    "Each of these rules uses products of the next, and the last one those of the first, so none of them can be applied before "
    "the others. Remove one product_of.",
    wrong="rule: Stack\nproduct_of: Stack",
    right="rule: Stack\nproduct_of: Image",
)


def check_dependence(
    rules: Mapping[str, Iterable[YamlNode]], nodes: Mapping[str, YamlNode], shared: SharedBlocks
) -> None:
    """Report wrong references to rules whose products are used.

    Parameters
    ----------
    rules : mapping of str to iterable of YamlNode
        For each rule the ``product_of`` of the rule and of its attachments.
    nodes : mapping of str to YamlNode
        The rules.
    shared : SharedBlocks
        Problems are added to these.
    """
    references = {rule: {node.value: node for node in used} for rule, used in rules.items()}
    for used in references.values():
        for name, node in used.items():
            if name not in nodes:
                shared.undefined("rule", name, nodes, node)
            elif nodes[name].get("product_file") is None:
                shared.add_finding(
                    node.finding(
                        NO_PRODUCT_FILE,
                        "{rule} has no product_file, so its products have no name as members",
                        f"add product_file to {name}, such as '{{product}}.fits'",
                        rule=name,
                    )
                )
    for cycle in find_cycles(references):
        names = [*cycle, cycle[0]]
        node = references[names[0]][names[1]]
        message = (
            "{rules[0]} uses its own products"
            if len(cycle) == 1
            else (
                "these rules use each other's products: "
                + " needs ".join(f"{{rules[{index}]}}" for index in range(len(cycle)))
                + " needs {rules[0]}"
            )
        )
        shared.add_finding(node.finding(CYCLE, message, "remove one product_of", rules=cycle))
