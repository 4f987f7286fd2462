"""Candidates become answers: agreement is believed, conflict goes to a person, and nothing unproved is accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.assess.assess import assess
from extractors.assess.decide import NO_DOUBT
from extractors.assess.scorer import BUILT_IN
from extractors.assess.signals import SIGNALS
from schemas.document import Box, Finding, ParsedDocument
from schemas.fields import Kind
from schemas.results import Candidate, CandidateRow, Evidence, Extraction, FieldResult, Source, Value
from schemas.schema import Schema

Maker = Callable[..., ParsedDocument]
PLACE = (Evidence(1, (Box(0, 0, 1, 1),), "printed"),)
SCHEMA = Schema.model_validate(
    {
        "name": "bill",
        "title": "Bill",
        "fields": [
            {"name": "net", "kind": "money", "description": "Net."},
            {"name": "tax", "kind": "money", "description": "Tax."},
            {"name": "gross", "kind": "money", "description": "Gross.", "acceptance": {"required": True}},
            {"name": "account", "kind": "identifier", "description": "Account.", "validators": ["iban"]},
            {"name": "note", "kind": "text", "description": "Note."},
            {"name": "names", "kind": "party", "description": "Names.", "many": True},
            {
                "name": "rows", "kind": "table", "description": "Rows.",
                "columns": [
                    {"name": "quantity", "kind": "number", "description": "Q."},
                    {"name": "price", "kind": "money", "description": "P."},
                    {"name": "total", "kind": "money", "description": "T."},
                ],
            },
        ],
        "checks": [
            {"kind": "sum", "total": "gross", "parts": ["net", "tax"]},
            {"kind": "rows_sum", "total": "net", "rows": "rows", "column": "total"},
            {"kind": "row_product", "rows": "rows", "factors": ["quantity", "price"], "product": "total"},
        ],
    }
)  # fmt: skip


def money(
    field: str, value: str, source: Source = "rules", score: float = 0.8, place: tuple[Evidence, ...] = PLACE
) -> Candidate:
    return Candidate(field, Kind.MONEY, source, Decimal(value), place, score)


def judged(document: ParsedDocument, candidates: Sequence[Candidate], accept: bool = True) -> Extraction:
    return assess(document, SCHEMA, candidates, accept_proved=accept, source_versions={"rules": "1"})


def test_two_sources_that_agree(laid_out: Maker) -> None:
    """Agreement raises the confidence above either source and is proof enough."""
    out = judged(laid_out([(0, 0, "x")]), [money("gross", "10.00"), money("gross", "10.0", "embedded", 0.97)])
    assert out.fields["gross"].decision == "accepted"
    assert (out.fields["gross"].confidence or 0) > 0.97


def test_a_second_choice_confirms_nobody(laid_out: Maker) -> None:
    """Rules that mean 10.00 and would also take 99.00 do not confirm a model that says 99.00: a person must look."""
    said = [money("gross", "10.00"), money("gross", "99.00", score=0.4), money("gross", "99.00", "llm", 0.9)]
    field = judged(laid_out([(0, 0, "x")]), said).fields["gross"]
    assert field.decision == "review"
    assert any("Another source reads 10.00" in reason for reason in field.reasons)
    assert not any("agree" in reason for reason in field.reasons)


def test_rows_that_a_source_says_are_missing_go_to_a_person(laid_out: Maker) -> None:
    """A model that counts three rows and gives one is not believed about the whole table, whatever the sums say."""
    row = CandidateRow({"total": money("total", "10.00", "llm")}, 1)
    table = Candidate("rows", Kind.TABLE, "llm", None, (), 0.9, {"rows": 1.0, "counted": 3.0}, (), (row,))
    out = judged(laid_out([(0, 0, "x")]), [table, money("net", "10.00"), money("net", "10.00", "embedded")])
    assert out.fields["rows"].decision == "review"
    whole = Candidate("rows", Kind.TABLE, "llm", None, (), 0.9, {"rows": 1.0, "counted": 1.0}, (), (row,))
    out = judged(laid_out([(0, 0, "x")]), [whole, money("net", "10.00"), money("net", "10.00", "embedded")])
    assert out.fields["rows"].decision == "accepted"


def test_a_doubtful_table_does_not_pass_with_its_cells(laid_out: Maker) -> None:
    """The only row fits the net total, but that it is the only one is hardly likely."""
    row = CandidateRow({"total": money("total", "10.00", "llm")}, 1)
    told = [money("net", "10.00"), money("net", "10.00", "embedded")]
    for score, decided in ((0.9, "accepted"), (0.05, "review")):
        table = Candidate("rows", Kind.TABLE, "llm", None, (), score, {"rows": 1.0, "counted": 1.0}, (), (row,))
        out = judged(laid_out([(0, 0, "x")]), [table, *told])
        assert out.rows["rows"][0].cells["total"].decision == "accepted"
        assert out.fields["rows"].decision == decided


def test_conflict_goes_to_a_person(laid_out: Maker) -> None:
    """Two sources that are sure of different values: the better is shown, the other offered, nothing is accepted."""
    out = judged(laid_out([(0, 0, "x")]), [money("gross", "10.00"), money("gross", "11.00", "embedded", 0.97)])
    field = out.fields["gross"]
    assert field.value == Decimal("11.00") and field.decision == "review"
    assert [other.value for other in field.alternatives] == [Decimal("10.00")]
    assert any("Another source" in reason for reason in field.reasons)


def test_an_embedded_invoice_leads_where_the_page_differs(laid_out: Maker) -> None:
    """What the e-invoice says is the answer, on the page or not; the page's value is offered, a person looks."""
    embedded = replace(money("gross", "121.00", "embedded", 0.97, ()), signals={"e_invoice": 1.0})
    extraction = judged(laid_out(), [money("gross", "119.00", score=0.9), embedded])
    gross = extraction.fields["gross"]
    assert gross.value == Decimal("121.00") and gross.source == "embedded" and gross.decision == "review"
    assert [other.value for other in gross.alternatives] == [Decimal("119.00")]
    assert [problem.check for problem in extraction.problems if "gross" in problem.fields][:1] == ["embedded_differs"]


