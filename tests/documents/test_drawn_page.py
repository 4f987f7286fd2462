"""Tests of pages drawn for the review desk, in the real child."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from documents.drawn_page import PARSER
from documents.jail import ParserPool
from documents.limits import Limits
from documents.parse import parse_bytes
from schemas.errors import Reason, Refusal

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


@pytest.fixture(scope="module")
def pool():
    with ParserPool(Limits(), parser=PARSER) as pool:
        yield pool


def shape_of(page):
    names = ("number", "width", "height", "rotation", "lean", "origin")
    return {name: getattr(page, name) for name in names}


def ink_in(image: Image.Image, box, scale: float) -> float:
    """Share of the pixels in a box of points that are darker than most of the page is."""
    grey = image.convert("L")
    paper = sorted(grey.tobytes())[grey.width * grey.height // 2]
    pixels = grey.crop([round(side * scale) for side in box]).tobytes()
    return sum(pixel < paper - 50 for pixel in pixels) / max(1, len(pixels))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invoice-01-classic-en.pdf", "image/png"),
        pytest.param("scan-02-fax-en.tiff", "image/jpeg", marks=pytest.mark.slow),
        pytest.param("receipt-02.jpg", "image/jpeg", marks=pytest.mark.slow),  # leans by 2.7 degrees
    ],
)
def test_boxes_of_words_lie_on_the_ink_of_the_drawn_page(pool, name, kind):
    """A page is drawn as parsing laid it straight: the boxes of its long words hold ink."""
    content = (SAMPLES / name).read_bytes()
    page = parse_bytes(content, name).pages[0]
    (drawn,) = pool.parse(content, name, page=shape_of(page), dots=110).attachments
    assert drawn.media_type == kind
    image = Image.open(io.BytesIO(drawn.content))
    scale = 110 / 72
    assert image.size == pytest.approx((page.width * scale, page.height * scale), abs=2)
    words = [word for word in page.words if word.visible and len(word.text) >= 5 and word.size < 14]
    assert words
    inked = [ink_in(image, word.box, scale) > 0.05 for word in words]
    assert sum(inked) >= 0.95 * len(words)


def test_a_document_without_pictures_is_drawn_from_its_words(pool):
    """Office files are refused as pictures, and drawn with ink in each word's box when their words are given."""
    name = "invoice-17-word-de.docx"
    content = (SAMPLES / name).read_bytes()
    page = parse_bytes(content, name).pages[0]
    with pytest.raises(Refusal) as refused:
        pool.parse(content, name, page=shape_of(page), dots=110)
    assert refused.value.reason is Reason.NOT_SUPPORTED
    words = [[*word.box, word.text] for word in page.words]
    (drawn,) = pool.parse(b"", name, page=shape_of(page), dots=110, words=words).attachments
    image = Image.open(io.BytesIO(drawn.content))
    assert all(ink_in(image, word.box, 110 / 72) > 0 for word in page.words)


def test_the_picture_never_has_more_pixels_than_allowed():
    """A page of two metres at 200 dots an inch is drawn with fewer dots, within the limit."""
    page = {"number": 1, "width": 6000.0, "height": 6000.0, "rotation": 0, "lean": 0.0, "origin": "text"}
    with ParserPool(Limits(pixels=1_000_000), parser=PARSER) as pool:
        (drawn,) = pool.parse(b"", "", page=page, dots=200, words=[[10, 10, 90, 40, "wide"]]).attachments
    assert drawn.sha256 == hashlib.sha256(drawn.content).hexdigest()
    width, height = Image.open(io.BytesIO(drawn.content)).size
    assert width * height <= 1_000_000 * 1.01
