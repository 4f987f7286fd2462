"""What is promised about accepted values: certificates, what is missing for them, audits, warnings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from flows.confidence import ConfidenceState
    from schemas.confidence import Certificate, PoolState

app = App(
    name="confidence",
    help="What is promised about accepted values: show (the default), update, learn.",
    help_format="plaintext",
)


@app.default
@app.command
def show(*, json: bool = False, common: Annotated[Common, Parameter(name="*")] = NO_FLAGS) -> int:
    """Say what may be accepted without a person, under which promise, and what is missing for more.

    Args:
        json: one JSON object.
    """
    from flows.confidence import confidence_state

    settings = settings_of(common)
    store = stored(settings)
    try:
        state = confidence_state(settings, store)
    finally:
        store.close()
    if json:
        data_json(_as_dict(state), indent=2)
        return ExitCode.DONE
    rows = [_row(pool, state) for pool in state.pools]
    columns = ("fields", "pages", "promise", "accepted from", "labels", "wrong", "missing", "audited", "alarm")
    table("What may pass without a person", columns, rows, right=columns[3:])
    if not state.pools:
        talk("Nobody has judged a document yet: everything goes to review until people have.")
    talk(f"{state.labels} judged answers. Scorer {state.scorer.version} ({state.scorer.status}).")
    if state.pending_audits:
        talk(f"{state.pending_audits} documents wait for an audit.")
    for certificate, how, at, why in state.ended[-5:]:
        if how == "voided":
            talk(f"Voided at {at:%Y-%m-%d %H:%M} UTC: {_said(certificate)}. {why}")
    for warning in state.warnings:
        talk(f"Warning: {warning}")
    return ExitCode.DONE


@app.command
def update(*, json: bool = False, common: Annotated[Common, Parameter(name="*")] = NO_FLAGS) -> int:
    """Take up what people said since the last time: labels, alarms, scorers, certificates, warnings, lessons to try.

    `docassay serve` does it by itself, see the setting confidence.update.

    Args:
        json: what was done as one JSON object.
    """
    from flows.confidence import update_confidence
    from flows.wiring import read_evaluation_set

    settings = settings_of(common)
    store = stored(settings)
    try:
        read_evaluation_set(settings, store, talk)
        done = update_confidence(settings, store)
    finally:
        store.close()
    if json:
        data_json(
            {
                "labels": done.labels,
                "voided": list(done.voided),
                "issued": [certificate.model_dump(mode="json") for certificate in done.issued],
                "adopted": done.adopted,
                "warnings": list(done.warnings),
            }
        )
    else:
        data(done.summary())
    return ExitCode.DONE


@app.command
def learn(
    truth: Path,
    *,
    random: bool = False,
    schema: str | None = None,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Read the documents of a truth file and keep what is right and wrong as labels; then update.

    Args:
        truth: JSON lines {id, file, kind, fields}; paths count from the file's folder.
        random: you vouch that these documents are a random sample of those that come in. Only then do they count for
            certificates; else the scorer alone learns from them.
        schema: read every document with this schema, whatever the truth says.
        json: what was done as one JSON object.
    """
    from flows.confidence import learn_truth, update_confidence
    from flows.wiring import open_store

    settings = settings_of(common)
    store = open_store(settings)
    try:
        labels = learn_truth(settings, store, truth, random=random, schema_name=schema)
        done = update_confidence(settings, store)
    finally:
        store.close()
    if json:
        data_json({"labels": labels, "issued": [certificate.model_dump(mode="json") for certificate in done.issued]})
        return ExitCode.DONE
    data(f"{labels} labels from {truth}.\n{done.summary()}")
    if not random:
        talk("They teach the scorer and count for no certificate. If they are a random sample of yours: --random")
    return ExitCode.DONE


def _row(pool: PoolState, state: ConfidenceState) -> tuple[object, ...]:
    promise = f"{pool.pool.maximum_error:g} wrong"
    name = f"other ({', '.join(pool.pool.kinds)})" if pool.pool.name == "other" else pool.pool.name
    found = next((c for c in state.certificates if pool.certificate and c.certificate.id == pool.certificate.id), None)
    if found is None:
        more = f"{pool.missing} labels"
        return name, ", ".join(pool.pool.origins), promise, "nothing", pool.labels, pool.wrong, more, "", ""
    certificate = found.certificate
    return (
        name,
        ", ".join(pool.pool.origins),
        f"{promise}, {1 - certificate.delta:.0%} sure",
        f"{certificate.threshold:g}",
        certificate.labels,
        certificate.wrong,
        "",
        f"{found.audits.documents}, {found.audits.wrong} wrong",
        f"{found.alarm:.0%}",
    )


def _said(certificate: Certificate) -> str:
    from flows.confidence import said

    return said(certificate)


def _as_dict(state: ConfidenceState) -> dict[str, Any]:
    return {
        "scorer": {"version": state.scorer.version, "status": state.scorer.status, "labels": state.scorer.labels},
        "labels": state.labels,
        "pools": [pool.model_dump(mode="json") for pool in state.pools],
        "certificates": [
            {
                **each.certificate.model_dump(mode="json"),
                "audited_documents": each.audits.documents,
                "audited_answers": each.audits.answers,
                "audited_wrong": each.audits.wrong,
                "alarm": round(each.alarm, 4),
            }
            for each in state.certificates
        ],
        "ended": [
            {"certificate": certificate.id, "how": how, "at": at.isoformat(), "why": why}
            for certificate, how, at, why in state.ended
        ],
        "pending_audits": state.pending_audits,
        "drift": [
            {
                "schema": each.schema_name,
                "documents": each.documents,
                "empty": each.empty,
                "unseen": each.unseen,
                "stability": round(each.stability, 4),
            }
            for each in state.drifts
        ],
        "warnings": list(state.warnings),
    }
