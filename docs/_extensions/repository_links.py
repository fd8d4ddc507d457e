"""Links to folders of the repository, which are not pages, are shown as text; files that are not pages can be downloaded."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


def setup(app: Sphinx) -> dict[str, bool]:
    """Show links to folders as text."""
    app.add_transform(_FoldersAsText)
    return {"parallel_read_safe": True}


class _FoldersAsText(SphinxTransform):
    default_priority = 500

    def apply(self, **_: object) -> None:
        for node in [*self.document.findall(_is_link)]:
            target = Path(self.env.srcdir, Path(self.env.docname).parent, str(node["reftarget"]))
            if target.is_dir():
                node.replace_self([nodes.inline("", "", *node.children)])


def _is_link(node: nodes.Node) -> bool:
    return isinstance(node, pending_xref | download_reference)
