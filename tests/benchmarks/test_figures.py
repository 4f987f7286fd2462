"""What the benchmarks print is what happened: memory of a whole process tree, and growth told from linear."""

import sys

import pytest

from benchmarks.growth import late_to_early
from benchmarks.memory import run_and_watch
from benchmarks.speed import READERS, ROOT, Figures, median

GRANDCHILD = "import time; held = bytearray(80_000_000); time.sleep(1.5)"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GRANDCHILD!r}]); print('done')"


def test_memory_of_what_a_command_starts_is_counted() -> None:
    """Eighty megabytes in a grandchild are seen, with the output and the time of the command."""
    watched = run_and_watch([sys.executable, "-c", CHILD])
    assert watched.megabytes > 80
    assert watched.seconds > 1.4
    assert watched.output == "done\n"


def test_a_command_that_fails_is_an_error_with_its_words() -> None:
    """A benchmark never prints figures of a run that broke down."""
    with pytest.raises(RuntimeError, match="ended with 3: no luck"):
        run_and_watch([sys.executable, "-c", "import sys; sys.stderr.write('no luck'); sys.exit(3)"])


def test_growth_tells_linear_from_quadratic() -> None:
    """Documents that come evenly are linear, whatever came before; a cost that rises with their number is not."""
    assert late_to_early([1000 + 0.1 * n for n in range(501)]) == pytest.approx(1.0)
    assert late_to_early([0.001 * n * n for n in range(501)]) > 2


def test_median_is_the_middle_round() -> None:
    """One disturbed round does not count."""
    rounds = [Figures(10, 10, seconds, 0) for seconds in (1.0, 9.0, 2.0)]
    assert median(rounds).seconds == 2.0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pdfium", "pypdf", "line"])
def test_each_reader_reads_every_page(name: str) -> None:
    """The readers that are compared all read the same pages."""
    found = READERS[name]()
    assert found(ROOT / "samples" / "documents" / "invoice-15-120-rows-en.pdf") == 3
