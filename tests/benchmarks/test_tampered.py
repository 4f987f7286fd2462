"""Page and embedded data that differ are told, whatever was changed; those that agree are left in peace."""

from benchmarks.tampered import WAYS, measure, pairs


def test_every_way_of_tampering_is_told_and_nothing_else():
    """One pair of each way: its field is named in a problem and not accepted; untouched pairs raise no alarm."""
    figures = measure(pairs(seed=5, count=len(WAYS)))
    assert figures.told == figures.pairs and not figures.missed
    assert figures.accepted == 0
    assert measure(pairs(seed=5, count=4, tampered=False)).alarms == 0
