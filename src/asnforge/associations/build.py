"""From drafts that stay to associations: keywords, members, file names, the sequence (grouping rules, 'The file')."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from asnforge import __version__
from asnforge.associations.constraints_text import constraints_text
from asnforge.associations.drafts import Draft
from asnforge.associations.expnames import Expnames
from asnforge.associations.model import Association, Member, Product
from asnforge.grouping.candidates import format_candidates
from asnforge.grouping.exposures import Exposures
from asnforge.rules.model import Ruleset

CODE_VERSION = f"asnforge {__version__}"
"""The keyword ``code_version``: the generator and its version."""


def build_associations(
    drafts: Iterable[Draft], exposures: Exposures, expnames: Expnames, ruleset: Ruleset, version_id: str | None
) -> tuple[Association, ...]:
    """The associations of drafts, in the order of their file names' stems and sequence.

    Parameters
    ----------
    drafts : iterable of Draft
        What stays after duplicates are dropped, in any order.
    exposures, expnames, ruleset
        What the drafts were made of.
    version_id : str or None
        The keyword ``version_id``, also part of the file's name.
    """
    members = _Members(exposures, expnames, ruleset)
    ordered = sorted(
        (
            (_file_name(draft, ruleset, version_id, ""), draft.of.rule.name, draft.product, draft.members, draft)
            for draft in drafts
        ),
        key=lambda entry: (*entry[:4], entry[4].scope),
    )
    counter: Counter[str] = Counter()
    found = []
    for stem, _, _, _, draft in ordered:
        counter[stem] += 1
        file_name = _file_name(draft, ruleset, version_id, str(counter[stem]))
        found.append(_association(draft, file_name, members, ruleset, version_id))
    return tuple(found)


def _file_name(draft: Draft, ruleset: Ruleset, version_id: str | None, sequence: str) -> str:
    facts = {**_facts(draft), "version": version_id or "", "sequence": sequence}
    return draft.of.names.fill(ruleset.keywords.file_name, draft.group, facts)


def _facts(draft: Draft) -> dict[str, str]:
    return {"scope": draft.scope[0], "asn_type": draft.of.rule.asn_type, "rule": draft.of.rule.name}


def _association(
    draft: Draft, file_name: str, members: _Members, ruleset: Ruleset, version_id: str | None
) -> Association:
    rule, names, facts = draft.of.rule, draft.of.names, _facts(draft)
    found = tuple(members.of(draft))
    degraded = any(member.exposerr is not None for member in found)
    return Association(
        file_name=file_name,
        asn_type=rule.asn_type,
        asn_rule=rule.name,
        asn_id=draft.scope[0],
        asn_pool=members.exposures.pool.name,
        program=names.fill(ruleset.keywords.program, draft.group, facts),
        target=names.fill(ruleset.keywords.target, draft.group, facts),
        constraints=constraints_text(rule, names, draft.group),
        degraded_status=ruleset.keywords.degraded if degraded else ruleset.keywords.not_degraded,
        version_id=version_id,
        code_version=CODE_VERSION,
        products=(Product(draft.product, found),),
    )


class _Members:
    """Members, each made once however many associations it is in."""

    def __init__(self, exposures: Exposures, expnames: Expnames, ruleset: Ruleset) -> None:
        self.exposures = exposures
        self._expnames = expnames
        self._error = exposures.columns[ruleset.members.exposerr]
        self._error_text = exposures.pool.columns.get(ruleset.members.exposerr)
        self._texts = [format_candidates(listed) if listed else None for listed in exposures.candidates]
        self._made: dict[tuple[int, int, str], Member] = {}

    def of(self, draft: Draft) -> Iterator[Member]:
        """The members of a draft: science first, then by exptype and file name."""
        memberships, forms = draft.of.memberships, draft.of.forms
        start, stop = memberships.starts[draft.group], memberships.starts[draft.group + 1]
        for row, form, code in zip(
            memberships.row[start:stop].tolist(),
            forms[start:stop].tolist(),
            memberships.exptype[start:stop].tolist(),
            strict=True,
        ):
            key = (row, form, memberships.exptypes[code])
            if key not in self._made:
                self._made[key] = self._make(*key)
            yield self._made[key]

    def _make(self, row: int, form: int, exptype: str) -> Member:
        error = self._error_text[row] if self._error_text is not None and self._error.codes[row] else None
        return Member(self._expnames.name(row, form), exptype, error, self._texts[self.exposures.candidate_codes[row]])
