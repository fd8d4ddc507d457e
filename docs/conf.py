"""Settings of the documentation site, which ``nox -s site`` builds: Sphinx over the Markdown files of the repository.

The source folder is the root of the repository, so that the README files of rule sets, COMMANDS.md and the pages in ``docs``
are pages with the links that they have in the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path

from asnforge import __version__

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

from inventories import write_inventories

project = "asnforge"
author = "asnforge developers"
project_copyright = "asnforge developers"
version = release = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "repository_links",
    "contents",
    "pictures",
]
root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "rules/*/README.md",
    "data/README.md",
    "CHANGELOG.md",
    "COMMANDS.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
]
exclude_patterns = ["docs/_*"]

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

autodoc_default_options = {"members": True, "show-inheritance": False}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_param = False  # words of types are not names that can be linked
napoleon_use_rtype = False

intersphinx_mapping = write_inventories(Path(__file__).parent / "_inventories")

html_theme = "furo"
html_title = f"asnforge {__version__}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_front"]
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"
