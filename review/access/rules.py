"""Who may use which route: the whole table in one place, which a test holds against the gates and tries out.

A route that is new gets its line here. "open": everybody; a permission: whoever holds it in some queue, and where the
path has {sha}, in the queue of that document; "… everywhere": whoever holds it in all queues; "… with …": both are
needed, the second one where the document can hold bank data.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        # signing in and one's own account
        "GET /": "open",
        "GET /static/{version}/{name:path}": "open",
        "GET /sign-in": "open",
        "POST /sign-in": "open",
        "GET /sign-in/provider": "open",
        "GET /sign-in/back": "open",
        "GET /signed-in": "open",
        "GET /session": "open",
        "GET /welcome/{link}": "open",
        "POST /welcome/{link}": "open",
        "POST /theme": "open",
        "POST /sign-out": "see",
        "GET /account": "see",
        "POST /account/password": "see",
        "POST /account/sign-out-everywhere": "see",
        # looking after people and tokens
        "GET /people": "administer everywhere",
        "POST /people": "administer everywhere",
        "POST /people/{name}/roles": "administer everywhere",
        "POST /people/{name}/link": "administer everywhere",
        "POST /people/{name}/{change}": "administer everywhere",
        "POST /tokens": "administer everywhere",
        "POST /tokens/{name}/revoke": "administer everywhere",
        # the desk
        "GET /queue": "see",
        "POST /queue/next": "review",
        "POST /queue/bulk": "review",
        "POST /queue/undo": "review",
        "GET /fields/{schema}/{field}": "see",
        "POST /fields/{schema}/{field}": "review",
        "GET /desk/{sha}": "see",
        "GET /pages/{sha}/{number}.png": "see",
        "GET /pages/{sha}/{number}/words.json": "see",
        "GET /pages/{sha}/search.json": "see",
        # the REST interface
        "GET /api/v1/health": "open",
        "GET /api/v1/openapi.json": "open",
        "POST /api/v1/documents": "operate",
        "GET /api/v1/documents/{sha}": "see",
        "GET /api/v1/documents/{sha}/record": "see",
        "GET /api/v1/documents": "see",
        "GET /api/v1/documents/{sha}/values": "see",
        "GET /api/v1/documents/{sha}/evidence": "see",
        "GET /api/v1/documents/{sha}/history": "see",
        "GET /api/v1/documents/{sha}/pages/{number}.png": "see",
        "GET /api/v1/documents/{sha}/original": "see with see_bank_data",
        "GET /api/v1/documents/{sha}/corrections": "see",
        "POST /api/v1/documents/{sha}/corrections": "review",  # and approve for the acts of a second person
        "POST /api/v1/documents/{sha}/alike": "review",
        "POST /api/v1/documents/{sha}/retry": "operate",
        "GET /api/v1/queue": "see",
        "POST /api/v1/exports": "operate",
        "GET /api/v1/exports": "operate",
        "GET /api/v1/exports/{id}": "operate",
        "GET /api/v1/exports/{id}/files/{name:path}": "operate",
        "GET /api/v1/budget": "operate everywhere",
        "GET /api/v1/stop": "operate everywhere",
        "POST /api/v1/stop": "operate everywhere",
        "POST /api/v1/resume": "operate everywhere",
        "GET /api/v1/webhooks": "operate everywhere",
        "GET /api/v1/webhooks/messages": "operate everywhere",
        "POST /api/v1/webhooks/{name}/resend": "operate everywhere",
        # what the desk's script asks for
        "GET /desk/api/documents/{sha}": "see",
        "GET /desk/api/documents/{sha}/history": "see",
        "POST /desk/api/documents/{sha}/acts": "review",
        "POST /desk/api/documents/{sha}/alike": "review",
        "POST /desk/api/documents/{sha}/split": "review",
        "POST /desk/api/merge": "review",
        "POST /desk/api/documents/{sha}/claim": "review",
        "POST /desk/api/documents/{sha}/take-over": "review",
        "POST /desk/api/documents/{sha}/renew": "review",
        "POST /desk/api/documents/{sha}/release": "review",
        "GET /desk/api/documents/{sha}/draft": "review",
        "PUT /desk/api/documents/{sha}/draft": "review",
        "GET /desk/api/queue": "see",
        "POST /desk/api/claim-next": "review",
        "POST /desk/api/bulk": "review",
        "GET /desk/api/fields/{schema}/{field}": "see",
        # the dashboard
        "GET /dashboard": "see everywhere",
        "GET /dashboard/act": "operate everywhere",
        "POST /dashboard/act": "operate everywhere",
        "GET /metrics": "open",  # from this machine, else with a token that may see all queues
    }
)
