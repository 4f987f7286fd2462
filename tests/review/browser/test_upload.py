"""Files are handed in on the queue page: dropped on it, or chosen with a button."""

from __future__ import annotations

import base64
from typing import Any

from desk_service import SAMPLES

DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0)), carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  for (const kind of ['dragover', 'drop']) {
    document.querySelector('main').dispatchEvent(
      new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
  }
}"""


def test_dropped_and_chosen_files_are_taken(sign_in):
    """A file dropped anywhere and a file chosen by button are kept and wait to be read, once each, of a chosen kind."""
    tab = sign_in("olga")
    page = tab.page
    page.goto(f"{tab.service.url}/queue")
    dropped, chosen = SAMPLES / "nda-03.pdf", SAMPLES / "invoice-03-strip-fr.pdf"
    page.evaluate(DROP, [dropped.name, base64.b64encode(dropped.read_bytes()).decode()])
    page.wait_for_selector(f"text={dropped.name}: taken")
    page.select_option("#upload [name=schema]", "invoice")
    page.set_input_files("#upload [name=files]", chosen)
    page.wait_for_selector(f"text={chosen.name}: taken")
    page.set_input_files("#upload [name=files]", dropped)
    page.wait_for_selector(f"text={dropped.name}: was here before")
    address = f"{tab.service.url}/api/v1/documents?state=received"
    found: dict[str, Any] = {each["name"]: each for each in tab.context.request.get(address).json()["documents"]}
    assert set(found) == {dropped.name, chosen.name}
    assert tab.context.request.get(address + "&schema=invoice").json()["documents"] == [found[chosen.name]]
    assert tab.mistakes == []


def test_a_file_outlives_its_session(sign_in):
    """A file that is dropped after the session ended is sent once somebody has signed in again."""
    tab = sign_in("olga")
    page = tab.page
    page.goto(f"{tab.service.url}/queue")
    tab.context.clear_cookies()
    file = SAMPLES / "nda-04.pdf"
    page.evaluate(DROP, [file.name, base64.b64encode(file.read_bytes()).decode()])
    tab.sign_in_again("olga")
    page.wait_for_selector(f"text={file.name}: taken")


def test_who_may_not_hand_in_sees_no_place_for_it(tab):
    """A reviewer, who may not upload, is offered nothing that would be refused."""
    tab.page.goto(f"{tab.service.url}/queue")
    assert tab.page.query_selector("#queue") is not None
    assert tab.page.query_selector("#upload") is None
