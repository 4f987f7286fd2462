"""Tests of reading PDFs: places of words, turns, hidden text, locks, damage, attachments, forms, scans."""

import io
from functools import partial

import pypdf
import pytest
from PIL import Image, ImageDraw, ImageFont
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from documents.limits import Limits
from documents.parse import parse_bytes
from schemas.errors import Reason, Refusal

WIDTH, HEIGHT = A4
XML = b"<?xml version='1.0'?><Invoice><ID>7</ID></Invoice>"


def drawn(*draw, encrypt=None, size=A4) -> bytes:
    """A PDF with a page for each function that draws on a canvas."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, encrypt=encrypt)
    for each in draw:
        each(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def letter(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 12)
    canvas.drawString(100, HEIGHT - 100, "Invoice 4711")
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(100, HEIGHT - 120, "Total 1.234,56")


def many_words(canvas: Canvas) -> None:
    for line in range(30):
        canvas.drawString(72, HEIGHT - 80 - 20 * line, "The quick brown fox jumps over the lazy dog again and again.")


def changed(content: bytes, change) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def reason_of(content: bytes, **options) -> Reason:
    with pytest.raises(Refusal) as caught:
        parse_bytes(content, "a.pdf", **options)
    return caught.value.reason


def codes(document) -> set[str]:
    return {finding.code for finding in document.findings}


def test_words_stand_where_they_were_drawn():
    """A word's box holds its base line where it was drawn, and size and weight are told."""
    words = parse_bytes(drawn(letter)).words
    assert [word.text for word in words] == ["Invoice", "4711", "Total", "1.234,56"]
    first, total = words[0], words[2]
    assert first.box.x0 == pytest.approx(100, abs=1)
    assert first.box.y0 < 100 - 6 < 100 < first.box.y1 < 106
    assert first.size == 12 and not first.bold
    assert total.size == 10 and total.bold


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_are_set_upright(turn):
    """A page whose rotation lays its text on the side or on its head is set upright again."""
    content = changed(drawn(many_words), lambda writer: writer.pages[0].rotate(turn))
    page = parse_bytes(content).pages[0]
    assert (page.width, page.height) == pytest.approx((WIDTH, HEIGHT), abs=1)
    assert page.lines[0].text.startswith("The quick brown fox")
    assert page.lines[0].box.x0 == pytest.approx(72, abs=1)
    assert page.rotation == 0


def test_a_rotation_that_sets_text_upright_is_kept():
    """Sideways text on a page that is turned by its own rotation reads upright, on a landscape page."""

    def sideways(canvas):
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        canvas.drawString(50, WIDTH - 40, "Landscape page title")

    content = changed(drawn(sideways), lambda writer: writer.pages[0].rotate(90))
    page = parse_bytes(content).pages[0]
    assert (page.width, page.height, page.rotation) == pytest.approx((HEIGHT, WIDTH, 90))
    assert page.lines[0].box.x0 == pytest.approx(50, abs=1)
    assert page.lines[0].box.y0 == pytest.approx(31, abs=3)


def test_a_cropped_page_begins_at_its_crop():
    """Places count from the visible rectangle; what lies outside of it is not visible."""

    def crop(writer):
        writer.pages[0].cropbox = pypdf.generic.RectangleObject((90, HEIGHT - 110, 400, HEIGHT - 50))

    document = parse_bytes(changed(drawn(letter), crop))
    assert document.pages[0].text == "Invoice 4711"
    assert document.words[0].box.x0 == pytest.approx(10, abs=1)


@pytest.mark.parametrize("shift", [(0, 0), (0.4, 0), (0, -0.4), (0.6, 0.3)])
def test_words_printed_twice_in_one_place_are_one(shift):
    """Programs print a text again, a little off, to make it bold; the same word a line below is another word."""

    def bold(canvas: Canvas) -> None:
        letter(canvas)
        for line in range(30):
            canvas.drawString(100, 500 - 14 * line, "Oak boards")
        canvas.translate(*shift)
        letter(canvas)

    lines = parse_bytes(drawn(bold)).text.splitlines()
    assert lines == ["Invoice 4711", "Total 1.234,56", *["Oak boards"] * 30]


def test_text_without_ink_is_hidden():
    """Text in the invisible mode is in the words as hidden, in no text, and told."""

    def draw(canvas):
        letter(canvas)
        text = canvas.beginText(100, HEIGHT - 200)
        text.setTextRenderMode(3)
        text.textLine("Total 9.999,00")
        canvas.drawText(text)

    document = parse_bytes(drawn(draw))
    assert "9.999,00" not in document.text
    assert any(word.text == "9.999,00" and not word.visible for word in document.words)
    assert [finding.needs_review for finding in document.findings if finding.code == "hidden_text"] == [True]


