"""Our packages have plain names: make sure that each is ours, and not a folder or package of the same name."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from schemas.errors import SettingsError

ROOMS = ("docassay", "flows", "review", "evaluation", "exports", "extractors", "store", "documents", "schemas")


def rooms_apart() -> dict[str, str]:
    """Return the folder of each room that does not lie where this one does; empty when all come from one root."""
    root = Path(__file__).resolve().parent.parent
    return {room: str(place) for room in ROOMS if (place := _place(room)) != root}


def refuse_strangers() -> None:
    """Raise SettingsError when another package would be loaded in the place of one of ours."""
    apart = rooms_apart()
    if apart:
        wrong = ", ".join(f"{room} from {place}" for room, place in apart.items())
        raise SettingsError(
            f"Another package or folder has the name of a part of Docassay: {wrong}. Start from another folder, or use "
            "an environment of its own."
        )


def _place(room: str) -> Path | None:
    spec = find_spec(room)
    return Path(spec.origin).resolve().parent.parent if spec is not None and spec.origin else None
