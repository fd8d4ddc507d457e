"""A night of the invented observatory in which exposures have every outcome, and a rule for it."""

from __future__ import annotations

from support.observatory import rule

FIELDS = rule(
    "Fields",
    select={"light": {"column": "BAND", "in": ["g", "r"]}, "no_setup": {"not": {"use": "setup"}}},
    group_by={"field": {"column": "FIELD", "when": {"not": {"column": "role", "is": "psf"}}}},
    attach={"setup": {"when": {"use": "setup"}, "match": ["OBS"]}},
    require={"psf": {"members": "psf"}, "nights": {"distinct": "OBS", "at_least": 2, "in_scopes": ["tile"]}},
)
NIGHT = """
FILE       PROPOSAL CAMERA FIELD BAND OBS INTENT STAR CANDIDATES
a_raw.fits 7        red    1     g    1   .      .    o1/night+c5/tile
b_raw.fits 7        red    1     g    2   .      yes  o1/night+c5/tile
c_raw.fits 7        red    2     g    3   .      .    o2/night
d_raw.fits 7        red    .     r    3   .      .    o2/night
e_raw.fits 7        red    2     y    3   .      .    o2/night
s_raw.fits 7        red    9     y    1   setup  .    o1/night
t_raw.fits 7        red    9     y    8   setup  .    o2/night
a_raw.fits 7        red    1     g    1   .      .    o1/night+c5/tile
y/         7        red    1     g    1   .      .    o1/night
"""
A, B, C, D, E, S, T, DUPLICATE, FAULTY = range(9)

SHORT_NIGHT = """
FILE       PROPOSAL CAMERA BAND CANDIDATES
a_raw.fits 7        red    r    o1/night
b_raw.fits 7        red    g    o1/night
c_raw.fits 8        blue   x    o2/night
d_raw.fits .        red    r    o2/night
"""
"""Four exposures for several rule sets, of which only the first two are selected by a camera or a band."""
