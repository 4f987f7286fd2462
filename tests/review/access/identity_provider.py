"""A small identity provider on this machine that speaks the real protocol: OpenID Connect with code flow and PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "docassay", "the secret of the client"


class IdentityProvider:
    """Signs in whoever `claims` names, at once; `lies` changes what it says, to see that it is not believed."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.strange_key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.claims: dict[str, object] = {"sub": "u-17", "preferred_username": "Anna"}
        self.lies: dict[str, object] = {}
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[str] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if parts.path == "/.well-known/openid-configuration":
                    self.tell(provider.metadata())
                elif parts.path == "/keys":
                    self.tell({"keys": [provider.key.as_dict(private=False)]})
                elif parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorized(asked))
                    self.end_headers()
                else:
                    self.tell({}, 404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self.tell(*provider.token(form, self.headers.get("Authorization", "")))

            def tell(self, data: object, status: int = 200) -> None:
                content = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def metadata(self) -> dict[str, object]:
        """What a client looks up first."""
        issuer = self.lies.get("metadata_issuer", self.issuer)
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": issuer, **{name: f"{self.issuer}/{path}" for name, path in ends.items()}}

    def authorized(self, asked: dict[str, str]) -> str:
        """The address that the browser is sent back to; demands what the protocol demands."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert "openid" in asked["scope"].split() and asked["nonce"] and asked["state"]
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[dict[str, object], int]:
        """The tokens for a code: once, for this client, this address, and whoever began."""
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        if authorization != f"Basic {basic}":
            return {"error": "invalid_client"}, 401
        if asked is None or form["redirect_uri"] != asked["redirect_uri"] or challenge != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        self.seen.append(asked["nonce"])
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said = {name: value for name, value in {**said, **self.claims, **self.lies}.items() if value is not None}
        access = {"access_token": "access", "token_type": "Bearer", "expires_in": 300}
        return {**access, "id_token": self.signed(said)}, 200

    def signed(self, said: dict[str, object]) -> str:
        """The ID token."""
        if self.algorithm == "none":
            parts = ({"alg": "none"}, said)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."
        if self.algorithm == "HS256":  # signed with the public key as if it were a shared secret
            key = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256"}, said, key, algorithms=["HS256"])
        key = self.strange_key if self.lies.get("key") else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, said, key)
