"""What every command begins with: the flags that all of them have, and the settings that follow from them."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from flows.loading import LoadedSettings
    from flows.settings import Settings
    from schemas.schema import Schema
    from store.store import Store


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Flags of every command."""

    config: Annotated[Path | None, Parameter(help="Settings file; else docassay.toml here.")] = None
    data: Annotated[Path | None, Parameter(help="Data folder; else as the settings say.")] = None


NO_FLAGS = Common()

Password = Annotated[str | None, Parameter(env_var="DOCASSAY_PASSWORD", show_env_var=True)]


def loaded(common: Common, **flags: Any) -> LoadedSettings:
    """Return the settings with their origins; raises SettingsError."""
    from docassay.rooms import refuse_strangers
    from flows.loading import load_settings

    refuse_strangers()
    return load_settings(common.config, {"data_folder": common.data, **flags})


def settings_of(common: Common, **flags: Any) -> Settings:
    """Return the settings; raises SettingsError."""
    return loaded(common, **flags).settings


def stored(settings: Settings) -> Store:
    """Return the store of what was processed; raises SettingsError when nothing ever was."""
    from flows.wiring import open_store
    from schemas.errors import SettingsError

    if settings.database is None and not (settings.data_folder / "docassay.db").exists():
        raise SettingsError(
            f"There are no documents in {settings.data_folder} yet. Process some with: docassay run PATH, "
            "or name another folder with --data."
        )
    return open_store(settings)


def schema_called(settings: Settings, name: str) -> Schema:
    """Return a schema by its name; raises SchemaError with those that there are."""
    from flows.wiring import known_schemas
    from schemas.errors import SchemaError

    known = known_schemas(settings)
    if name not in known:
        raise SchemaError(f"There is no schema {name}.", f"There are: {', '.join(known)}.")
    return known[name]


def person() -> str:
    """Return who sits at this terminal, for the history of what people decided."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user table
        return "terminal"
