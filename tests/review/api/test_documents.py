import hashlib

import pytest

from schemas.document import ParsedDocument
from schemas.errors import Reason, Refusal
from store.states import State


@pytest.fixture
def client(with_token):
    return with_token("see", "operate", "see_bank_data")


def test_upload_is_stored_before_it_is_answered(client, store):
    """When the answer comes, the document is in the store and the sender may forget it."""
    answer = client.post("/api/v1/documents", params={"name": "a.pdf", "schema": "invoice"}, content=b"bytes")
    sha256 = hashlib.sha256(b"bytes").hexdigest()
    assert (answer.status_code, answer.json()["document"], answer.json()["new"]) == (202, sha256, True)
    assert store.content(sha256) == b"bytes"
    state = client.get(answer.json()["state_url"]).json()
    assert (state["state"], state["name"]) == ("received", "a.pdf")


def test_same_upload_again_is_the_same_document(client, store):
    """A sender who repeats an upload gets the same document and makes no second one."""
    for new in (True, False):
        answer = client.post("/api/v1/documents", params={"name": "a.pdf"}, content=b"bytes")
        assert answer.json()["new"] is new
    assert store.counts() == {State.RECEIVED: 1}


@pytest.mark.parametrize(
    ("params", "content", "code"),
    [
        ({"name": "a"}, b"", 422),
        ({"name": "a"}, b"x" * 1_000_001, 413),
        ({}, b"x", 422),
        ({"name": "a", "schema": "invoyce"}, b"x", 422),
        ({"name": "a" * 300}, b"x", 422),
    ],
)
def test_wrong_uploads_are_refused(client, store, params, content, code):
    """An upload without a name or body, too large, or of an unknown kind is refused and leaves nothing behind."""
    assert client.post("/api/v1/documents", params=params, content=content).status_code == code
    assert store.counts() == {}


def test_record_comes_with_its_proof(client, document):
    """The record of a document has evidence and reasons with each value."""
    body = client.get(f"/api/v1/documents/{document.sha256}/record").json()
    total = body["extraction"]["fields"]["gross_total"]
    assert (total["value"], total["evidence"][0]["page"]) == ("1250.00", 2)


def test_queue_lists_what_waits(client, document):
    """The queue names documents and fields."""
    (one,) = client.get("/api/v1/queue").json()["documents"]
    assert [field["field"] for field in one["fields"]] == ["issue_date", "line_items[1].quantity", "gross_total"]


def test_queue_has_the_order_of_the_desk(client, store, settled):
    """What is most worth a look comes first, whenever it came in, as at the desk; other orders can be asked for."""
    store.add_document(b"unclear", "unclear.pdf")
    (claim,) = store.claim("w")
    claim = store.save_parsed(claim, ParsedDocument(hashlib.sha256(b"unclear").hexdigest(), "text/plain", ()), "p")
    store.send_to_review(claim, Refusal(Reason.UNSURE_SCHEMA, "Its schema is not clear.", "Name it."))
    document = settled(store)
    desk = [each["document"] for each in client.get("/desk/api/queue").json()["documents"]]
    rest = [each["document"] for each in client.get("/api/v1/queue").json()["documents"]]
    assert rest == desk and len(rest) == 2
    paged, after = [], ""
    while after is not None:
        part = client.get("/api/v1/queue", params={"order": "oldest", "limit": 1, "after": after}).json()
        paged, after = [*paged, *part["documents"]], part["next"]
    oldest = [each["document"] for each in paged]
    assert (len(oldest), part["total"]) == (2, 2)
    assert (desk[0], oldest[-1]) == (document.sha256, document.sha256)


def test_document_is_read_again_once_for_each_key(client, store, document):
    """An operator lets a document be read again, with another schema if wanted; a repeated request does it once."""
    address = f"/api/v1/documents/{document.sha256}/retry"
    assert client.post(address, json={}).status_code == 422
    told = client.post(address, json={"key": "retry-0001", "schema": "contract"})
    assert (told.status_code, told.json()["state"]) == (200, "parsed"), told.text
    again = client.post(address, json={"key": "retry-0001", "schema": "contract"})
    assert (again.status_code, again.json()["version"]) == (200, told.json()["version"])
    assert store.document(document.sha256).schema_wanted == "contract"


def test_retry_needs_an_operator_of_the_queue_it_goes_to(document, with_token):
    """Nobody moves a document into a queue in which they do not operate."""
    client = with_token("see", "operate", queue="invoice")
    body = {"key": "retry-0001", "schema": "contract"}
    assert client.post(f"/api/v1/documents/{document.sha256}/retry", json=body).status_code == 403
    told = client.post(f"/api/v1/documents/{document.sha256}/retry", json={"key": "retry-0001"})
    assert (told.status_code, told.json()["state"]) == (200, "received")


