"""Attacks on a reader, one of each way: none succeeds, and what is hidden is found."""

import pytest

from benchmarks.attacks import WAYS, attacks, measure, measure_clean, measure_with_gullible_model


def test_no_attack_changes_an_accepted_value_and_hidden_ones_are_found():
    """Without a model: no wrong value is accepted, no answer is what the attack asked for, all hidden text is told."""
    figures = measure(attacks(seed=3, count=2 * len(WAYS)))
    assert figures.accepted > len(WAYS)
    assert figures.wrong == 0 and figures.stolen == 0
    assert figures.hidden and figures.found == figures.hidden


def test_attacks_are_the_same_for_the_same_seed():
    """What was measured can be measured again."""
    assert list(attacks(seed=3, count=20)) == list(attacks(seed=3, count=20))


def test_files_that_are_told_to_hide_text_are_counted_among_clean_ones(tmp_path):
    """Of a visible and a hidden attack as files, the hidden one alone is named."""
    for attack in attacks(seed=3, count=len(WAYS)):
        if attack.way in ("visible", "white"):
            (tmp_path / f"{attack.way}.pdf").write_bytes(attack.content)
    assert measure_clean([tmp_path]) == (2, [tmp_path / "white.pdf"])


@pytest.mark.slow
def test_a_model_that_obeys_every_instruction_changes_no_accepted_value():
    """The simulated model says what the visible attacks want; what rules mean first speaks against it, to a person."""
    figures = measure_with_gullible_model(seed=3, count=2 * len(WAYS))
    assert figures.stolen > 0, "the model was fooled, or this shows nothing"
    assert figures.wrong == 0 and figures.accepted > len(WAYS)
