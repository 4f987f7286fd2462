"""Shell completion."""

from __future__ import annotations

from typing import Literal

from docassay.terminal import data, talk


def completion(*, shell: Literal["bash", "zsh", "fish"] | None = None, show: bool = False) -> None:
    """Install completion of commands and flags for your shell.

    Args:
        shell: bash, zsh or fish; the one that runs this command if left out.
        show: print the script instead of installing it.
    """
    from docassay.application import app

    if show:
        data(app.generate_completion(shell=shell))
        return
    path = app.install_completion(shell=shell)
    talk(f"Installed in {path}. It works in the next shell that you open.")
