"""The door: a parsed document and a schema to candidates from data that the file carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from documents.safe_xml import parse_xml
from extractors.embedded import cii, forms, ubl
from extractors.embedded.terms import InvoiceTerms
from schemas import reasons
from schemas.document import ParsedDocument
from schemas.errors import Refusal
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow
from schemas.schema import Schema
from schemas.values.typed import canonical

VERSION = "1"

# The sender's own data, copied by no reader. What is left is an error of the sender's software or fraud:
# the scorecard is judged again when the page says something else.
SCORE = 0.97


def candidates(document: ParsedDocument, schema: Schema) -> tuple[Candidate, ...]:
    """Return a candidate for each field that embedded data names: e-invoice XML first, filled form fields after it.

    Candidates of e-invoices have no evidence: XML has no place on the page; extractors.ground looks for one.
    """
    found: list[Candidate] = []
    for terms in invoices(document):
        found.extend(_from_terms(terms, schema))
    found.extend(forms.candidates(document, schema))
    return tuple(found)


def invoices(document: ParsedDocument) -> Iterator[InvoiceTerms]:
    """Yield what each e-invoice inside the document says; files that are none, or no sound XML, are passed over."""
    for attachment in document.attachments:
        if not attachment.media_type.endswith("xml"):
            continue
        try:
            root = parse_xml(attachment.content)
        except Refusal:
            continue  # parsing has put its finding on the document already
        name = etree.QName(root)
        if name.localname in cii.ROOTS:
            yield cii.read(root)
        elif name.localname in ubl.ROOTS and (name.namespace or "").startswith(ubl.NAMESPACE):
            yield ubl.read(root)


def _from_terms(terms: InvoiceTerms, schema: Schema) -> Iterator[Candidate]:
    for field in schema.fields:
        if field.kind is Kind.TABLE:
            rows = tuple(row for values in terms.rows if (row := _row(field, values)) is not None)
            if rows:
                reason = reasons.EMBEDDED_ROWS(syntax=terms.syntax, count=len(rows))
                signals = {"e_invoice": 1.0}
                yield Candidate(field.name, field.kind, "embedded", None, (), SCORE, signals, (reason,), rows)
        elif (candidate := _candidate(field, terms.values.get(field.name), terms.syntax)) is not None:
            yield candidate


def _row(field: FieldDefinition, values: Mapping[str, str]) -> CandidateRow | None:
    cells = {
        column.name: candidate
        for column in field.columns
        if (candidate := _candidate(column, values.get(column.name), "row")) is not None
    }
    return CandidateRow(cells) if cells else None


def _candidate(field: FieldDefinition, text: str | None, syntax: str) -> Candidate | None:
    if not text:
        return None
    try:
        value = canonical(field.kind, text)
    except ValueError:
        return None  # a field of the same name, but of another kind; or a value that is none
    reason = reasons.EMBEDDED_SAYS(syntax=syntax)
    return Candidate(field.name, field.kind, "embedded", value, (), SCORE, {"e_invoice": 1.0}, (reason,))
