import re

import pytest

from review.static_files import STATIC

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = ("/sign-in", "/sign-in?small=1", "/signed-in", "/account", "/nowhere")


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/health", "/api/v1/documents/ffff0000"])
def test_every_answer_is_guarded(signed_in, path):
    """No page of ours may be framed, run inline scripts, be read by another site or be kept by a cache."""
    headers = signed_in("admin").get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", PAGES)
def test_pages_bring_nothing_inline_and_nothing_from_elsewhere(signed_in, path):
    """A page holds no inline script, style or handler, and every file it names is one of ours."""
    text = signed_in("admin").get(path).text
    assert not re.search(r"<style|\sstyle=|<script(?![^>]* src=)|\son[a-z]+=|javascript:", text)
    for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
        assert address.startswith(("/", "#")) and not address.startswith("//")


def test_files_are_kept_by_browsers_for_good(nobody):
    """The address of a style sheet changes with its content, so that it never has to be asked for twice."""
    answer = nobody.get(STATIC.address("app.css"), headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert nobody.get("/static/0123456789abcdef/app.css").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""])
def test_strange_host_is_refused(nobody, host):
    """A name that somebody pointed at this machine does not get to read anything."""
    assert nobody.get("/api/v1/health", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8017", "localhost:8017", "[::1]:8017", "192.168.7.4"])
def test_own_hosts_are_answered(nobody, host):
    """This machine's own names and addresses are answered to."""
    assert nobody.get("/api/v1/health", headers={"host": host}).status_code == 200


def test_refusals_say_what_to_do(nobody, signed_in):
    """Pages say in words what went wrong; programs get code, message and hint."""
    assert nobody.get("/account").headers["location"] == "/sign-in?next=/account"
    refused = nobody.get("/api/v1/queue")
    assert (refused.status_code, set(refused.json())) == (401, {"code", "message", "hint"})
    assert "nothing at this address" in signed_in("viewer").get("/nowhere").text
    assert signed_in("viewer").get("/api/v1/nowhere").json()["code"] == "not_found"


def test_a_mistake_of_ours_shows_nothing_of_itself(context, signed_in, monkeypatch):
    """When the program fails, the person sees a number, and no word of what failed."""
    client = signed_in("viewer")
    monkeypatch.setattr(type(context.store), "counts", lambda *_: 1 / 0)
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()["code"]) == (500, "mistake")
    assert "division" not in answer.text
