"""The manual says what the program does: every command, setting and code has its entry, and examples run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docassay.catalog import COMMANDS, GROUPS
from docassay.exit_codes import ExitCode
from docs.links import problems
from docs.reason_texts import REASONS
from docs.reference_pages import commands, generated_pages, options, settings_of
from flows.settings import Settings
from schemas.checks import CHECK_KINDS
from schemas.errors import Reason
from schemas.fields import FieldDefinition, Kind
from schemas.reasons import SUMMARY, TEMPLATES
from schemas.validators import VALIDATORS

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
EXAMPLES = [*sorted((DOCS / "tutorial").glob("*.md")), *sorted((DOCS / "how-to").glob("*.md"))]
FENCE = re.compile(r"^( *)```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
NEVER_DOCUMENTED = {"--help", "--version", "--config", "--data"}  # said once, for all commands


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(generated_pages()))
def test_generated_pages_are_not_stale(name: str) -> None:
    """A page that is made from the code says what the code says now."""
    assert page(name) == generated_pages()[name], "run: make docs"


def test_every_command_and_flag_has_its_entry() -> None:
    """Each command stands under its group, with every argument and flag that it takes and what it means."""
    text = page("reference/command-line.md")
    for group in GROUPS:
        assert f"\n## {group}\n" in text
    named = [name for name, _, _ in commands()]
    assert {name.split()[0] for name in named} == {name for name, *_ in COMMANDS}
    for name, command, _ in commands():
        entry = text.split(f"\n### {name}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
        for argument in options(command):
            if argument.keys[:1] in (("config",), ("data",)):
                continue
            rows = [row for row in entry.splitlines() if row.startswith("| `") and f"{argument.names[0]}`" in row]
            rows += [row for row in entry.splitlines() if row.startswith(f"| `{argument.names[0].lstrip('-').upper()}")]
            assert rows, f"{name} {argument.names}"
            assert len(rows[0].split(" | ")[2].strip(" |")) > 5, f"{name} {argument.names} is not explained"


def test_every_setting_is_explained() -> None:
    """Each setting stands on its page, with a sentence that says what it does."""
    text = page("reference/settings.md")
    for setting in settings_of(Settings):
        assert setting.description, f"{setting.name} has no description"
        assert f"| `{setting.name.rpartition('.')[2]}` |" in text, setting.name


def test_every_reason_code_has_an_entry() -> None:
    """Each code has a heading of its own, and says what happened, why, and what to do."""
    text = page("reference/reason-codes.md")
    assert set(REASONS) == set(Reason)
    for reason in Reason:
        entry = text.split(f"\n## {reason.value}\n", 1)[1].split("\n## ", 1)[0]
        assert "**Why.**" in entry and "**What to do.**" in entry, reason


def test_every_reason_of_a_value_is_listed() -> None:
    """Each sentence that can stand beside a value stands on its page, and no two are the same."""
    lines = page("reference/reasons.md").splitlines()
    for each in TEMPLATES:
        assert each == SUMMARY or f"- {each.text.strip('; ,')}" in lines, each.text
    assert len({each.text for each in TEMPLATES}) == len(TEMPLATES)


def test_schema_file_names_every_key_kind_validator_and_check() -> None:
    """Whoever writes a schema file finds every word that may stand in it."""
    text = page("reference/schema-file.md")
    keys = [name for name in FieldDefinition.model_fields if name not in ("name", "acceptance")]
    for word in (*keys, *(kind.value for kind in Kind), *VALIDATORS):
        assert f"| `{word}` |" in text, word
    for kind in CHECK_KINDS:
        assert f"\n### {kind}\n" in text


def test_every_exit_code_has_its_row() -> None:
    """Each code that a command may end with stands in the table."""
    text = page("reference/exit-codes.md")
    for code in ExitCode:
        assert f"| {int(code)} | " in text


def test_commands_and_flags_that_pages_name_exist() -> None:
    """No page names a command or flag that the program does not have."""
    known = {name: {flag for each in options(command) for flag in each.names} for name, command, _ in commands()}
    groups = {name.split()[0] for name in known if " " in name}
    for path in (*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for said in re.findall(r"\bdocassay ([a-z][^\n`|&]*)", "\n".join(_code_of(path.read_text(encoding="utf-8")))):
            words = said.split("#")[0].split()
            name = " ".join(words[:2]) if words[0] in groups else words[0]
            assert name in known, f"{path.name}: docassay {said}"
            for flag in re.findall(r"(?<!\S)--[a-z-]+", said.split("#")[0]):
                assert flag in known[name] | NEVER_DOCUMENTED, f"{path.name}: docassay {said}"


def _code_of(text: str) -> list[str]:
    """Commands as they stand in code: lines that begin with one, and inline code that does."""
    blocks = [body for _, _, _, body in FENCE.findall(text)]
    lines = [re.sub(r"^\$ ", "", line.strip()) for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return [line for line in (*lines, *inline) if line.startswith("docassay ")]


def test_pages_name_no_machine() -> None:
    """The manual holds no path of the machine that it was written on."""
    for path in (*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"):
        assert not re.search(r"/(?:work|root|tmp|home)/", path.read_text(encoding="utf-8")), path


def test_manual_builds_without_a_broken_link(tmp_path: Path) -> None:
    """The site builds offline, every link and anchor leads somewhere, every page can be reached, nothing is fetched."""
    (tmp_path / "zensical.toml").write_text((ROOT / "zensical.toml").read_text())
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert problems(tmp_path / "site", DOCS) == []


def test_link_check_finds_what_is_broken(tmp_path: Path) -> None:
    """A dead link, a dead anchor, a page that nobody links to, a fetched script and an unbuilt page are each told."""
    site, documents = tmp_path / "site", tmp_path / "docs"
    for name, body in {
        "index.html": '<a href="there/#here">x</a><a href="gone/">x</a><a href="there/#nowhere">x</a>',
        "there/index.html": '<h1 id="here">x</h1><script src="https://cdn.example.org/x.js"></script>',
        "alone/index.html": "<p>x</p>",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(body)
    documents.mkdir()
    (documents / "index.md").write_text("# x")
    (documents / "unbuilt.md").write_text("# x")
    told = problems(site, documents)
    assert told == [
        "/: the link gone/ leads nowhere",
        "/: the link there/#nowhere names an anchor that is not there",
        "/there/: it would fetch https://cdn.example.org/x.js from the network",
        "/alone/: no page leads to it",
        "unbuilt.md: it was not built",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run(path: Path, tmp_path: Path) -> None:
    """The files and commands of a page, in the order in which they stand, work in an empty folder with the samples."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    kept = {name: said for name, said in os.environ.items() if not name.startswith(("DOCASSAY_", "PREFECT_"))}
    environment = {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for _, language, title, body in FENCE.findall(path.read_text(encoding="utf-8")):
        if title:
            (tmp_path / title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / title).write_text(body, encoding="utf-8")
        if language == "json" and title:
            assert all(json.loads(line) for line in body.splitlines())
        if language != "console":
            continue
        for command in re.findall(r"^ *\$ (.+)$", body, re.MULTILINE):
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
