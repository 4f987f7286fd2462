"""Every file of the collection that breaks parsers ends in text or in a reason, within its limits."""

import importlib.util
import resource
from pathlib import Path

import pytest

from documents.limits import Limits

ROOT = Path(__file__).parent.parent.parent


def benchmark():
    specification = importlib.util.spec_from_file_location("hostile_benchmark", ROOT / "benchmarks" / "hostile.py")
    module = importlib.util.module_from_spec(specification)
    import sys

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
