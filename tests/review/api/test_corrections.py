"""Corrections over REST: once for each key, on what was seen, by whom they may be made."""

import pytest


@pytest.fixture
def correct(with_token, document):
    client = with_token("see", "review")

    def send(**act):
        act = {"key": "first-key", "act": "set", "path": "gross_total", "value": "1300.00", **act}
        return client.post(f"/api/v1/documents/{document.sha256}/corrections", json=act)

    send.client = client
    return send


def test_correction_changes_the_record_and_says_who(store, document, correct):
    """A program's correction is in the record at once, under the name of its token."""
    assert correct(why="smudged").status_code == 200
    (act,) = correct.client.get(f"/api/v1/documents/{document.sha256}/corrections").json()
    assert (act["who"], act["old"], act["new"], act["why"]) == ("token:robot", "1250.00", "1300.00", "smudged")


def test_same_key_again_has_one_effect(store, document, correct):
    """A program that repeats a request for want of an answer changes nothing twice."""
    assert [correct().status_code for _ in range(3)] == [200, 200, 200]
    assert len(store.corrections(document.sha256)) == 1


def test_stale_correction_is_refused_and_overwrites_nothing(store, document, correct):
    """Who corrects what somebody else has changed since gets 409 with words, and the other value stays."""
    seen = 1
    assert correct(version=seen).status_code == 200
    refused = correct(key="other-key", value="9.99", version=seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert str(store.extraction(document.sha256).fields["gross_total"].value) == "1300.00"
    told = correct.client.get(f"/api/v1/documents/{document.sha256}/record").json()["field_versions"]
    assert correct(key="third-key", value="9.99", version=told["gross_total"]).status_code == 200


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ({"path": "no_such_field"}, 422),
        ({"value": "a lot"}, 422),
        ({"act": "undo"}, 422),
        ({"act": "explode"}, 422),
        ({"key": "x"}, 422),
        ({"colour": "red"}, 422),
        ({"act": "approve", "path": ""}, 403),
        ({"act": "reject", "path": ""}, 422),  # without saying why
    ],
)
def test_what_does_not_fit_is_refused_in_words(store, document, correct, act, code):
    """A correction that makes no sense changes nothing, and says what is wrong."""
    refused = correct(**act)
    assert (refused.status_code, set(refused.json())) == (code, {"code", "message", "hint"})
    assert store.corrections(document.sha256) == []
