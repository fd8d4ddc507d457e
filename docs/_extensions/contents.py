"""The contents of the site are the lists of links in ``docs/index.md``: one part of the sidebar for each heading with links."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the contents to the front page."""
    app.connect("source-read", _add_contents)
    app.connect("html-page-context", _add_levels, priority=900)  # after the theme has made the sidebar
    return {"parallel_read_safe": True}


def _add_levels(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:  # noqa: ARG001
    """Give the captions of the sidebar, which are headings, the level that screen readers need."""
    sidebar = str(context.get("furo_navigation_tree", ""))
    context["furo_navigation_tree"] = sidebar.replace('role="heading"', 'role="heading" aria-level="2"')


def _add_contents(app: Sphinx, page: str, source: list[str]) -> None:
    """Append a hidden table of contents with the links of each section to the front page."""
    if page != app.config.root_doc:
        return
    folder = posixpath.dirname(page)
    for heading, section in re.findall(r"^## (.*?)$(.*?)(?=^## |\Z)", source[0], re.MULTILINE | re.DOTALL):
        links = re.findall(r"^(?:-|\d+\.) .*?\[([^\]]*)\]\(([^)#\s]+)\.(?:md|ipynb)\)", section, re.MULTILINE)
        if links:
            pages = [f"{text} </{posixpath.normpath(posixpath.join(folder, path))}>" for text, path in links]
            lines = "\n".join(pages)
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{lines}\n```\n"
