"""Pages as the desk shows them, with a real store and the real drawing child."""

import json
from pathlib import Path

import pytest
from PIL import Image

from documents.drawn_page import PARSER
from documents.jail import ParserPool
from documents.limits import Limits
from documents.parse import parse_bytes
from flows.wiring import draw_door
from review.pictures import Pictures
from schemas.errors import UnknownDocument
from store.page_index import PageIndex
from store.states import State
from store.store import Store

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


@pytest.fixture(scope="module")
def pool():
    with ParserPool(Limits(), parser=PARSER) as pool:
        yield pool


@pytest.fixture
def own_store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/d.db", tmp_path / "files")
    yield store
    store.close()


def kept(store: Store, name: str) -> str:
    """Put a sample into the store as the line does, up to what parsing gives."""
    content = (SAMPLES / name).read_bytes()
    sha256, _ = store.add_document(content, name, "test")
    (claim,) = store.claim("test", [State.RECEIVED])
    store.save_parsed(claim, parse_bytes(content, name), "v1")
    return sha256


@pytest.mark.parametrize("name", ["invoice-01-classic-en.pdf", "invoice-17-word-de.docx", "nda-07.txt"])
def test_every_kind_of_document_has_pictures_and_words(own_store, pool, name):
    """A page of any document is shown as a picture at each resolution, and its words are those of parsing."""
    import io

    sha256 = kept(own_store, name)
    pictures = Pictures(own_store, draw_door(pool))
    page = own_store.parsed(sha256).pages[0]
    for dots in (24, 110, 200):
        image = Image.open(io.BytesIO(pictures.picture(sha256, 1, dots).content))
        assert image.size == pytest.approx((page.width * dots / 72, page.height * dots / 72), abs=2)
    words = json.loads(pictures.index(sha256).words(1))["words"]
    assert [word[4] for word in words] == [word.text for word in page.words]


def test_a_page_is_drawn_once(own_store, pool):
    """The second look at a page comes from the store, also after a new start, and is the same to the byte."""
    sha256 = kept(own_store, "invoice-01-classic-en.pdf")
    first = Pictures(own_store, draw_door(pool)).picture(sha256, 1, 110)

    def never(*_):
        raise AssertionError("drawn again")

    assert Pictures(own_store, never).picture(sha256, 1, 110) == first


def test_what_is_not_there_is_refused(own_store, pool):
    """A page that the document does not have is unknown; resolutions that nobody needs are not drawn."""
    sha256 = kept(own_store, "invoice-01-classic-en.pdf")
    pictures = Pictures(own_store, draw_door(pool))
    with pytest.raises(UnknownDocument, match="no page 99"):
        pictures.picture(sha256, 99, 110)
    with pytest.raises(ValueError, match="24, 110, 200"):
        pictures.picture(sha256, 1, 5000)


def test_pages_are_packed_anew_when_their_index_is_lost_or_damaged(own_store, pool):
    """Losing what can be made again loses nothing."""
    sha256 = kept(own_store, "invoice-01-classic-en.pdf")
    before = Pictures(own_store, draw_door(pool)).index(sha256).words(1)
    (packed,) = Path(own_store.files.folder).rglob("*.pages.zip")
    packed.write_bytes(b"damaged")
    with pytest.raises(ValueError, match="damaged"):
        PageIndex(b"damaged")
    assert Pictures(own_store, draw_door(pool)).index(sha256).words(1) == before
    packed.unlink()
    assert Pictures(own_store, draw_door(pool)).index(sha256).words(1) == before