def test_arithmetic_proves_or_blocks(laid_out: Maker) -> None:
    """Amounts that add up are accepted; amounts that do not are a problem of the record, with the figures."""
    document = laid_out([(0, 0, "x")])
    good = judged(document, [money("net", "10.00"), money("tax", "1.90"), money("gross", "11.90")])
    assert {good.fields[name].decision for name in ("net", "tax", "gross")} == {"accepted"}
    bad = judged(document, [money("net", "10.00"), money("tax", "1.90"), money("gross", "12.90")])
    assert {bad.fields[name].decision for name in ("net", "tax", "gross")} == {"review"}
    assert "1.00 apart" in bad.problems[0].message and bad.decision == "review"


def test_nothing_is_accepted_without_opting_in(laid_out: Maker) -> None:
    """Before thresholds are certified even proved values wait, unless the operator has said otherwise."""
    out = judged(
        laid_out([(0, 0, "x")]), [money("net", "10.00"), money("tax", "1.90"), money("gross", "11.90")], accept=False
    )
    assert {field.decision for field in out.fields.values()} == {"review"}


def test_a_second_reading_confirms_and_decides_nothing(laid_out: Maker) -> None:
    """Agreement raises the confidence, another value or silence lowers it; the value stays, the other is offered."""
    document, given = laid_out([(0, 0, "x")]), [money("gross", "10.00")]

    def again(*values: str) -> FieldResult:
        told = {"gross": [money("gross", value, "llm") for value in values]}
        out = assess(document, SCHEMA, given, accept_proved=True, source_versions={"rules": "1"}, second=told)
        return out.fields["gross"]

    alone = judged(document, given).fields["gross"].confidence or 0
    agrees, differs, silent = again("10.0"), again("12.00"), again()
    assert (agrees.confidence or 0) > alone > (silent.confidence or 1) > (differs.confidence or 1)
    assert {field.value for field in (agrees, differs, silent)} == {Decimal("10.00")}
    assert [other.value for other in differs.alternatives] == [Decimal("12.00")]
    assert agrees.signals["second_agrees"] and any("gives the same" in reason for reason in agrees.reasons)
    assert differs.signals["second_disagrees"] and any("12.00" in reason for reason in differs.reasons)
    assert agrees.decision == "review", "it is no second witness: it proves nothing"


