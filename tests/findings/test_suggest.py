"""Did you mean: suggestions for misspelled words."""

from __future__ import annotations

import pytest

from asnforge.findings import closest_words, did_you_mean, suggestion


@pytest.mark.parametrize(
    ("word", "choices", "closest"),
    [
        ("colum", ("column", "columns", "is"), "column"),
        ("FILTR", ("Filter", "pupil"), "Filter"),
        (" filter ", ("Filter",), "Filter"),
        ("seeing", ("Filter", "pupil"), None),
        ("", ("a",), None),
        ("a", (), None),
        ("f" * 101, ("f" * 100,), None),
    ],
)
def test_did_you_mean_returns_the_closest_choice(word: str, choices: tuple[str, ...], closest: str | None) -> None:
    assert did_you_mean(word, choices) == closest


@pytest.mark.parametrize(("cutoff", "closest"), [(0.7, "science"), (0.95, None)])
def test_a_choice_below_the_cutoff_is_not_suggested(cutoff: float, closest: str | None) -> None:
    assert did_you_mean("scienze", ("science",), cutoff) == closest


def test_closest_words_are_sorted_by_similarity() -> None:
    assert closest_words("filter", ["Filters", "pupil", "FILTER", "fitter"]) == ["FILTER", "Filters", "fitter"]


@pytest.mark.parametrize(
    ("word", "known", "plural", "hint"),
    [
        ("filtr", ["pupil", "filter"], "", "did you mean filter?"),
        ("x", ["pupil", "filter"], "", "available: filter, pupil"),
        ("x", ["pupil", "filter"], "keys", "keys are pupil, filter"),
        ("x", [], "keys", ""),
        ("x", ["y" * 300], "", f"available: {'y' * 188}…"),
    ],
)
def test_a_suggestion_is_the_closest_word_or_a_list(word: str, known: list[str], plural: str, hint: str) -> None:
    assert suggestion(word, known, plural) == hint
