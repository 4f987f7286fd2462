"""Keys do not get into logs, whatever a line says around them."""

import logging

from hypothesis import given
from hypothesis import strategies as st

from extractors.llm.masks import MASK, masked

KEY = "sk-proj-abcDEF123456789"


@given(st.text(max_size=60), st.text(max_size=60), st.text("abcdefXYZ0189_-", min_size=6, max_size=40))
def test_a_known_secret_is_gone_from_any_line(before, after, secret):
    """Wherever it stands."""
    assert secret not in masked(f"{before} {secret} {after}", [secret]).replace(MASK, "")


def test_what_has_the_form_of_a_key_is_masked_unknown_as_it_is():
    """Providers' forms, bearer tokens, and keys in addresses."""
    line = f"{KEY} AIzaSyA1234567890abcdefghij Bearer xyz.secret ?api_key=hidden&x=1"
    clean = masked(line, [])
    for part in (KEY, "AIzaSy", "xyz.secret", "hidden"):
        assert part not in clean
    assert "x=1" in clean


def test_ordinary_lines_stay_as_they_are():
    """Numbers, names and short words are no keys."""
    line = "Document 3fa85f64 has cost $0.0123, 11 times what is usual"
    assert masked(line, ["abc"]) == line


def test_handlers_write_the_mask(caplog):
    """A message with a key in its arguments comes out masked, at any handler of the program's log."""
    from extractors.llm.masks import mask_logs

    root = logging.getLogger()
    filters = {handler: list(handler.filters) for handler in root.handlers}
    try:
        mask_logs([KEY])
        logging.getLogger("anything").warning("sent with %s", KEY)
        assert KEY not in caplog.text and MASK in caplog.text
    finally:
        for handler, kept in filters.items():
            handler.filters[:] = kept
        if logging.lastResort is not None:
            logging.lastResort.filters.clear()
