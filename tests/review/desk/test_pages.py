"""The pages of the desk through HTTP: the shell, pictures, words and search."""

import re

import pytest
from desk_documents import new_document


@pytest.fixture
def document(store):
    return new_document(store, b"an invoice")


def test_the_desk_is_served_with_all_it_needs_from_our_own_server(signed_in, document):
    """The page names only addresses of its own server, and holds no script or style of its own."""
    answer = signed_in("viewer").get(f"/desk/{document.sha256}?queue=invoice")
    assert answer.status_code == 200
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    assert all(address.startswith(("/", "#")) and not address.startswith("//") for address in addresses)
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert re.findall(r"<script(?![^>]*src=)", answer.text) == []


def test_words_of_a_page_can_be_found(signed_in, store):
    """A search finds what stands on a page, over several words and whatever its capitals, and nothing else."""
    document = new_document(store, b"words", words=("Total", "due", "118.40"))
    client = signed_in("viewer")
    found = client.get(f"/pages/{document.sha256}/search.json", params={"q": "total DUE"}).json()["hits"]
    assert [hit["page"] for hit in found] == [1]
    assert len(found[0]["boxes"]) == 2
    assert client.get(f"/pages/{document.sha256}/search.json", params={"q": "nothing"}).json() == {"hits": []}
    words = client.get(f"/pages/{document.sha256}/1/words.json").json()["words"]
    assert [word[4] for word in words] == ["Total", "due", "118.40"]


def test_pictures_are_drawn_in_few_sizes_only(signed_in, document):
    """A size that nobody needs is refused, so that nobody can fill the disk with them."""
    assert signed_in("viewer").get(f"/pages/{document.sha256}/1.png?scale=111").status_code == 422
