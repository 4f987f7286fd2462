"""What is promised about accepted values, joined for the dashboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flows.confidence import WARNINGS
from flows.wiring import open_confidence, scorer_in_use
from store.figures import Figures
from store.store import Store

if TYPE_CHECKING:
    from review.dashboard.promises import Promises
    from schemas.confidence import Pool


def promises_now(store: Store) -> Promises:
    """Return where the promises stood at the last update of the confidence, and what audits have found since."""
    from review.dashboard.promises import PoolPromise, Promises, VoidPromise

    confidence, figures = open_confidence(store), Figures(store.database, store.now)
    thresholds = {each.pool.key: each.threshold for each in confidence.gate().certificates}
    audited, wrong = figures.audits()
    voided = [each for each in reversed(confidence.ended()) if each.end == "voided"]
    return Promises(
        pools=[
            PoolPromise(
                _said(each.pool), each.pool.maximum_error, each.labels, each.missing, thresholds.get(each.pool.key)
            )
            for each in confidence.pools()
        ],
        voided=[
            VoidPromise(_said(each.certificate.pool), each.ended_at, each.why)
            for each in voided
            if each.certificate.pool.key not in thresholds
        ],
        audited=audited,
        audited_wrong=wrong,
        pending=confidence.pending_audits(),
        warnings=tuple(json.loads(confidence.note(WARNINGS) or "[]")),
        labels=figures.judged(scorer_in_use(confidence).version),
    )


def _said(pool: Pool) -> str:
    kinds = ", ".join(pool.kinds) if pool.name == "other" else pool.name
    return f"{kinds} on {', '.join(pool.origins)} pages"
