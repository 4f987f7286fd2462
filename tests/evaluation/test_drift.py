"""Figures without labels: they warn when documents change, and are silent otherwise."""

from __future__ import annotations

import random

from evaluation.drift import Look, drift, stability


def looks(count: int, seed: int, empty: float = 0.1, unseen: float = 0.02, sure: float = 8.0) -> list[Look]:
    draw = random.Random(seed)
    out = []
    for _ in range(count):
        nothing = sum(draw.random() < empty for _ in range(10))
        hidden = sum(draw.random() < unseen for _ in range(10 - nothing))
        confidences = tuple(draw.betavariate(sure, 2) for _ in range(10 - nothing))
        out.append(Look("invoice", 10, nothing, hidden, confidences))
    return out


def test_documents_like_before_raise_no_warning() -> None:
    """Two samples of the same documents do not differ."""
    for seed in range(20):
        found = drift([*looks(200, seed), *looks(800, 1000 + seed)])
        assert found is not None
        assert found.warnings == ()


def test_each_figure_warns_of_its_change() -> None:
    """More empty fields, more values that stand on no page, and another spread of confidences are each told."""
    before = looks(800, 1)
    for changed, word in (
        ({"empty": 0.25}, "stay empty"),
        ({"unseen": 0.15}, "not found"),
        ({"sure": 3.0}, "spread otherwise"),
    ):
        found = drift([*looks(200, 2, **changed), *before])
        assert found is not None
        assert any(word in warning for warning in found.warnings), found


def test_few_documents_say_nothing() -> None:
    """Below a hundred documents of each time there is no figure."""
    assert drift(looks(250, 1)) is None
    assert stability([], [0.5]) == 0.0
