"""Pages from picture files made on the spot."""

import io
import re

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from documents.image import parse_image
from documents.limits import Limits
from documents.parse import parse_bytes
from documents.sniff import JPEG, PNG, TIFF
from schemas.errors import Reason, Refusal

LINES = ("GREEN GROCER LTD", "Receipt 4711", "TOTAL 12.50", "Thank you for your visit")


def drawn(lines=LINES, mode="RGB", size=(1000, 700)):
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((80, 80 + 120 * number), line, fill="black", font=ImageFont.load_default(44))
    return image.convert(mode)


def saved(image, form, **arguments):
    stream = io.BytesIO()
    image.save(stream, form, **arguments)
    return stream.getvalue()


def texts(parts):
    return [[line.text for line in page.lines] for page in parts.pages]


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA"])
def test_png_in_any_colours(mode):
    """A PNG is read whatever its colours: true, grey, black and white, palette, with transparency."""
    parts = parse_image(saved(drawn(mode=mode), "PNG"), PNG, Limits())
    assert texts(parts) == [list(LINES)]
    assert (parts.pages[0].origin, parts.pages[0].rotation) == ("ocr", 0)


def test_clear_background_is_white():
    """Black letters on a transparent ground are read, not black on black."""
    clear = Image.merge("RGBA", [Image.new("L", (1000, 700), 0)] * 3 + [ImageChops.invert(drawn(mode="L"))])
    assert texts(parse_image(saved(clear, "PNG"), PNG, Limits())) == [list(LINES)]


def test_deep_grey():
    """A grey picture with 16 bits a pixel is read, not clipped to white."""
    deep = drawn(mode="L").convert("I").point(lambda value: value * 257).convert("I;16")
    assert texts(parse_image(saved(deep, "PNG"), PNG, Limits())) == [list(LINES)]


@pytest.mark.parametrize(("noted", "stored"), [(3, 180), (6, 90), (8, -90)])
def test_jpeg_turned_by_its_camera_note(noted, stored):
    """A photograph whose EXIF data say how it lies is turned by that, and no further."""
    exif = Image.Exif()
    exif[0x0112] = noted
    content = saved(drawn().rotate(stored, expand=True), "JPEG", quality=92, exif=exif)
    parts = parse_image(content, JPEG, Limits())
    assert texts(parts) == [list(LINES)]
    assert parts.pages[0].rotation == 0
    assert parts.pages[0].width > parts.pages[0].height


def test_picture_on_its_head():
    """A page scanned upside down is read, and its rotation says how to show it."""
    parts = parse_image(saved(drawn().rotate(180), "PNG"), PNG, Limits())
    assert texts(parts) == [list(LINES)]
    assert parts.pages[0].rotation == 180


def test_photographed_at_an_angle():
    """A page seen in perspective on a dark table, leaning, gives its lines, and the lean is a finding."""
    page = drawn(size=(1000, 700))
    table = Image.new("RGB", (1300, 1000), (90, 70, 60))
    table.paste(page, (150, 150))
    seen = table.rotate(-2.5, resample=Image.Resampling.BICUBIC, fillcolor=(90, 70, 60)).transform(
        (1300, 1000),
        Image.Transform.PERSPECTIVE,
        (1, 0.03, -20, 0.01, 1, -10, 0.00003, 0.00004),
        Image.Resampling.BICUBIC,
    )
    parts = parse_image(saved(seen, "JPEG", quality=80), JPEG, Limits())
    assert texts(parts) == [list(LINES)]
    (finding,) = parts.findings
    assert finding.code == "skewed"
    assert re.fullmatch(r"Page 1 leans by \d\.\d degrees clockwise; it was set straight\.", finding.message)


def test_tiff_with_several_pages():
    """Each page of a TIFF is a page, in black and white as fax machines make them and in printing colours."""
    pages = [drawn(("FIRST PAGE",), "1"), drawn(("SECOND PAGE",), "1")]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(200, 200))
    parts = parse_image(content, TIFF, Limits())
    assert texts(parts) == [["FIRST PAGE"], ["SECOND PAGE"]]
    assert [page.number for page in parts.pages] == [1, 2]
    assert {word.page for word in parts.pages[1].words} == {2}
    assert parts.pages[0].width == pytest.approx(360)
    assert texts(parse_image(saved(drawn(mode="CMYK"), "TIFF"), TIFF, Limits())) == [list(LINES)]