def test_list_hides_accounts_in_names(store, with_token):
    """A name of a stranger that holds an account is masked in the list as in the answer about the one document."""
    sha256, _ = store.add_document(b"x", "DE89 3704 0044 0532 0130 00.pdf", schema_name="invoice")
    client = with_token("see")
    (listed,) = client.get("/api/v1/documents").json()["documents"]
    assert listed["name"] == client.get(f"/api/v1/documents/{sha256}").json()["name"] == "••••••.pdf"


def test_unknown_document_is_not_found(client):
    """A wrong id is answered with 404 and a sentence."""
    answer = client.get("/api/v1/documents/ffff0000")
    assert answer.status_code == 404
    assert "No document" in answer.json()["message"]


def test_health_counts_documents(client, document):
    """Health says that the database answers and how many documents are where."""
    assert client.get("/api/v1/health").json() == {"status": "ok", "documents": {"in_review": 1}}


def test_documents_are_listed_page_by_page(client, store):
    """A program reads all documents in pages, each once, and may ask for some states only."""
    for number in range(5):
        store.add_document(b"%d" % number, f"{number}.pdf")
    seen, after = [], None
    while True:
        params = {"limit": 2, **({"after": after} if after else {})}
        page = client.get("/api/v1/documents", params=params).json()
        seen += [each["document"] for each in page["documents"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert client.get("/api/v1/documents", params={"state": "accepted"}).json()["documents"] == []
    assert client.get("/api/v1/documents", params={"after": "yesterday"}).status_code == 422


def test_documents_of_other_queues_are_not_there(with_token, document, store):
    """Whoever works in one queue does not find, list or see waiting what is in another one."""
    store.add_document(b"unclear", "unclear.pdf")
    client = with_token("see", "operate", queue="contract")
    assert client.get("/api/v1/documents").json()["documents"] == []
    assert client.get("/api/v1/queue").json() == {"documents": [], "total": 0, "next": None}
    assert client.get(f"/api/v1/documents/{document.sha256[:8]}").status_code == 404
    assert client.post("/api/v1/documents", params={"name": "a", "schema": "invoice"}, content=b"x").status_code == 403
    assert client.post("/api/v1/documents", params={"name": "a"}, content=b"x").status_code == 403
    assert client.post("/api/v1/documents", params={"name": "a", "schema": "contract"}, content=b"x").status_code == 202


def test_values_evidence_and_history(client, document):
    """The bare values, the places they stand in, and the steps of a document are had each by itself."""
    base = f"/api/v1/documents/{document.sha256}"
    assert client.get(f"{base}/values").json()["gross_total"] == "1250.00"
    (place,) = [each for each in client.get(f"{base}/evidence").json() if each["path"] == "gross_total"]
    assert (place["page"], place["boxes"], place["quote"]) == (2, [[1, 2, 3, 4]], "1,250.00")
    assert [step["to"] for step in client.get(f"{base}/history").json()][-1] == "in_review"


def test_original_comes_back_as_a_file(client, store):
    """The original is stored by the browser under a harmless name, and never shown."""
    sha256, _ = store.add_document(b"<script>", '../"e\nvil".html')
    answer = client.get(f"/api/v1/documents/{sha256}/original")
    assert (answer.content, answer.headers["content-type"]) == (b"<script>", "application/octet-stream")
    plain = answer.headers["content-disposition"].partition(";")[2].partition("filename*")[0]
    assert "/" not in plain and "\n" not in plain and plain.count('"') == 2
    assert "sandbox" in answer.headers["content-security-policy"]


def test_interface_is_described(nobody):
    """OpenAPI names every route of the interface with the scope it needs."""
    told = nobody.get("/api/v1/openapi.json").json()
    assert told["paths"]["/api/v1/stop"]["post"]["security"] == [{"token": ["operate"]}]
    assert all(path.startswith("/api/v1/") for path in told["paths"])


def test_the_description_is_what_a_client_is_made_from(nobody):
    """Every request says what it takes and answers: bodies, and answers and refusals with their fields."""
    told = nobody.get("/api/v1/openapi.json").json()
    loose = []
    for path, methods in told["paths"].items():
        for method, each in methods.items():
            name = f"{method.upper()} {path}"
            answers = each["responses"]
            for code, answer in answers.items():
                (content,) = list(answer["content"].values())[:1]
                schema = content.get("schema", {})
                if code >= "400":
                    assert schema == {"$ref": "#/components/schemas/Told"}, (name, code)
                elif "$ref" not in schema.get("items", schema) and schema.get("format") != "binary":
                    loose.append(name)
            assert method == "get" or "requestBody" in each or path.endswith("/resend"), name
            assert "503" in answers, name
    assert "HTTPValidationError" not in told["components"]["schemas"]
    # What a record holds is told by its schema; the picture is no JSON; what the others hold stands in the manual.
    assert sorted(loose) == [
        "GET /api/v1/budget",
        "GET /api/v1/documents/{sha}/pages/{number}.png",
        "GET /api/v1/documents/{sha}/values",
        "POST /api/v1/documents/{sha}/alike",
    ]