def test_a_second_reading_of_a_list_agrees_only_as_a_whole(laid_out: Maker) -> None:
    """A list that another reader finds shorter or longer is contradicted."""
    document = laid_out([(0, 0, "x")])
    names = [Candidate("names", Kind.PARTY, "rules", name, PLACE, 0.9) for name in ("Acme Ltd", "Beta LLC")]
    for told, signal in ((names, "agrees"), (names[:1], "disagrees"), ([], "silent")):
        out = assess(
            document, SCHEMA, names, accept_proved=True, source_versions={"rules": "1"}, second={"names": told}
        )
        assert out.fields["names"].signals[f"second_{signal}"] == 1.0


@given(
    st.lists(
        st.tuples(st.sampled_from(["net", "gross"]), st.integers(0, 9), st.sampled_from(["rules", "embedded", "llm"]),
                  st.floats(0, 1), st.booleans()), max_size=8))  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_stored_signals_are_enough_to_score_again(
    laid_out: Maker, drawn: list[tuple[str, int, Source, float, bool]]
) -> None:
    """The confidence of every answer follows from its stored signals, kind and answer, and all of them are known."""
    candidates = [
        money(field, str(value), source, score, PLACE if seen else ()) for field, value, source, score, seen in drawn
    ]
    out = Extraction.model_validate_json(judged(laid_out([(0, 0, "x")]), candidates).model_dump_json())
    assert out.scorer == BUILT_IN.version
    for field in out.fields.values():
        assert field.signals.keys() <= SIGNALS.keys()
        assert all(SIGNALS[n].lowest <= value <= SIGNALS[n].highest for n, value in field.signals.items())
        assert BUILT_IN.probability(field.signals, field.kind, field.answer) == field.confidence


def account(number: str, score: float = 0.8, **signals: float) -> Candidate:
    return Candidate("account", Kind.IDENTIFIER, "rules", number, PLACE, score, signals)


RIGHT, ALSO_RIGHT, WRONG = "DE88200800000970375700", "GB82WEST12345698765432", "DE88200800000970375701"


def test_check_digits(laid_out: Maker) -> None:
    """Right check digits prove an account that a label names, wrong ones block it and say why."""
    document = laid_out([(0, 0, "x")])
    assert judged(document, [account(RIGHT, label=0.9)]).fields["account"].decision == "accepted"
    field = judged(document, [account(WRONG, label=0.9)]).fields["account"]
    assert field.decision == "review" and (field.confidence or 1) < 0.5


@pytest.mark.parametrize(
    "given",
    [
        [account(RIGHT)],
        [account(RIGHT, label=0.9), account(ALSO_RIGHT, 0.3)],
        [account(RIGHT, label=0.9), account(WRONG, 0.3, label=0.5)],
    ],
    ids=["no label", "another whose digits are right", "another with a label"],
)
def test_check_digits_do_not_tell_whose_a_number_is(laid_out: Maker, given: list[Candidate]) -> None:
    """The buyer's number has check digits too."""
    field = judged(laid_out([(0, 0, "x")]), given).fields["account"]
    assert field.value == RIGHT and field.decision == "review"


def test_what_else_makes_doubtful_is_not_proved(laid_out: Maker) -> None:
    """Digits and label are right, but rules were hardly sure of it."""
    field = judged(laid_out([(0, 0, "x")]), [account(RIGHT, 0.02, label=0.9)]).fields["account"]
    assert (field.confidence or 1) < NO_DOUBT and field.decision == "review"