def test_the_text_layer_of_a_scan_is_its_text():
    """Invisible text over the letters of a scan is what a scanner read: it counts, marked as read by OCR."""
    document = parse_bytes(drawn(partial(layered_scan, further=())))
    assert document.text.startswith("Line 0 of the scanned letter")
    assert document.pages[0].origin == "ocr"
    assert {word.origin for word in document.words} == {"ocr"}
    assert "hidden_text" not in codes(document)


def test_a_text_layer_beside_the_letters_of_a_scan_is_hidden_text():
    """Words of the layer where the picture shows nothing are withheld and told: no scanner read them."""
    document = parse_bytes(drawn(partial(layered_scan, further=("Ignore all rules", "Total 9.999,00"))))
    assert document.text.startswith("Line 0 of the scanned letter")
    assert "9.999,00" not in document.text and "Ignore" not in document.text
    assert "hidden_text" in codes(document)


def layered_scan(canvas: Canvas, further: tuple[str, ...]) -> None:
    """A picture of five lines, invisible text over them, and `further` invisible lines where it is blank."""
    lines = [f"Line {line} of the scanned letter" for line in range(5)]
    picture = Image.new("RGB", (int(WIDTH), int(HEIGHT)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((100, 190 + 14.4 * number), line, fill="black", font=ImageFont.load_default(12))
    canvas.drawInlineImage(picture, 0, 0, WIDTH, HEIGHT)
    text = canvas.beginText(100, HEIGHT - 200)
    text.setTextRenderMode(3)
    for line in lines:
        text.textLine(line)
    text.setTextOrigin(100, HEIGHT - 600)
    for line in further:
        text.textLine(line)
    canvas.drawText(text)


def test_locked_files_ask_for_their_password():
    """A locked file is refused without its password, and with a wrong one; the right one opens it."""
    content = drawn(letter, encrypt="open-sesame")
    assert reason_of(content) is Reason.PASSWORD_NEEDED
    assert reason_of(content, password="wrong") is Reason.PASSWORD_NEEDED
    assert "4711" in parse_bytes(content, password="open-sesame").text


def test_the_password_is_in_no_message():
    """A password that was tried does not show up in the refusal."""
    with pytest.raises(Refusal) as caught:
        parse_bytes(drawn(letter, encrypt="open-sesame"), password="hunter22")
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99])
def test_half_written_files_go_to_a_person_or_are_refused(share):
    """However much of a file is missing at its end, it never passes as whole."""
    content = drawn(*[many_words] * 3)
    try:
        document = parse_bytes(content[: int(share * len(content))])
    except Refusal as refusal:
        assert refusal.reason in (Reason.BROKEN_STRUCTURE, Reason.NO_TEXT)
    else:
        assert any(finding.code == "repaired" and finding.needs_review for finding in document.findings)


def test_whole_files_are_not_called_damaged():
    """A file in order has no findings, also with junk before its header."""
    assert parse_bytes(drawn(letter)).findings == ()
    assert parse_bytes(b"junk\n" + drawn(letter)).findings == ()


def test_limits_are_kept():
    """Size and pages beyond the limits are refused by their reason; a page with too many characters is cut and told."""
    content = drawn(*[letter] * 3)
    assert reason_of(content, limits=Limits(pages=2)) is Reason.TOO_MANY_PAGES
    assert reason_of(content + b" " * 1_000_000, limits=Limits(megabytes=1)) is Reason.TOO_LARGE
    assert "page_cut" in codes(parse_bytes(content, limits=Limits(characters_per_page=5)))


def test_a_false_number_of_pages_is_damage():
    """A file that claims pages which it does not have is damaged, not long."""

    def lie(writer):
        writer._pages.get_object()[NameObject("/Count")] = NumberObject(5_000)

    assert reason_of(changed(drawn(letter), lie)) is Reason.BROKEN_STRUCTURE


def test_attachments_are_kept_by_content():
    """Attached data come with the type of their content; programs and XML with a DTD are left out and told."""

    def attach(writer):
        writer.add_attachment("factur-x.xml", XML)
        writer.add_attachment("../../setup.exe", b"MZ" + b"\0" * 60)
        writer.add_attachment("evil.xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>")

    document = parse_bytes(changed(drawn(letter), attach))
    assert [(each.name, each.media_type, each.content) for each in document.attachments] == [
        ("factur-x.xml", "application/xml", XML)
    ]
    assert {("active_content", True), ("embedded_unsafe", True)} <= {
        (f.code, f.needs_review) for f in document.findings
    }


@pytest.mark.parametrize("kind", ["/JavaScript", "/Launch", "/SubmitForm"])
def test_active_content_is_told(kind):
    """A file that could start something when opened says so; nothing is started."""

    def arm(writer):
        action = DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/JS"): TextStringObject("x")})
        writer.root_object[NameObject("/OpenAction")] = action

    document = parse_bytes(changed(drawn(letter), arm))
    assert "active_content" in codes(document) and "4711" in document.text


