"""Every file of the collection that breaks parsers ends in text or in a reason, within its limits."""

import importlib.util
import random
import resource
import sys
from pathlib import Path

import pytest

from documents.jail import ParserPool
from documents.limits import Limits
from schemas.errors import Reason, Refusal

ROOT = Path(__file__).parent.parent.parent


def benchmark():
    specification = importlib.util.spec_from_file_location("hostile_benchmark", ROOT / "benchmarks" / "hostile.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def outcomes(shared_data):
    hostile = benchmark()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = list(hostile.outcomes(shared_data / "hostile-pdfs", Limits()))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return found, grown


@pytest.mark.slow
def test_no_file_breaks_the_service(outcomes):
    """All files of the manifest have an outcome, and none of them is an error of the service."""
    found, _ = outcomes
    assert len(found) == 374
    assert [each.file for each in found if each.reason == "crash"] == []


@pytest.mark.slow
def test_no_file_takes_longer_than_its_limit(outcomes):
    """The wall clock of each file stays within the seconds allowed."""
    assert [each.file for each in outcomes[0] if each.over_limit] == []


@pytest.mark.slow
def test_the_service_stays_small(outcomes):
    """What the children go through does not make the service grow by more than 100 megabytes."""
    assert outcomes[1] < 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "expected",
    [
        "text",
        "clear error",
        "clear error: password needed",
        "clear reason: no text (OCR or review)",
        "text, or clear error",
        "text equal to truth, or clear error",
        "text; flag active content",
        "text; attachment ignored",
        "DTD refused with a clear reason; file content never in a record",
    ],
)
def test_outcomes_are_those_expected(outcomes, expected):
    """Files end as the manifest says: text where text can be had, the right kind of reason elsewhere."""
    of_kind = [each for each in outcomes[0] if each.expected.startswith(expected)]
    assert of_kind
    assert [(each.file, each.reason, each.findings) for each in of_kind if not each.as_expected] == []


@pytest.mark.slow
def test_half_written_files_never_pass_as_whole(outcomes):
    """A truncated file is refused, or its text goes to a person."""
    truncated = [each for each in outcomes[0] if each.file.startswith("truncated_")]
    assert len(truncated) == 4
    assert all(each.reason != "text" or each.needs_review for each in truncated)


@pytest.mark.slow
def test_reasons_are_sentences(outcomes):
    """A refusal names the file and shows no trace of a program."""
    refused = [each for each in outcomes[0] if each.reason not in ("text", "crash")]
    assert all(each.file.split(".")[0] in each.text and "Traceback" not in each.text for each in refused)


def doubling(levels: int) -> bytes:
    """A small PDF whose one word is drawn by a form that draws a form twice, and so on: 2 to the power of levels."""
    resources = b"/Resources<</Font<</A 5 0 R>>/XObject<</F %d 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R" + resources % 6 + b">>",
        b"<</Length 5>>stream\n/F Do\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for level in range(levels):
        drawn = b"/F Do /F Do" if level < levels - 1 else b"BT /A 12 Tf 10 10 Td (hello) Tj ET"
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]" + resources % (7 + level)
        objects.append(head + b"/Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(places)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + table + trailer


@pytest.mark.slow
def test_a_file_that_multiplies_itself_ends_at_its_limit():
    """Four kilobytes that unfold to gigabytes cost their document, and the next one is read."""
    with ParserPool(Limits(memory_megabytes=400)) as pool:
        with pytest.raises(Refusal) as caught:
            pool.parse(doubling(24), "doubling.pdf")
        assert caught.value.reason in (Reason.TOO_MUCH_MEMORY, Reason.TOO_SLOW)
        assert pool.parse(doubling(2), "small.pdf").text == "hello"


def mutant(content: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed, cut out, repeated or replaced by odd numbers."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 50))):
        place = chance.randrange(len(changed))
        kind = chance.randrange(4)
        if kind == 0:
            changed[place] = chance.randrange(256)
        elif kind == 1:
            del changed[place : place + min(40, len(changed) // 10)]
        elif kind == 2:
            changed[place:place] = changed[chance.randrange(len(changed)) :][:200]
        else:
            changed[place : place + 4] = str(chance.choice((-1, 0, 999_999_999, 2**31))).encode()
    return bytes(changed)


@pytest.mark.slow
def test_mutants_end_in_text_or_a_reason(shared_data):
    """Files that nobody has seen, made by damaging known ones, end as those do."""
    chance = random.Random(20261120)
    files = sorted(path for path in (shared_data / "hostile-pdfs").rglob("*.pdf") if 500 < path.stat().st_size < 60_000)
    with ParserPool(Limits()) as pool:
        for _ in range(200):
            content = mutant(chance.choice(files).read_bytes(), chance)
            try:
                assert pool.parse(content, "mutant.pdf").text
            except Refusal as refusal:
                assert "mutant.pdf" in refusal.message and refusal.remedy