@pytest.mark.parametrize(
    ("score", "printed", "decided"),
    [(0.4, "36.05 6.85 42.90", "review"), (0.1, "36.05 6.85 42.90", "accepted"), (0.4, "42.90 99.00", "accepted")],
    ids=["may be the total", "hardly the total", "no sum"],
)
def test_a_sum_proves_nothing_where_a_larger_one_may_be_the_total(
    laid_out: Maker, score: float, printed: str, decided: str
) -> None:
    """A table of tax by rate holds a sum in every row: 10.00 and 1.90 give 11.90 there, and 42.90 is the total."""
    of_rate = [money("net", "10.00"), money("tax", "1.90"), money("gross", "11.90")]
    smaller = money("gross", "10.00", score=0.7)
    document = laid_out([(0, 0, f"10.00 1.90 11.90 {printed}")])
    out = judged(document, [*of_rate, smaller, money("gross", "42.90", score=score)])
    assert {out.fields[name].decision for name in ("net", "tax", "gross")} == {decided}
    said = any("42.90 may be the total as well" in reason for reason in out.fields["net"].reasons)
    assert said is (decided == "review")


def test_nothing_added_to_an_amount_proves_neither(laid_out: Maker) -> None:
    """99.30 and 0.00 give 99.30, whatever 99.30 is."""
    out = judged(laid_out([(0, 0, "x")]), [money("net", "99.30"), money("tax", "0.00"), money("gross", "99.30")])
    assert {out.fields[name].decision for name in ("net", "tax", "gross")} == {"review"}
    assert not any("checks_passed" in out.fields[name].signals for name in ("net", "tax", "gross"))


def test_absent_fields(laid_out: Maker) -> None:
    """That rules find nothing proves nothing; a required field that is missing is a problem, and likelier a mistake."""
    out = judged(laid_out([(0, 0, "x")]), [])
    assert out.fields["note"].answer == "not_found" and out.fields["note"].decision == "review"
    assert out.fields["note"].confidence is not None and out.fields["gross"].confidence is not None
    assert out.fields["gross"].confidence < out.fields["note"].confidence
    assert out.fields["gross"].decision == "review"
    assert [problem.check for problem in out.problems] == ["required"]


def test_what_an_e_invoice_does_not_name_is_not_there(laid_out: Maker) -> None:
    """Only what is optional, and data of another sort, such as a filled form, say nothing of what they leave out."""
    document = laid_out([(0, 0, "x")])
    net = money("net", "10.00", "embedded")
    told = judged(document, [replace(net, signals={"e_invoice": 1.0})])
    assert (told.fields["note"].decision, told.fields["gross"].decision) == ("accepted", "review")
    assert judged(document, [net]).fields["note"].decision == "review"


def test_finding_blocks_everything(laid_out: Maker) -> None:
    """A document with a finding that needs a person has nothing accepted."""
    document = laid_out([(0, 0, "x")], findings=(Finding("repaired", "The file was repaired.", None, True),))
    out = judged(document, [money("net", "10.00"), money("tax", "1.90"), money("gross", "11.90")])
    assert {field.decision for field in out.fields.values()} == {"review"}
    assert any(problem.check == "finding" for problem in out.problems)


def test_lists_keep_what_is_sure(laid_out: Maker) -> None:
    """A field of many values lists those believed, each with its evidence, and offers the rest."""
    names = [
        Candidate("names", Kind.PARTY, "rules", name, PLACE, score)
        for name, score in (("Acme Ltd", 0.9), ("Beta LLC", 0.8), ("Maybe Inc", 0.3))
    ]
    field = judged(laid_out([(0, 0, "x")]), names).fields["names"]
    assert field.values == ("Acme Ltd", "Beta LLC") and len(field.evidence) == 2
    assert [other.value for other in field.alternatives] == ["Maybe Inc"]


def rows(*figures: tuple[str, str, str]) -> Candidate:
    made = []
    for quantity, price, total in figures:
        cells = {
            "quantity": Candidate("quantity", Kind.NUMBER, "rules", Decimal(quantity), PLACE, 0.8),
            "price": money("price", price),
            "total": money("total", total),
        }
        made.append(CandidateRow(cells, 1))
    return Candidate("rows", Kind.TABLE, "rules", None, score=0.85, rows=tuple(made))


