"""Words read from pictures drawn on the spot and from hand-checked receipts."""

import csv
import logging
import socket
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from documents.lines import lines_of
from documents.ocr import read_picture, read_turned

LINES = (
    "HARDWARE AND PAINT SHOP LTD",
    "Invoice number: 2024-0815",
    "Date: 15/03/2024",
    "Paint brush, large 12.50",
    "TOTAL EUR 1,234.56",
)


def drawn(lines=LINES, size=34, margin=60):
    font = ImageFont.load_default(size)
    image = Image.new("RGB", (900, margin * 2 + len(lines) * size * 2), "white")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((margin, margin + number * size * 2), line, fill="black", font=font)
    return image


def read(image, **changes):
    reading = read_turned(image, points_per_pixel=1.0, page=1)
    return reading, [line.text for line in lines_of(reading.words)]


def test_reads_printed_lines():
    """Every drawn line comes back word for word, in order, with the page's number and origin on each word."""
    reading, lines = read(drawn())
    assert lines == list(LINES)
    assert (reading.turn, reading.skew) == (0, 0.0)
    assert {(word.page, word.origin) for word in reading.words} == {(1, "ocr")}
    assert all(0 < word.ocr_confidence <= 1 for word in reading.words)


def test_boxes_stand_where_the_words_were_drawn():
    """The box of each word covers what was drawn there, to within a letter's width."""
    image, font = drawn(), ImageFont.load_default(34)
    words = {word.text: word.box for word in read_picture(image, points_per_pixel=0.5, page=3)}
    start = 60 + font.getlength("TOTAL EUR ")
    box = words["1,234.56"]
    assert abs(box.x0 - start / 2) < 8
    assert abs(box.x1 - (start + font.getlength("1,234.56")) / 2) < 8
    assert abs(box.middle[1] - (60 + 4 * 68 + 20) / 2) < 6


def test_words_of_a_line_do_not_overlap():
    """Boxes of neighbouring words share no strip, so that rules can tell left from right."""
    for line in lines_of(read_picture(drawn(), points_per_pixel=1, page=1)):
        for left, right in zip(line.words, line.words[1:], strict=False):
            assert left.box.x1 <= right.box.x0 + 0.01


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_pictures_standing_any_way_up(turned):
    """A picture turned clockwise is read as if upright, and the reading says by how much to turn it back."""
    reading, lines = read(drawn().rotate(-turned, expand=True))
    assert lines == list(LINES)
    assert reading.turn == (360 - turned) % 360
    assert (reading.width, reading.height) == drawn().size


def test_leaning_text_is_set_level():
    """A picture that leans by three degrees gives level lines, and the lean is told."""
    reading, lines = read(drawn().rotate(-3, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC))
    assert lines == list(LINES)
    assert 2 < reading.skew < 4
    assert all(line.box.height < 45 for line in lines_of(reading.words))


def test_small_pictures_are_read():
    """Letters eleven pixels high are enlarged before reading."""
    image = drawn()
    _, lines = read(image.resize((image.width * 2 // 5, image.height * 2 // 5), Image.Resampling.LANCZOS))
    assert lines == list(LINES)


def test_label_and_value_without_a_blank_are_two_words():
    """A colon without a blank after it still parts the label from its value; times and addresses stay whole."""
    _, lines = read(drawn(("Phone:0307-2614733", "Time: 12:49:30")))
    assert lines == ["Phone: 0307-2614733", "Time: 12:49:30"]


def test_empty_picture_gives_no_words():
    """A blank sheet is no error here; the door decides what no text means."""
    assert read_picture(Image.new("RGB", (400, 300), "white"), points_per_pixel=1, page=1) == ()


def test_offline_and_silent(monkeypatch, capfd):
    """No connection is tried and nothing is printed or logged while the engine is built and used."""

    def refuse(*_arguments, **_named):
        raise AssertionError("a connection was tried")

    from documents import ocr

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    ocr._engine.cache_clear()
    assert read_picture(drawn(), points_per_pixel=1, page=1)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("RapidOCR").level == logging.CRITICAL


@pytest.mark.slow
def test_receipts_are_read_as_well_as_measured(shared_data: Path):
    """On six hand-checked receipts the letters agree by more than 92 of 100 on average, and by 80 on the worst."""
    folder = shared_data / "receipts"
    found = []
    for path in sorted((folder / "documents").glob("*.jpg"))[3::20]:
        words = read_picture(Image.open(path), points_per_pixel=1, page=1)
        rows = csv_lines(folder / "ocr" / f"{path.stem}.csv")
        found.append(
            Levenshtein.normalized_similarity(
                in_rows(rows), in_rows([(w.box[1], w.box[3], w.box[0], w.text) for w in words])
            )
        )
    assert sum(found) / len(found) > 0.92
    assert min(found) > 0.80


def csv_lines(path):
    rows = []
    with path.open(newline="", errors="replace") as file:
        for row in csv.reader(file, quoting=csv.QUOTE_NONE):
            corners = [float(value) for value in row[:8]]
            rows.append((min(corners[1::2]), max(corners[1::2]), min(corners[0::2]), ",".join(row[8:])))
    return rows


def in_rows(items):
    """Letters and digits in the order of rows from the top and places from the left."""
    rows: list[list[tuple[float, float, float, str]]] = []
    for item in sorted(items, key=lambda item: item[0] + item[1]):
        top, bottom = rows[-1][0][:2] if rows else (0.0, 0.0)
        if rows and (item[0] + item[1]) / 2 < bottom - 0.35 * (bottom - top):
            rows[-1].append(item)
        else:
            rows.append([item])
    text = "".join(text for row in rows for *_, text in sorted(row, key=lambda item: item[2]))
    return "".join(text.upper().split())
