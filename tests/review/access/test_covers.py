"""Pages show no bank data to people without the switch: not in the picture, not in the words, not to a search."""

import io
import json
from dataclasses import replace

import pytest
from PIL import Image

from documents.drawn_page import PARSER
from documents.jail import ParserPool
from documents.limits import Limits
from flows.wiring import draw_door
from review.access.bank_data import HIDDEN
from review.app import create_app
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult

IBAN, BIC = "DE89370400440532013000", "COBADEFFXXX"
OPEN = "Total due 118.40"
ROWS = (OPEN, "VAT DE123456789 IBAN DE89 3704 0044 0532 0130 00", f"Pay to {BIC} please", "Konto 4711 only")
ACCOUNT = Evidence(1, (Box(76, 110, 100, 122),), "4711")  # what was read as the account, with wrong check digits


def line(row, text):
    words, x = [], 40.0
    for each in text.split():
        width = 6.0 * len(each)
        words.append(Word(each, Box(x, 20 + 30 * row, x + width, 32 + 30 * row), 1))
        x += width + 6
    return Line(tuple(words), row)


def field(name, value, evidence=()):
    return FieldResult(
        name=name,
        kind=Kind.IDENTIFIER,
        answer="found",
        value=value,
        confidence=0.5,
        confidence_status="scorecard",
        source="rules",
        decision="review",
        evidence=evidence,
    )


@pytest.fixture(scope="module")
def pool():
    with ParserPool(Limits(), parser=PARSER) as pool:
        yield pool


@pytest.fixture
def context(context, pool):
    return replace(context, draw=draw_door(pool))


@pytest.fixture
def app(context):
    return create_app(context)


@pytest.fixture
def document(store):
    sha256, _ = store.add_document(b"Plain text, so that pages are drawn from their words.", "a.txt")
    (claim,) = store.claim("w")
    page = Page(1, 500, 200, tuple(line(row, text) for row, text in enumerate(ROWS)))
    claim = store.save_parsed(claim, ParsedDocument(sha256, "text/plain", (page,)), "p")
    schema = builtin_schemas()["invoice"]
    fields = {"iban": field("iban", "4711", (ACCOUNT,)), "invoice_number": field("invoice_number", "A-1")}
    record = Extraction(document=sha256, schema_name="invoice", schema_version=schema.version, fields=fields)
    store.decide(store.save_extraction(claim, record, "e", schema))
    return store.document(sha256)


def words(client, document):
    told = client.get(f"/pages/{document.sha256}/1/words.json").json()["words"]
    return [word[4] for word in told]


def picture(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("L")


def black(image, row, first, last):
    """Whether the words first..last of a row are nothing but black."""
    scale = image.width / 500
    boxes = [word.box for word in line(row, ROWS[row]).words[first : last + 1]]
    return all(image.crop([round(side * scale) for side in box]).getextrema() == (0, 0) for box in boxes)


def test_words_that_carry_bank_data_are_dots(document, signed_in):
    """An account after a number that looks like one, and what the hidden field was read from, are dots; the rest is
    as it stands."""
    hidden = words(signed_in("admin"), document)
    account = [HIDDEN] * 6
    assert hidden[:3] == OPEN.split()
    assert hidden[3:12] == ["VAT", "DE123456789", "IBAN", *account]
    assert hidden[12:] == ["Pay", "to", BIC, "please", "Konto", HIDDEN, "only"]
    assert words(signed_in("viewer", "bank_data:invoice"), document) == " ".join(ROWS).split()


@pytest.mark.parametrize("path", ["/pages/{}/1.png?scale=110", "/api/v1/documents/{}/pages/1.png"])
def test_pictures_are_painted_over_and_kept_apart(document, signed_in, path):
    """Without the switch accounts are black and all else is as before, whoever looked first; with it nothing is."""
    path = path.format(document.sha256)
    open_first = picture(signed_in("viewer", "bank_data", name="open"), path)
    covered = picture(signed_in("admin", name="closed"), path)
    assert black(covered, 1, 3, 8) and black(covered, 3, 1, 1)
    assert not black(open_first, 1, 3, 3) and not black(open_first, 3, 1, 1)
    top = (0, 0, covered.width, round(40 * covered.height / 200))
    assert covered.crop(top).tobytes() == open_first.crop(top).tobytes()
    assert picture(signed_in("viewer", "bank_data", name="open"), path).tobytes() == open_first.tobytes()


def test_browsers_do_not_show_one_person_what_they_kept_for_another(document, signed_in):
    """A picture has another tag with and without covers, is kept by session, and is asked for again where the record
    may change what is covered."""
    path = f"/pages/{document.sha256}/1.png"
    seen, closed = (signed_in(*roles, name=roles[0]).get(path) for roles in (("viewer", "bank_data"), ("admin",)))
    assert seen.headers["etag"] != closed.headers["etag"]
    assert seen.headers["vary"] == closed.headers["vary"] == "Cookie"
    assert "immutable" in seen.headers["cache-control"] and "no-cache" in closed.headers["cache-control"]
    again = signed_in("admin", name="admin").get(path, headers={"if-none-match": closed.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("asked", ["DE89", "3704 0044", "4711", "Konto 4711", "IBAN DE89", HIDDEN])
def test_search_tells_nothing_of_what_is_covered(document, signed_in, asked):
    """Whoever may not see an account cannot find out about it by searching; with the switch it is found."""
    address = f"/pages/{document.sha256}/search.json"
    assert signed_in("admin").get(address, params={"q": asked}).json() == {"hits": []}
    assert signed_in("admin").get(address, params={"q": "total due"}).json()["hits"]
    found = signed_in("viewer", "bank_data", name="open").get(address, params={"q": asked}).json()["hits"]
    assert bool(found) is (asked != HIDDEN)


def test_what_a_hidden_field_said_once_stays_covered(document, desk, signed_in, store):
    """Another value, or "not on the document", uncovers nothing; what the field says now is covered wherever it is."""
    desk.set_value(document, "iban", "GB29NWBK60161331926819", f"not {BIC}")
    desk.set_value(store.document(document.sha256), "iban", None, "there is none")
    told = words(signed_in("admin"), document)
    assert "4711" not in told and told.count(HIDDEN) == 7


def test_the_desk_shows_no_account_in_other_fields(document, desk, signed_in):
    """Values, quotes and titles of the desk hide an account that another field repeats, and dots are no value."""
    desk.set_value(document, "invoice_number", f"A {IBAN}", "")
    client = signed_in("reviewer")
    told = client.get(f"/desk/api/documents/{document.sha256}").json()
    (number,) = [field for field in told["fields"] if field["path"] == "invoice_number"]
    assert number["value"] == f"A {HIDDEN}"
    assert IBAN not in json.dumps(told)
    body = {"key": "key-00001", "act": "set", "path": "invoice_number", "value": f"A {HIDDEN}", "version": None}
    refused = client.post(f"/desk/api/documents/{document.sha256}/acts", json=body)
    assert refused.status_code == 422 and "hidden from you" in refused.json()["message"]
