"""The short forms in which people write schemas, turned into the full definition.

Fields by name, words as a bare list (English), the acceptance policy beside the field's other keys, choices as a list.
Whatever is not understood stays as it is, so that the definition can say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.fields import Acceptance

POLICY = tuple(Acceptance.model_fields)


def full_schema(data: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the definition that a schema file's content stands for."""
    out = {"name" if key == "schema" else key: value for key, value in data.items()}
    if "headings" in out:
        out["headings"] = _by_language(out["headings"])
    out.setdefault("title", title_of(str(out.get("name", ""))))
    if isinstance(out.get("fields"), dict):
        out["fields"] = [full_field(name, field) for name, field in out["fields"].items()]
    return out


def full_field(name: Any, field: Any) -> Any:
    """Return the definition that the entry of one field stands for."""
    if not isinstance(field, dict):
        return field
    out = {key: value for key, value in field.items() if key not in POLICY}
    policy = {key: value for key, value in field.items() if key in POLICY}
    if policy:
        out["acceptance"] = policy
    if "labels" in out:
        out["labels"] = _by_language(out["labels"])
    if isinstance(out.get("columns"), dict):
        out["columns"] = [full_field(key, value) for key, value in out["columns"].items()]
    if isinstance(out.get("choices"), list):
        out["choices"] = {str(choice): (str(choice),) for choice in out["choices"]}
    out.setdefault("description", f"{title_of(str(name))}.")
    return {"name": name, **out}


def title_of(name: str) -> str:
    """Return a name as people would write it: purchase_order is "Purchase order"."""
    return name.replace("_", " ").capitalize()


def _by_language(words: Any) -> Any:
    return {"en": words} if isinstance(words, list | tuple) else words