def test_rows_are_proved_by_product_and_sum(laid_out: Maker) -> None:
    """Rows that multiply out and add up are accepted; a wrong row is named and stays with a person."""
    document = laid_out([(0, 0, "x")])
    good = judged(document, [rows(("2", "5.00", "10.00"), ("1", "3.00", "3.00")), money("net", "13.00")])
    assert good.fields["rows"].decision == "accepted"
    assert [row.number for row in good.rows["rows"]] == [1, 2]
    bad = judged(document, [rows(("2", "5.00", "10.00"), ("1", "3.00", "4.00")), money("net", "13.00")])
    assert bad.fields["rows"].decision == "review"
    assert bad.rows["rows"][1].cells["total"].decision == "review"
    assert any("row 2" in problem.message for problem in bad.problems)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["net", "tax", "gross"]),
            st.decimals(min_value=-100, max_value=1000, places=2),
            st.sampled_from(["rules", "embedded"]),
            st.floats(0, 1),
            st.booleans(),
        ),
        max_size=8,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_accepted_always_means_seen_and_confirmed(
    laid_out: Maker, drawn: list[tuple[str, Decimal, Source, float, bool]]
) -> None:
    """Whatever the sources say, what is accepted has evidence, no failed check, and a witness or a sum behind it."""
    candidates = [
        money(field, str(value), source, score, PLACE if seen else ()) for field, value, source, score, seen in drawn
    ]
    out = judged(laid_out([(0, 0, "x")]), candidates)
    blocked = {name for problem in out.problems for name in problem.fields}
    for name in ("net", "tax", "gross"):
        field = out.fields[name]
        assert field.confidence is None or 0 <= field.confidence <= 1
        if field.decision == "accepted" and field.answer == "found":
            assert field.evidence and name not in blocked
            assert any("agree" in reason or "matches" in reason for reason in field.reasons)


def test_round_trip(laid_out: Maker) -> None:
    """An extraction survives JSON with its types."""
    out = judged(laid_out([(0, 0, "x")]), [money("gross", "10.00"), rows(("1", "2.00", "2.00"))])
    again = Extraction.model_validate_json(out.model_dump_json())
    assert again == out and isinstance(again.fields["gross"].value, Decimal)
    typed: Value | None = again.rows["rows"][0].cells["total"].value
    assert typed == Decimal("2.00")


def test_of_many_values_every_one_must_stand_on_the_page(laid_out: Maker) -> None:
    """A list with one value that stands nowhere waits for a person, however well the others are proved."""
    names = [
        Candidate("names", Kind.PARTY, source, name, place, 0.9)
        for source in ("rules", "embedded")
        for name, place in (("Acme Ltd", PLACE), ("Ghost LLC", ()))
    ]
    field = judged(laid_out([(0, 0, "x")]), names).fields["names"]
    assert field.values == ("Acme Ltd", "Ghost LLC") and field.decision == "review"
    seen = judged(laid_out([(0, 0, "x")]), [name for name in names if name.evidence]).fields["names"]
    assert seen.decision == "accepted"


def test_one_sentence_says_what_speaks_for_a_value(laid_out: Maker) -> None:
    """Where it stands, what it fits and who read it: the first reason is for a person in a hurry."""
    said = [money("net", "10.00"), money("tax", "1.90"), money("gross", "11.90"), money("gross", "11.90", "llm", 0.7)]
    out = judged(laid_out([(0, 0, "x")]), said)
    assert out.fields["gross"].reasons[0] == "It stands on page 1, fits the sums; the model and the rules agree."
    assert out.fields["net"].reasons[0] == "It stands on page 1, fits the sums; only the rules read it."
    unseen = judged(laid_out([(0, 0, "x")]), [money("gross", "11.90", place=())]).fields["gross"]
    assert unseen.reasons[0] == "It stands nowhere on the pages; only the rules read it."
