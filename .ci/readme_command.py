"""Print the first code block under a heading of the README: the command that users are told to run."""

import re
import sys
from pathlib import Path

text = Path("README.md").read_text(encoding="utf-8")
section = re.search(rf"^#+ *{re.escape(sys.argv[1])} *$(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
block = section and re.search(r"^```\w*\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)
if not block:
    sys.exit(f"README.md has no code block under {sys.argv[1]}")
print(block[1], end="")
