import json
from pathlib import Path

import pytest

from flows.loading import load_settings
from schemas.errors import SettingsError


def write(folder: Path, text: str, name: str = "docassay.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_flag_beats_variable_beats_file_beats_built_in(tmp_path):
    """Each layer overrides the one before it, and the origin of every value is known."""
    write(tmp_path, "workers = 2\naccept_proved = true\n[api]\nport = 1\n")
    found = load_settings(
        flags={"workers": 4}, environment={"DOCASSAY_WORKERS": "3", "DOCASSAY_API__PORT": "9"}, folder=tmp_path
    )
    assert (found.settings.workers, found.settings.api.port, found.settings.accept_proved) == (4, 9, True)
    origins = {name: origin for name, _, origin in found.lines()}
    assert origins["workers"] == "--workers"
    assert origins["api.port"] == "DOCASSAY_API__PORT"
    assert origins["accept_proved"].endswith("docassay.toml")
    assert origins["sources"] == "built-in"


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("workrs = 2", "Did you mean workers?"),
        ("port = 2", "api.port"),
        ("[limits]\nmegabites = 3", "Did you mean limits.megabytes?"),
        ("[[inboxes]]\npth = 'a'", "Did you mean inboxes.path?"),
        ("[exports.office]\ntoo = 'a'", "Did you mean exports.to?"),
    ],
)
def test_unknown_key_is_an_error_with_a_guess(tmp_path, text, guess):
    """A misspelt setting is refused with the file and the nearest name, wherever it stands."""
    write(tmp_path, text)
    with pytest.raises(SettingsError, match=r"docassay\.toml") as error:
        load_settings(environment={}, folder=tmp_path)
    assert guess in str(error.value)


def test_unknown_variable_is_an_error_with_a_guess(tmp_path):
    """A misspelt variable is refused by its name."""
    with pytest.raises(SettingsError, match=r"DOCASSAY_WORKRS.*Did you mean workers"):
        load_settings(environment={"DOCASSAY_WORKRS": "2"}, folder=tmp_path)


def test_impossible_value_names_its_origin(tmp_path):
    """A value of the wrong kind is refused with the name of the setting and who said it."""
    with pytest.raises(SettingsError, match="DOCASSAY_WORKERS: workers"):
        load_settings(environment={"DOCASSAY_WORKERS": "many"}, folder=tmp_path)
    write(tmp_path, "[[schedules]]\nname='a'\ncron='often'\nretry=true")
    with pytest.raises(SettingsError, match="no cron expression"):
        load_settings(environment={}, folder=tmp_path)


def test_paths_of_a_file_count_from_its_folder(tmp_path, monkeypatch):
    """A service that starts elsewhere finds the same folders."""
    file = write(
        tmp_path, "schemas = ['s']\ndatabase = 'sqlite:///x.db'\n[[inboxes]]\npath = 'in'\n[exports.a]\nto = 'duckdb:o'"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    found = load_settings(file, environment={}).settings
    assert found.schemas == (str(tmp_path / "s"),)
    assert found.inboxes[0].path == tmp_path / "in"
    assert found.database_url == f"sqlite:///{tmp_path / 'x.db'}"
    assert found.exports["a"].to == f"duckdb:{tmp_path / 'o'}"
    assert found.data_folder == tmp_path / "docassay-data"


def test_truth_files_of_groups_count_from_the_folder_of_the_file(tmp_path):
    """Files inside groups are found from elsewhere too, one or a list; in a variable a list has commas."""
    file = write(tmp_path, "[confidence]\ncanaries = 'c.jsonl'\n[memory]\nevaluation = ['a.jsonl', 'b.jsonl']")
    found = load_settings(file, environment={}).settings
    assert found.confidence.canaries == tmp_path / "c.jsonl"
    assert found.memory.evaluation == (tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    found = load_settings(file, environment={"DOCASSAY_MEMORY__EVALUATION": "x.jsonl,y.jsonl"}).settings
    assert [path.name for path in found.memory.evaluation] == ["x.jsonl", "y.jsonl"]


def test_table_in_pyproject_is_read(tmp_path):
    """A project that has a pyproject.toml needs no second file."""
    write(tmp_path, "[tool.docassay]\nworkers = 5\n", "pyproject.toml")
    assert load_settings(environment={}, folder=tmp_path).settings.workers == 5


def test_passwords_are_never_shown(tmp_path):
    """What is shown of the settings holds no password, whichever way it came."""
    write(tmp_path, "[exports.a]\nto = 'postgresql://u:hidden2@h/d'")
    found = load_settings(environment={"DOCASSAY_DATABASE": "postgresql://u:hidden1@h/d"}, folder=tmp_path)
    shown = json.dumps(list(found.lines())) + repr(found.settings.database) + str(found.settings.database)
    assert "hidden" not in shown
    assert "postgresql://u:***@h/d" in shown
    assert found.settings.database_url == "postgresql://u:hidden1@h/d"


def test_lists_in_variables(tmp_path):
    """A list in a variable is JSON, or plain words with commas."""
    for text in ("embedded", '["embedded"]'):
        found = load_settings(environment={"DOCASSAY_SOURCES": text}, folder=tmp_path)
        assert found.settings.sources == ("embedded",)


def test_settings_do_not_change(tmp_path):
    """Settings are read once and stay as they are."""
    settings = load_settings(environment={}, folder=tmp_path).settings
    with pytest.raises(ValueError, match="frozen"):
        settings.workers = 3


def test_webhooks_have_a_sound_address_and_secret(tmp_path):
    """A receiver's secret may come from a variable and is never shown; a weak one or a strange address is refused."""
    write(tmp_path, "[webhooks.erp]\nurl = 'https://erp.example.org/hook'")
    variable = "DOCASSAY_WEBHOOKS__ERP__SECRET"
    secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    found = load_settings(environment={variable: secret}, folder=tmp_path)
    assert found.settings.webhooks["erp"].secret.get_secret_value() == secret
    assert secret not in json.dumps(list(found.lines())) + repr(found.settings)
    with pytest.raises(SettingsError, match="24 to 64 bytes"):
        load_settings(environment={variable: "whsec_c2hvcnQ="}, folder=tmp_path)
    for url in (
        "file:///etc/passwd",
        "erp.example.org/hook",
        "https://user:pass@erp.example.org",
        "http://[",
        "http:///x",
    ):
        write(tmp_path, f"[webhooks.erp]\nurl = '{url}'")
        with pytest.raises(SettingsError, match=r"webhooks\.erp\.url"):
            load_settings(environment={variable: secret}, folder=tmp_path)


def test_an_empty_grey_band_is_refused(tmp_path):
    """A second reading that no field could ever get is a mistake in the settings, and is named."""
    write(tmp_path, "[model]\nsecond_from = 0.9\nsecond_below = 0.6\n")
    with pytest.raises(SettingsError, match="second_from"):
        load_settings(environment={}, folder=tmp_path)
