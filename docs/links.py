"""Whether every link and anchor inside the built site leads somewhere, and every page can be reached from the first."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

BASE = "/"


class _Page(HTMLParser):
    """The links, anchors and loaded addresses of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value is not None}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel", "").split()[0] in ("stylesheet", "icon", "preload", "preconnect"):
            self.loads.append(given.get("href", ""))
        elif "src" in given:
            self.loads.append(given["src"])


def problems(site: Path, documents: Path) -> list[str]:
    """Return in words what is wrong with the built site.

    Args:
        site: the folder that was built.
        documents: the folder with the Markdown files that it was built from.
    """
    pages = {_address(site, path): _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    pages = {address: page for address, page in pages.items() if address != "/404.html"}
    return [*_broken(site, pages), *_fetched(pages), *_unreached(pages), *_unbuilt(pages, documents)]


def _address(site: Path, path: Path) -> str:
    return (BASE + path.relative_to(site).as_posix()).removesuffix("index.html")


def _broken(site: Path, pages: dict[str, _Page]) -> Iterator[str]:
    for address, page in pages.items():
        for link in page.links:
            target, anchor = _inside(address, link)
            if target is None:
                continue
            if target not in pages:
                if not (site / target.lstrip("/")).is_file():
                    yield f"{address}: the link {link} leads nowhere"
            elif anchor and anchor not in pages[target].anchors:
                yield f"{address}: the link {link} names an anchor that is not there"


def _inside(address: str, link: str) -> tuple[str | None, str]:
    """The page and anchor that a link leads to; None for one that leads out of the site."""
    parts = urlsplit(urljoin(address, link))
    if parts.scheme or parts.netloc:
        return None, ""
    return unquote(parts.path), unquote(parts.fragment)


def _fetched(pages: dict[str, _Page]) -> Iterator[str]:
    for address, page in pages.items():
        for load in page.loads:
            if urlsplit(load).netloc:
                yield f"{address}: it would fetch {load} from the network"


def _unreached(pages: dict[str, _Page]) -> Iterator[str]:
    """Pages to which no other page links in its text or in the navigation."""
    seen, waiting = {BASE}, [BASE]
    while waiting:
        address = waiting.pop()
        for link in pages[address].links:
            target, _ = _inside(address, link)
            if target in pages and target not in seen:
                seen.add(target)
                waiting.append(target)
    for address in sorted(set(pages) - seen):
        yield f"{address}: no page leads to it"


def _unbuilt(pages: dict[str, _Page], documents: Path) -> Iterator[str]:
    for path in sorted(documents.rglob("*.md")):
        name = path.relative_to(documents).with_suffix("").as_posix()
        address = BASE if name == "index" else f"{BASE}{name.removesuffix('/index')}/"
        if address not in pages:
            yield f"{path.relative_to(documents)}: it was not built"
