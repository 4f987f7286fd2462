"""The command line as cyclopts knows it; each command is loaded when it is called."""

from __future__ import annotations

from cyclopts import App, Group, Parameter

from docassay import __version__
from docassay.catalog import COMMANDS, EPILOGUE, GROUPS, TITLE

app = App(
    name="docassay",
    help=TITLE,
    help_epilogue=EPILOGUE,
    help_format="plaintext",  # rendering Markdown would cost a third of the time that help takes
    default_parameter=Parameter(negative=()),  # a flag that is not given is off
    suppress_keyboard_interrupt=False,  # docassay.edge says what Ctrl-C means
    version=__version__,
)
_groups = {name: Group(name, sort_key=place) for place, name in enumerate(GROUPS)}
for _name, _place, _group, _help in COMMANDS:
    app.command(_place, name=_name, group=_groups[_group], help=_help)