def test_amount_stands_in_the_row_of_its_label():
    """Far-apart words of one row become lines of their own at one height, so that a rule finds the amount."""
    image = drawn(())
    pen = ImageDraw.Draw(image)
    for number, (label, amount) in enumerate((("Milk", "1.20"), ("Bread", "3.40"), ("TOTAL", "4.60"))):
        pen.text((80, 80 + 110 * number), label, fill="black", font=ImageFont.load_default(44))
        pen.text((800, 80 + 110 * number), amount, fill="black", font=ImageFont.load_default(44))
    (page,) = parse_image(saved(image, "PNG"), PNG, Limits()).pages
    lines = {line.text: line.box for line in page.lines}
    assert set(lines) == {"Milk", "1.20", "Bread", "3.40", "TOTAL", "4.60"}
    assert abs(lines["TOTAL"].middle[1] - lines["4.60"].middle[1]) < 0.3 * lines["TOTAL"].height


@pytest.mark.parametrize(
    ("size", "dpi", "width"),
    [((1654, 2339), (200, 200), 595), ((2481, 3508), (96, 96), 595), ((600, 1400), None, 227), ((620, 877), None, 595)],
)
def test_page_size_in_points(size, dpi, width):
    """A believable resolution gives the size; else a page is A4 and a slim one a receipt of 80 millimetres."""
    arguments = {"dpi": dpi} if dpi else {}
    (page,) = parse_image(saved(drawn(("TOTAL 12.50",), size=size), "PNG", **arguments), PNG, Limits()).pages
    assert page.width == pytest.approx(width, abs=1.5)


def test_a_large_photograph_keeps_its_size_in_points():
    """A picture that is shrunk before reading gives boxes in points of the whole picture."""
    large = drawn().resize((5000, 3500), Image.Resampling.BICUBIC)
    for form, kind in (("PNG", PNG), ("JPEG", JPEG)):
        (page,) = parse_image(saved(large, form, dpi=(500, 500)), kind, Limits()).pages
        assert [line.text for line in page.lines] == list(LINES)
        assert (page.width, page.height) == pytest.approx((720, 504), rel=0.002)
        assert page.lines[0].box.x0 == pytest.approx(80 * 0.72, abs=5)


def test_a_very_long_receipt_is_read_to_its_end():
    """A slim strip of paper twenty times as long as wide is not shrunk until its letters vanish."""
    image = Image.new("RGB", (300, 6000), "white")
    pen = ImageDraw.Draw(image)
    for number in range(140):
        pen.text((20, 20 + number * 42), f"Item {number} {number}.50", fill="black", font=ImageFont.load_default(22))
    (page,) = parse_image(saved(image, "PNG"), PNG, Limits()).pages
    found = page.text.splitlines()
    assert found[0] == "Item 0 0.50"
    assert found[-1] == "Item 139 139.50"
    assert len(set(found) & {f"Item {number} {number}.50" for number in range(140)}) >= 135


def test_too_many_pixels_are_refused_before_decoding():
    """A small file that declares a huge picture is refused without being decoded; the process keeps its own limit."""
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(Refusal) as refused:
        parse_image(saved(Image.new("1", (9000, 9000)), "PNG"), PNG, Limits(pixels=1_000_000))
    assert refused.value.reason is Reason.TOO_LARGE
    assert before == Image.MAX_IMAGE_PIXELS


def test_too_many_pages_are_refused():
    """A TIFF with more pages than allowed is refused with that reason."""
    page = Image.new("1", (50, 50), 1)
    content = saved(page, "TIFF", save_all=True, append_images=[page] * 3)
    with pytest.raises(Refusal) as refused:
        parse_image(content, TIFF, Limits(pages=3))
    assert refused.value.reason is Reason.TOO_MANY_PAGES


def test_cut_short_picture_is_read_and_marked():
    """What is left of a picture that ends too early is read, but a person must look at it."""
    content = saved(drawn(size=(1000, 1600)), "JPEG", quality=90)
    parts = parse_image(content[: len(content) * 3 // 4], JPEG, Limits())
    assert texts(parts)[0][:2] == list(LINES[:2])
    assert [(finding.code, finding.needs_review) for finding in parts.findings] == [("repaired", True)]


def test_rubbish_behind_a_picture_header_is_refused():
    """A header without a picture behind it is a reason code, not a traceback."""
    with pytest.raises(Refusal) as refused:
        parse_image(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, PNG, Limits())
    assert refused.value.reason is Reason.BROKEN_STRUCTURE


def test_through_the_door():
    """The door knows a picture by its bytes, and calls a blank one what it is."""
    document = parse_bytes(saved(drawn(), "PNG"), "scan.pdf.png")
    assert document.media_type == PNG
    assert "TOTAL 12.50" in document.text
    with pytest.raises(Refusal) as refused:
        parse_bytes(saved(Image.new("L", (300, 300), 255), "PNG"), "blank.png")
    assert refused.value.reason is Reason.NO_TEXT
