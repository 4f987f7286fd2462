"""Pages as a telephone takes them: turned, folded, unevenly lit, noisy, soft or pale."""

from __future__ import annotations

import io
import random

import numpy
from PIL import Image, ImageFilter

from samples.generator.pictures import rendered

TROUBLES = ("noise", "turned", "folds", "pale")


def photograph(pdf: bytes, seed: str) -> bytes:
    """Return the first page as a JPEG with one trouble strongly and the others weakly; the seed decides which."""
    random_ = random.Random(f"photograph {seed}")
    noise = numpy.random.default_rng(random_.randrange(1 << 30))
    chief = random_.choice(TROUBLES)
    page = rendered(pdf, 170)[0]
    table = Image.new("L", (int(page.width * 1.1), int(page.height * 1.08)), 92)
    table.paste(page, ((table.width - page.width) // 2, (table.height - page.height) // 2))
    angle = random_.choice((-1, 1)) * random_.uniform(*((2.0, 5.0) if chief == "turned" else (0.1, 1.0)))
    turned = table.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=92)
    pixels = numpy.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), dtype=float)
    height, width = pixels.shape
    light = numpy.linspace(0.84, 1.0, width)[None, :] * numpy.linspace(1.0, 0.9, height)[:, None]
    if chief == "folds":
        light = light * _folds(random_, height, width)
    if chief == "pale":
        pixels = 215 - (255 - pixels) * 0.42
    pixels = pixels * light + noise.normal(0, 14 if chief == "noise" else 4, pixels.shape)
    out = io.BytesIO()
    Image.fromarray(numpy.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=76, dpi=(170, 170))
    return out.getvalue()


def _folds(random_: random.Random, height: int, width: int) -> numpy.ndarray:
    """Light that breaks at two folds of a letter and at one down the middle."""
    light = numpy.ones((height, width))
    for share in (1 / 3, 2 / 3):
        at = int(height * (share + random_.uniform(-0.02, 0.02)))
        light[at - 2 : at + 2, :] *= 0.72
        light[at:, :] *= random_.uniform(0.9, 0.97)
    at = int(width * random_.uniform(0.47, 0.53))
    light[:, at - 1 : at + 2] *= 0.8
    return light