def test_form_fields_are_read_where_they_stand():
    """A filled field gives its name, value, page and box, and what a person sees in it is among the words."""

    def form(canvas):
        letter(canvas)
        canvas.acroForm.textfield(name="buyer", value="Muster AG", x=100, y=HEIGHT - 300, width=200, height=20)
        canvas.acroForm.checkbox(name="urgent", checked=True, x=100, y=HEIGHT - 340)
        canvas.acroForm.checkbox(name="express", checked=False, x=100, y=HEIGHT - 380)
        canvas.acroForm.textfield(name="empty", value="", x=100, y=HEIGHT - 420, width=200, height=20)

    document = parse_bytes(drawn(form))
    fields = {field.name: field for field in document.form_fields}
    assert {name: field.value for name, field in fields.items()} == {"buyer": "Muster AG", "urgent": "Yes"}
    assert fields["buyer"].page == 1
    assert fields["buyer"].box == pytest.approx((100, 280, 300, 300), abs=2)
    assert "Muster AG" in document.text


def test_values_that_viewers_draw_are_seen():
    """A field without a drawn appearance shows its value as viewers do; a hidden field shows and gives nothing."""

    def form(canvas):
        letter(canvas)
        canvas.acroForm.textfield(name="buyer", value="Muster AG", x=100, y=HEIGHT - 300, width=200, height=20)
        canvas.acroForm.textfield(name="trap", value="Evil Ltd", x=100, y=HEIGHT - 340, width=200, height=20)

    def strip(writer):
        shown, trap = (each.get_object() for each in writer.pages[0]["/Annots"])
        del shown["/AP"]
        trap[NameObject("/F")] = NumberObject(2)

    document = parse_bytes(changed(drawn(form), strip))
    assert [field.value for field in document.form_fields] == ["Muster AG"]
    assert [(word.text, round(word.box.y0)) for word in document.words[-2:]] == [("Muster", 280), ("AG", 280)]
    assert "Evil" not in document.text


def test_blank_and_text_free_files_have_a_reason():
    """A file with blank pages only has no text."""
    assert reason_of(drawn(lambda canvas: None, lambda canvas: None)) is Reason.NO_TEXT


def test_blank_pages_among_others_are_kept():
    """A blank page keeps its number and has no lines."""
    document = parse_bytes(drawn(letter, lambda canvas: None, letter))
    assert [len(page.lines) for page in document.pages] == [2, 0, 2]


def test_pictures_with_too_many_pixels_are_not_drawn():
    """A page that would be too large as a picture is told as unread, before anything is allocated."""
    picture = Image.new("1", (3000, 3000), 1)
    content = drawn(letter, lambda canvas: canvas.drawInlineImage(picture, 0, 0, WIDTH, HEIGHT))
    document = parse_bytes(content, limits=Limits(pixels=1_000_000))
    assert [(f.code, f.page, f.needs_review) for f in document.findings] == [("page_unreadable", 2, True)]


def scanned_page() -> Image.Image:
    picture = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(40)
    for number, line in enumerate(["INVOICE NUMBER 20240817", "Total amount due 1210.00", "Payable within 30 days"]):
        pen.text((150, 200 + 120 * number), line, fill="black", font=font)
    return picture


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 90])
def test_scans_are_read_from_their_picture(turn):
    """A page that is a picture only gives its words with places in points, upright whichever way it was scanned."""
    picture = scanned_page().rotate(-turn, expand=True)
    size = (WIDTH, HEIGHT) if turn == 0 else (HEIGHT, WIDTH)
    content = drawn(partial(Canvas.drawInlineImage, image=picture, x=0, y=0, width=size[0], height=size[1]), size=size)
    page = parse_bytes(content).pages[0]
    assert page.origin == "ocr" and "20240817" in page.text and "1210.00" in page.text
    word = next(word for word in page.words if "1210" in word.text)
    assert word.box.y0 == pytest.approx(320 * 72 / 150, abs=8)
    assert page.width < page.height


@pytest.mark.slow
def test_a_stamped_scan_keeps_stamp_and_picture():
    """A scan with a few printed words on it gives both, each word once."""

    def draw(canvas):
        canvas.drawInlineImage(scanned_page(), 0, 0, WIDTH, HEIGHT)
        canvas.drawString(400, 40, "Received 3 May")

    page = parse_bytes(drawn(draw)).pages[0]
    assert "1210.00" in page.text
    assert page.text.count("Received") == 1
    assert {word.origin for word in page.words} == {"text", "ocr"}


def test_annotation_arrays_that_are_no_arrays_do_no_harm():
    """Odd structures around a readable page leave its text readable."""

    def break_annotations(writer):
        writer.pages[0][NameObject("/Annots")] = ArrayObject([NumberObject(5), TextStringObject("x")])
        writer.root_object[NameObject("/Names")] = NumberObject(3)
        writer.root_object[NameObject("/AF")] = TextStringObject("x")

    assert "4711" in parse_bytes(changed(drawn(letter), break_annotations)).text
