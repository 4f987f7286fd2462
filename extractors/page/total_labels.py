"""What a line of totals says of its amount, put together from a few words: "Total charges excluding VAT" is a net one.

No list holds every wording. A word for a sum, one for with or without, and one for tax or the invoice tell in each
language which of the three amounts of a sum check a line gives: the whole, the part without tax, or the tax.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from extractors.page.labels import DECOY, Label, LabelHit
from extractors.page.runs import Layout, Run, Token
from schemas.checks import SumCheck
from schemas.schema import Schema

RANK = 3  # how telling such a label is beside the listed ones of its field
LONGEST = 9  # words from the word for a sum to the last that counts
NEAR = 3  # words between "without" and the tax

_SUM_WORDS = """
total totals totale totaal totaux subtotal subtotale subtotaal sum summe suma somme amount montant importe importo
bedrag betrag gesamt gesamtbetrag gesamtsumme gesamtpreis zwischensumme rechnungsbetrag rechnungssumme endbetrag
endsumme nettosumme factuurbedrag totaalbedrag charges facture valor belopp summa belob celkem castka razem kwota
"""
_WITHOUT_WORDS = """
excl exkl ex excluding exclusive excluded exclusief ohne exklusive hors without sin senza zonder before vor avant antes
esclusa escluso excluido excluida ekskl uden bez utan exclu
"""
_WITH_WORDS = """
incl inkl including inclusive included inclusief inklusive mit avec compris comprise comprises con inclusa incluso
incluse incluido incluida incluidos inclus incluse met with med vc vcetne com
"""
_TAX_WORDS = """
vat tax taxes gst hst mwst ust umsatzsteuer mehrwertsteuer steuer steuern tva taxe iva impuesto impuestos imposta
imposte btw moms dph
"""
_INVOICE_WORDS = """
invoice bill rechnung facture factura fattura parcella factuur fatura faktura declaratie minuta nota avoir abono
"""
_SMALL_WORDS = "de la del della du de der this the importe presente"
_SUMS, _WITHOUT, _WITH, _TAX, _INVOICE, _SMALL = (
    frozenset(words.split())
    for words in (_SUM_WORDS, _WITHOUT_WORDS, _WITH_WORDS, _TAX_WORDS, _INVOICE_WORDS, _SMALL_WORDS)
)
_NET_ALONE, _GROSS_ALONE = frozenset(["ht"]), frozenset(["ttc"])
_RATE = re.compile(r"[\W_]*(?:(?:\w+\s+)?[0-9]{1,2}(?:[.,][0-9]{1,2})?\s?%[\W_]*)")

_DENIED = re.compile(
    r"\b(?:no|not|non|nicht|kein|keine|keiner|geen|niet|sin|senza|sans|without|ohne|zonder|nie|ej|ikke|utan|uden|bez)\s+"
    r"(?:(?:de\s+|d['’]|dell?['’]|applicazione\s+dell['’]))?$",
    re.IGNORECASE,
)


def with_totals(hits: Sequence[LabelHit], layout: Layout, schema: Schema) -> list[LabelHit]:
    """Return the labels in reading order with those for the amounts of sum checks with two parts added.

    In its line one that is added takes the place of the labels that it overlaps, unless a field's own wording holds it.
    A label of such an amount behind a word that denies it ("geen btw", "non imponibile") is none.
    """
    checks = [check for check in schema.checks if isinstance(check, SumCheck) and len(check.parts) == 2]
    listed: dict[int, list[LabelHit]] = {}
    for hit in hits:
        listed.setdefault(hit.run.number, []).append(hit)
    added = {hit.run.number: hit for check in checks for run in layout.runs for hit in _in_run(run, check)}
    added = {
        number: hit for number, hit in added.items() if not any(_holds(own, hit) for own in listed.get(number, ()))
    }
    amounts = {name for check in checks for name in (check.total, *check.parts)}
    hits = [hit for hit in hits if not (_names(hit, amounts) and _DENIED.search(hit.run.text[: hit.start]))]
    kept = [hit for hit in hits if hit.run.number not in added or not _overlap(hit, added[hit.run.number])]
    return sorted([*kept, *added.values()], key=lambda hit: (hit.run.number, hit.start))


def _names(hit: LabelHit, fields: Collection[str]) -> bool:
    return any(label.owner in fields for label in hit.labels)


def _holds(listed: LabelHit, added: LabelHit) -> bool:
    wanted = any(label.owner != DECOY for label in listed.labels)
    return wanted and listed.start <= added.start and listed.end >= added.end


def _overlap(one: LabelHit, other: LabelHit) -> bool:
    return one.start < other.end and other.start < one.end


def _in_run(run: Run, check: SumCheck) -> Iterator[LabelHit]:
    found = _tax_behind_rate(run, check) or _sum(run, check)
    if found is not None:
        words, owners = found
        end = words[-1].end
        while end < len(run.text) and run.text[end] in ").: ":
            end += 1
        said = tuple(word.text for word in words)
        yield LabelHit(tuple(Label(owner, RANK, None, said) for owner in owners), run, words[0].start, end)


def _tax_behind_rate(run: Run, check: SumCheck) -> tuple[Sequence[Token], tuple[str, ...]] | None:
    """A line that begins with a rate and a tax, whatever follows: "19 % Umsatzsteuer Nr. 7008"."""
    rate = _RATE.match(run.text)
    word = next((token for token in run.tokens if rate and token.start >= rate.end()), None)
    if word is None or word.text not in _TAX:
        return None
    return [token for token in run.tokens if token.end <= word.end], (check.parts[1],)


def _sum(run: Run, check: SumCheck) -> tuple[Sequence[Token], tuple[str, ...]] | None:
    first = next((at for at, token in enumerate(run.tokens[:LONGEST]) if token.text in _SUMS), None)
    if first is None:
        return None
    words = run.tokens[first : first + LONGEST]
    found = _meant(words, check)
    return None if found is None else (words[: found[0] + 1], found[1])


def _meant(words: Sequence[Token], check: SumCheck) -> tuple[int, tuple[str, ...]] | None:
    """Number of the last word that counts, and the fields whose amount the words can name; None if they name none."""
    net, tax = check.parts
    for at, word in enumerate(words):
        if word.text in _NET_ALONE | _GROSS_ALONE:
            return at, (net if word.text in _NET_ALONE else check.total,)
        if word.text in _WITHOUT | _WITH:
            after = [number for number in range(at + 1, min(at + 2 + NEAR, len(words))) if words[number].text in _TAX]
            if after:
                return after[0], (net if word.text in _WITHOUT else check.total,)
            if at and words[at - 1].text in _TAX:  # "Total GST included" can be the tax as well
                return at, (net,) if word.text in _WITHOUT else (check.total, tax)
    following = [(at, word.text) for at, word in enumerate(words) if at and word.text not in _SMALL]
    if following and following[0][1] in _TAX | _INVOICE and words[0].text not in _INVOICE:
        return following[0][0], (tax if following[0][1] in _TAX else check.total,)
    return None
