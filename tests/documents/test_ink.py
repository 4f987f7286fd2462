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


HIDDEN = [
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
