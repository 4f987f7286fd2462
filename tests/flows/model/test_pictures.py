"""Pages of scans go along as pictures when the settings say so, and are reckoned with in the budget."""

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from documents.jail import ParserPool
from documents.limits import Limits
from documents.page_pictures import LONGEST_SIDE, MOST_PAGES, PARSER
from extractors.llm.bounds import PICTURE_TOKENS, input_bound
from extractors.pipeline import Occasion
from flows.wiring import open_line
from store.responses import Responses

SAMPLES = Path(__file__).parents[3] / "samples" / "documents"


@pytest.mark.parametrize("name", ["receipt-01.jpg", "scan-01-no-text-layer-de.pdf", "scan-02-fax-en.tiff"])
def test_pages_are_drawn_in_a_child_and_bounded(name):
    """One JPEG for each page, upright, no larger than models take."""
    with ParserPool(Limits(), parser=PARSER) as pool:
        drawn = pool.parse((SAMPLES / name).read_bytes(), name).attachments
    assert 1 <= len(drawn) <= MOST_PAGES and drawn[0].name == "1"
    for page in drawn:
        image = Image.open(io.BytesIO(page.content))
        assert image.format == "JPEG" and max(image.size) <= LONGEST_SIDE


def test_text_has_no_pictures():
    """A file that is no picture gives none, and no error."""
    with ParserPool(Limits(), parser=PARSER) as pool:
        assert pool.parse(b"Just words", "a.txt").attachments == ()


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [True, False])
def test_a_photograph_goes_along_only_if_the_settings_say_so(simulator, settings_for, wanted):
    """The request holds the picture as the protocol has it; its tokens are bounded as a picture's, not its bytes'."""
    path = SAMPLES / "receipt-01.jpg"
    with open_line(settings_for(simulator, pictures=wanted)) as line:
        document = line.parser.parse(path.read_bytes(), path.name)
        line.extract(document, line.schemas["receipt"], Occasion(path.name, "test", path.read_bytes))
        (kept, *_) = Responses(line.store.database).of_document(document.sha256)
    parts = [part for message in json.loads(kept.request)["messages"] for part in message["content"]]
    urls = [part["image_url"]["url"] for part in parts if isinstance(part, dict) and part.get("type") == "image_url"]
    assert bool(urls) == wanted
    if wanted:
        (url,) = urls
        data = base64.b64decode(url.partition(";base64,")[2])
        assert Image.open(io.BytesIO(data)).format == "JPEG"
        bound = input_bound(kept.request)
        assert PICTURE_TOKENS < bound < PICTURE_TOKENS + len(kept.request) - len(url) + 2_000
