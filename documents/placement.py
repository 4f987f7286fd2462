"""From coordinates stored in a PDF page to the page as seen: points, origin top left, turned upright."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from schemas.document import Box

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def after(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that applies `first` and then `then` (PDF row-vector order)."""
    a, b, c, d, e, f = first
    ta, tb, tc, td, te, tf = then
    return (
        a * ta + b * tc,
        a * tb + b * td,
        c * ta + d * tc,
        c * tb + d * td,
        e * ta + f * tc + te,
        e * tb + f * td + tf,
    )


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return the point (x, y) moved by `matrix`."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


@dataclass(frozen=True)
class Placement:
    """The visible rectangle of a page in stored coordinates and the clockwise quarter turns that set it upright."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int  # 0, 90, 180 or 270 degrees clockwise

    @property
    def width(self) -> float:
        """Points, as seen."""
        return self.right - self.left if self.rotation % 180 == 0 else self.top - self.bottom

    @property
    def height(self) -> float:
        """Points, as seen."""
        return self.top - self.bottom if self.rotation % 180 == 0 else self.right - self.left

    @cached_property
    def matrix(self) -> Matrix:
        """Stored point to seen point."""
        if self.rotation == 90:
            return (0.0, 1.0, 1.0, 0.0, -self.bottom, -self.left)
        if self.rotation == 180:
            return (-1.0, 0.0, 0.0, 1.0, self.right, -self.bottom)
        if self.rotation == 270:
            return (0.0, -1.0, -1.0, 0.0, self.top, self.right)
        return (1.0, 0.0, 0.0, -1.0, -self.left, self.top)

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return the stored rectangle as a person sees it."""
        if self.rotation == 0:
            return Box(left - self.left, self.top - top, right - self.left, self.top - bottom)
        x0, y0 = moved(self.matrix, left, bottom)
        x1, y1 = moved(self.matrix, right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
