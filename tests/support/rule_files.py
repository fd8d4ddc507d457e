"""Rule files of an invented observatory as text, so that tests can put a problem on a given line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

RULESET = r"""ruleset: heron
title: Associations of the Heron telescope
undefined: ['', none]

candidates:
  column: PLAN
  id: '[a-z]\d+'
  discovered: {id: z9, type: everything}

members:
  file_name: FILE
  suffix: _raw
  name: '{root}_{level}{extension}'
  exposerr: TROUBLE
  exptype: role

keywords:
  file_name: '{program}-{scope}_{asn_type}_{sequence}_asn.json'
  program: '{program}'
  target: '{target}'
  degraded_status: {none: Fine., some: Not fine.}

conditions:
  on_sky:
    about: The shutter was open
    column: KIND
    in: [object, guide]
  calm:
    not: {column: WIND, matches: 'gale.*'}

derived:
  role:
    cases:
      - when: {column: STAR, defined: yes}
        value: psf
      - when: {use: on_sky}
        value: science
      - value: other
  level:
    cases:
      - when: {column: role, is: psf}
        value: flat
      - value: spectrum

names:
  program: {key: program, zero_fill: 4}
  scope: {key: scope}
  asn_type: {key: asn_type}
  sequence: {key: sequence, zero_fill: 5}
  target: {key: target}
  band: {key: band, empty: white}

products:
  usual: '{program}-{target}-{band}'

parts:
  every_rule:
    select:
      on_sky: {use: on_sky}
    group_by:
      program: {column: PROGRAM}
      target: {column: TARGET}
    require:
      science: {members: science}

tables:
  paths:
    rows:
      - [g, east]
      - [r, west]
"""

IMAGE = r"""rule: Image
title: Images of one target
asn_type: image
use: [every_rule]
select:
  calm: {use: calm}
  path: {table: paths, columns: [BAND, SIDE]}
  grade:
    any:
      - {column: GRADE, in: [a, b]}
      - {column: SEEING, matches: '0[.]\d+'}
group_by:
  band: {column: BAND, optional: yes}
  side: {column: SIDE, when: {column: role, is: science}}
attach:
  lamps:
    when: {column: KIND, is: lamp}
    match: [PROGRAM, BAND]
    as: arc
repeat:
  - {members: science, as: background, at_least: 2}
require:
  nights: {distinct: NIGHT, at_least: 2, in_scopes: [group]}
  lamp: {members: arc}
product: usual
"""

MOSAIC = r"""rule: Mosaic
title: Tiles of one target
asn_type: image
use: [every_rule]
select:
  tile: {column: TILE, defined: yes}
group_by:
  band: {column: BAND}
require:
  tiles: {scope_in: [mosaic]}
product: 'mosaic-{program}-{target}-{band}'
"""

FILES = {"ruleset.yaml": RULESET, "image.yaml": IMAGE, "mosaic.yaml": MOSAIC}

Edit = tuple[str, str, str]
"""A file, a string in it, and its replacement."""


def write_rules(folder: Path, edits: Iterable[Edit] = (), *, cases: bool = True) -> Path:
    """Write the rule files with edits, each with an empty file of cases."""
    folder.mkdir(exist_ok=True)
    texts = dict(FILES)
    for file, old, new in edits:
        assert old in texts[file], f"{old!r} is not in {file}"
        texts[file] = texts[file].replace(old, new, 1)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        if cases and name != "ruleset.yaml":
            (folder / name).with_suffix(".cases.yaml").write_text("", encoding="utf-8")
    return folder
