import pytest

from flows.desk import desk_address, first_link
from flows.settings import Settings
from flows.wiring import open_store
from store.people import Grant, People
from store.sessions import Sessions


@pytest.fixture
def settings(tmp_path):
    return Settings(data_folder=tmp_path)


@pytest.fixture
def store(settings):
    store = open_store(settings)
    yield store
    store.close()


def test_first_start_gives_one_link_and_no_password(settings, store):
    """The first start makes an admin who has no password, and a link that is theirs; a new start replaces it."""
    first, second = first_link(settings), first_link(settings)
    sessions = Sessions(store.database)
    assert first.startswith("http://127.0.0.1:8017/welcome/")
    assert sessions.link_of(first.rpartition("/")[2]) is None
    assert sessions.link_of(second.rpartition("/")[2]) == "admin"
    assert not People(store.database).account("admin").has_password


def test_no_link_once_an_admin_can_get_in(settings, store):
    """When the admin has a password, or people were added otherwise, no start prints a way in."""
    first_link(settings)
    People(store.database).set_password("admin", "hash", "test")
    assert first_link(settings) is None


def test_people_who_were_added_before_the_first_start_are_enough(settings, store):
    """Where somebody has added people in the terminal, no admin is made behind their back."""
    People(store.database).add("anna", [Grant("admin")], "test")
    assert first_link(settings) is None
    assert [account.name for account in People(store.database).accounts()] == ["anna"]


def test_service_is_on_this_machine_unless_told_otherwise(settings):
    """As built in, nobody but this machine reaches the desk, and the address says so."""
    assert settings.api.host == "127.0.0.1"
    assert desk_address(settings) == "http://127.0.0.1:8017"
