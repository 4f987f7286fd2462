"""What one document may cost: bytes, pages, seconds, memory, pixels. Checked at birth, handed down as a value."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one document; every one is a positive number.

    Raises:
        ValueError: names the limit that is not positive.
    """

    megabytes: int = 100  # of the file itself, millions of bytes
    pages: int = 500  # of one document
    seconds: float = 30.0  # wall clock for a document, reading pictures not counted
    seconds_per_picture: float = 60.0  # wall clock on top for each page that is read from a picture
    memory_megabytes: int = 1024  # resident memory of the child
    picture_memory_megabytes: int = 2048  # the same for a child that reads pictures
    pixels: int = 50_000_000  # of one picture, refused before it is decoded or drawn
    attachment_megabytes: int = 50  # of all attachments of a document together, decoded
    characters_per_page: int = 1_000_000  # a page with more is cut, which is a finding

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not value > 0:
                raise ValueError(f"Limit {each.name} must be a positive number, not {value!r}.")
