"""Attachments in words: which supporting exposures match a group, and which of them are taken."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import pluralize
from asnforge.rules.attachment import (
    NOTHING,
    OWN,
    Amount,
    Attachment,
    ColumnAmount,
    Distance,
    Interval,
    Nearest,
    Preference,
    Relation,
    SameCandidate,
    SameValue,
    SkyDistance,
    plain_columns,
)
from asnforge.rules.describe import PLAIN, Style, describe, describe_candidate, describe_columns, listed


def describe_attachment(attachment: Attachment, style: Style = PLAIN) -> str:
    """Which supporting exposures are attached to a group, which of them are taken, and what they become."""
    sentences = [_who(attachment, style) + _matching(attachment, style), *_choice(attachment, style)]
    if attachment.members:
        made = (f"{style.value(member.name)} as {style.value(member.exptype)}" for member in attachment.members)
        sentences.append(f"each becomes {listed(made, 'and')}")
    if attachment.exptype is not None:
        sentences.append(f"as {style.value(attachment.exptype)}")
    return "; ".join(sentences)


def describe_relation(relation: Relation, style: Style = PLAIN) -> str:
    """What must hold for a pair of exposures: ``EXPTIME within 0.5 s``."""
    match relation:
        case SameCandidate():
            words = f"the same as {describe_candidate(relation.candidate, style)}"
        case SkyDistance():
            words = (
                f"({', '.join(map(style.column, relation.position))}) within {describe_amount(relation.within, style)}"
            )
        case SameValue():
            words = f"{'a different' if relation.differs else 'the same'} {describe_columns(relation.columns, style)}"
        case Distance():
            limits = (("within", relation.within), ("at least apart by", relation.apart))
            given = (f"{word} {describe_amount(amount, style)}" for word, amount in limits if amount is not None)
            words = f"{describe_columns(relation.columns, style)} {listed(given, 'and')}"
        case Interval():
            limits = (("before", relation.before), ("after", relation.after))
            given = (
                f"at any time {word}" if amount is None else f"at most {describe_amount(amount, style)} {word}"
                for word, amount in limits
                if amount != NOTHING
            )
            words = f"{describe_columns(relation.columns, style)} {listed(given, 'or')}"
    return words + "".join(_options(relation, style))


def describe_amount(amount: Amount, style: Style = PLAIN) -> str:
    """An amount as the rule file has it, or the columns that have it."""
    return describe_columns(amount.columns, style) if isinstance(amount, ColumnAmount) else amount.text


def describe_preference(preference: Preference, style: Style = PLAIN) -> str:
    """What is preferred, and when."""
    test = preference.test
    words = describe_relation(test, style) if isinstance(test, Relation) else describe(test, style)
    if preference.when_more_than == 0:
        return words
    more = preference.when_more_than
    counted = str(more) if isinstance(more, int) else f"the {listed(map(_counted, more), 'and')}"
    return f"{words} (if there are more than {counted})"


def describe_nearest(nearest: Nearest, style: Style = PLAIN) -> str:
    """The value whose distance orders the sets: ``next DATE-OBS after``."""
    columns = describe_columns(nearest.columns, style)
    return f"nearest {columns}" if nearest.side is None else f"nearest {columns} {nearest.side}"


def _who(attachment: Attachment, style: Style) -> str:
    if attachment.product_of is not None:
        words = f"products of {style.value(attachment.product_of)}"
    elif attachment.source == "select":
        excepted = f" except {listed(map(style.name, attachment.excepted), 'and')}" if attachment.excepted else ""
        words = f"exposures that pass the rule's own constraints{excepted}"
    else:
        words = "exposures"
    if attachment.when is None:
        return words
    return f"{words}{' and' if attachment.source == 'select' else ''} where {describe(attachment.when, style)}"


def _matching(attachment: Attachment, style: Style) -> str:
    if attachment.to == (OWN,):
        whom = "a selected exposure of the group"
    else:
        whom = f"an exposure of {listed(map(_counted, attachment.to), 'or')}"
    columns = plain_columns(attachment)
    if columns is None:
        return f", compared with {whom}: {listed((describe_relation(relation, style) for relation in attachment.match), 'and')}"
    return f", with the {listed(map(style.column, columns), 'and')} of {whom}" if columns else ""


def _choice(attachment: Attachment, style: Style) -> Iterator[str]:
    if attachment.sets_by:
        yield f"in sets with the same {listed(map(style.column, attachment.sets_by), 'and')}"
    if attachment.at_least > 1:
        yield f"sets of {pluralize(attachment.at_least, 'file')} or more"
    if attachment.prefer:
        yield f"preferably {listed((describe_preference(item, style) for item in attachment.prefer), 'then')}"
    if attachment.at_most is not None:
        order = [describe_nearest(nearest, style) for nearest in attachment.nearest]
        sets = "set" if attachment.sets_by else "file"
        yield f"at most {pluralize(attachment.at_most, sets)}" + (f", {listed(order, 'then')}" if order else "")
    if attachment.each_own:
        yield "chosen for each selected exposure"


def _options(relation: Relation, style: Style) -> Iterator[str]:
    if isinstance(relation, SameValue) and relation.own_columns != relation.columns:
        yield f" as its {describe_columns(relation.own_columns, style)}"
    if isinstance(relation, Distance | Interval) and relation.own_columns != relation.columns:
        yield f" of its {describe_columns(relation.own_columns, style)}"
    if relation.optional == "yes":
        yield " (or undefined)"
    elif relation.optional == "own":
        yield " (or both undefined)"
    if relation.when is not None:
        yield f" where {describe(relation.when, style)}"
    if isinstance(relation, SameValue) and (instead := relation.instead) is not None:
        yield f"; {style.value(instead.value)} in the scopes of candidates of type {style.value(instead.candidate_type)}"
        yield f" whose id matches {style.value(instead.candidate_id)}"


def _counted(name: str) -> str:
    return "own exposures" if name == OWN else f"exposures attached by {name.replace('_', ' ')}"
