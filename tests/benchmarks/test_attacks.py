"""Attacks on a reader, one of each way: none succeeds, and what is hidden is found."""

from benchmarks.attacks import WAYS, attacks, measure


def test_no_attack_changes_an_accepted_value_and_hidden_ones_are_found():
    """Without a model: no wrong value is accepted, no answer is what the attack asked for, all hidden text is told."""
    figures = measure(attacks(seed=3, count=2 * len(WAYS)))
    assert figures.accepted > len(WAYS)
    assert figures.wrong == 0 and figures.stolen == 0
    assert figures.hidden and figures.found == figures.hidden


def test_attacks_are_the_same_for_the_same_seed():
    """What was measured can be measured again."""
    assert list(attacks(seed=3, count=20)) == list(attacks(seed=3, count=20))
