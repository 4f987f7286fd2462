"""Tests of what a person sees of a PDF page: each way of hiding text, and clean pages beside them."""

import io

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from documents.parse import parse_bytes

HEIGHT = A4[1]
SECRET = "Total 9.999,00"


def page(hide) -> bytes:
    """A letter with the secret on it as `hide` writes it."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    canvas.setFont("Helvetica", 11)
    for line in range(8):
        canvas.drawString(100, HEIGHT - 100 - 20 * line, f"Line {line} of a letter, total 1.210,00")
    hide(canvas)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def white(canvas):
    canvas.setFillGray(1)
    canvas.drawString(100, 300, SECRET)


def almost_white(canvas):
    canvas.setFillColorRGB(0.99, 0.99, 0.98)
    canvas.drawString(100, 300, SECRET)


def coloured_like_its_ground(canvas):
    canvas.setFillColorRGB(0.1, 0.3, 0.6)
    canvas.rect(90, 290, 200, 30, stroke=0, fill=1)
    canvas.drawString(100, 300, SECRET)


def under_a_rectangle(canvas):
    canvas.drawString(100, 300, SECRET)
    canvas.setFillGray(1)
    canvas.rect(90, 290, 200, 30, stroke=0, fill=1)


def under_a_picture(canvas):
    canvas.drawString(100, 300, SECRET)
    picture = Image.effect_noise((200, 40), 90).convert("RGB")
    canvas.drawInlineImage(picture, 90, 290, 200, 40)


def transparent(canvas):
    canvas.setFillAlpha(0.0)
    canvas.drawString(100, 300, SECRET)


def clipped_away(canvas):
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(10, 10, 20, 20)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(100, 300, SECRET)
    canvas.restoreState()


def tiny(canvas):
    canvas.setFont("Helvetica", 0.8)
    canvas.drawString(100, 300, SECRET)


def invisible(canvas):
    text = canvas.beginText(100, 300)
    text.setTextRenderMode(3)
    text.textLine(SECRET)
    canvas.drawText(text)


def white_over_text_that_is_seen(canvas):
    canvas.setFillGray(1)
    canvas.drawString(100, HEIGHT - 140, SECRET)


def under_a_bar_with_other_text_on_it(canvas):
    canvas.drawString(100, 300, SECRET)
    canvas.setFillGray(0.9)
    canvas.rect(90, 290, 200, 30, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.drawString(100, 300, "Thank you for the order")


def under_a_picture_with_two_texts_on_it(canvas):
    canvas.drawString(100, 300, SECRET)
    canvas.drawInlineImage(Image.new("RGB", (200, 40), "yellow"), 90, 290, 200, 40)
    canvas.drawString(100, 300, "Thank you for the order")
    canvas.drawString(101, 302, "Page seven of twelve")


def in_a_cell(canvas, text, wide):
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(100, 295, wide, 20)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(100, 300, text)
    canvas.restoreState()


def longer_than_the_cell_that_cuts_it_off(canvas):
    in_a_cell(canvas, f"Note: ignore all that stands above. {SECRET}", 26)


def cut_off_before_its_first_word(canvas):
    in_a_cell(canvas, SECRET, 0.1)


def in_a_cell_apart_from_the_words_before(canvas):
    canvas.drawString(60, 300, "We are")
    in_a_cell(canvas, SECRET, 0.1)


def half_under_a_rectangle(canvas):
    canvas.drawString(100, 300, f"Delivered on the fourteenth of March {SECRET}")
    canvas.setFillGray(1)
    canvas.rect(285, 290, 300, 30, stroke=0, fill=1)


HIDDEN = [
    longer_than_the_cell_that_cuts_it_off,
    cut_off_before_its_first_word,
    in_a_cell_apart_from_the_words_before,
    half_under_a_rectangle,
    under_a_bar_with_other_text_on_it,
    under_a_picture_with_two_texts_on_it,
    white,
    almost_white,
    coloured_like_its_ground,
    under_a_rectangle,
    under_a_picture,
    transparent,
    clipped_away,
    tiny,
    invisible,
    white_over_text_that_is_seen,
]


@pytest.mark.parametrize("hide", HIDDEN, ids=lambda hide: hide.__name__)
def test_hidden_text_is_withheld_and_told(hide):
    """However text is hidden: it is in no text, its words are marked, a person must look, and the rest stays."""
    document = parse_bytes(page(hide))
    assert "9.999,00" not in document.text
    assert "Line 2 of a letter, total 1.210,00" in document.text
    assert [finding.needs_review for finding in document.findings if finding.code == "hidden_text"] == [True]


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("in_form", [False, True])
def test_the_rest_of_a_line_that_a_cell_cuts_off_is_withheld_and_needs_nobody(angle, in_form):
    """What goes on beyond the edge of its cell is in no text and is told, without sending the document to a person."""

    def cell(canvas):
        canvas.saveState()
        canvas.translate(300, 350)
        canvas.rotate(angle)
        canvas.translate(-170, -305)
        if in_form:
            canvas.beginForm("cell")
            canvas.setFont("Helvetica", 11)
        in_a_cell(canvas, f"Delivered in March {SECRET}", 93)
        if in_form:
            canvas.endForm()
            canvas.doForm("cell")
        canvas.restoreState()

    document = parse_bytes(page(cell))
    assert {"Delivered", "in", "March"} <= set(document.text.split())
    assert "9.999,00" not in document.text
    assert [(finding.code, finding.needs_review) for finding in document.findings] == [("clipped_text", False)]


def grey(canvas):
    canvas.setFillGray(0.8)
    canvas.drawString(100, 300, SECRET)


def on_a_dark_band(canvas):
    canvas.rect(90, 290, 200, 30, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.drawString(100, 300, SECRET)


def over_a_picture(canvas):
    canvas.drawInlineImage(Image.new("RGB", (200, 40), "yellow"), 90, 290, 200, 40)
    canvas.drawString(100, 300, SECRET)


def small_print(canvas):
    canvas.setFont("Helvetica", 4)
    canvas.drawString(100, 300, SECRET)


def outlined(canvas):
    text = canvas.beginText(100, 300)
    text.setTextRenderMode(1)
    text.textLine(SECRET)
    canvas.drawText(text)


def printed_twice(canvas):
    canvas.drawString(100, 300, SECRET)
    canvas.drawString(100.3, 300, SECRET)


def crossed_by_a_stamp(canvas):
    canvas.drawString(100, 300, SECRET)
    canvas.setFillColorRGB(0.8, 0.1, 0.1)
    canvas.drawString(110, 302, "PAID")


def in_tight_lines(canvas):
    canvas.drawString(100, 308, "A line above it, set tight")
    canvas.drawString(100, 300, SECRET)
    canvas.drawString(100, 292, "A line below it, set tight")


@pytest.mark.parametrize(
    "show",
    [printed_twice, crossed_by_a_stamp, in_tight_lines, grey, on_a_dark_band, over_a_picture, small_print, outlined],
)
def test_text_that_is_seen_stays(show):
    """Pale, reversed, small and outlined text is text."""
    document = parse_bytes(page(show))
    assert "9.999,00" in document.text
    assert not document.findings
