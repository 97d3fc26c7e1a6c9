"""Check the built site of the user guide: every link inside it leads somewhere, and no page loads
anything from another host.

    python packaging/site/check_links.py build/site

Ends with 1 where something is wrong. Links to other hosts are listed, and not followed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

_LOADED: Final = frozenset(
    {
        ("audio", "src"),
        ("embed", "src"),
        ("iframe", "src"),
        ("img", "src"),
        ("input", "src"),
        ("object", "data"),
        ("script", "src"),
        ("source", "src"),
        ("video", "poster"),
        ("video", "src"),
    }
)
"""What a browser fetches without being asked."""

_LOADED_RELATIONS: Final = frozenset(
    {"icon", "manifest", "modulepreload", "preconnect", "prefetch", "preload", "stylesheet"}
    | {"apple-touch-icon", "dns-prefetch"}
)
_STYLE: Final = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


@dataclass(slots=True)
class Page:
    """What was found on a page: names that links can lead to, links, and what it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.anchors |= {given[name] for name in ("id", "name") if name in given}
        relations = set(given.get("rel", "").lower().split())
        if tag in ("a", "area") and "href" in given:
            self.page.links.append(given["href"])
        if tag == "link" and relations & _LOADED_RELATIONS and "href" in given:
            self.page.loaded.append(given["href"])
        self.page.loaded += [given[name] for one, name in _LOADED if one == tag and name in given]
        for entry in given.get("srcset", "").split(","):
            self.page.loaded += entry.split()[:1]


def read_page(text: str) -> Page:
    """What is on a page."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, each as one line, and the links that lead out of the site."""

    problems: list[str]
    external: list[str]


def check_site(folder: Path) -> Findings:
    """Look at every page and every style sheet of a site."""
    pages = {path: read_page(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))}
    problems = [] if pages else [f"there is no page in {folder}"]
    external: set[str] = set()
    for path, page in pages.items():
        name = path.relative_to(folder).as_posix()
        for link in page.links:
            if _leads_out(link):
                external.add(link)
            elif why := _broken(link, path, folder, pages):
                problems.append(f"{name}: {link}: {why}")
        problems += [f"{name}: {why}" for why in _loaded(page.loaded, path, folder, pages)]
    for path in sorted(folder.rglob("*.css")):
        found = [first or second for first, second in _STYLE.findall(path.read_text("utf-8"))]
        name = path.relative_to(folder).as_posix()
        problems += [f"{name}: {why}" for why in _loaded(found, path, folder, pages)]
    return Findings(problems, sorted(external))


def _loaded(found: list[str], path: Path, folder: Path, pages: dict[Path, Page]) -> Iterator[str]:
    for address in found:
        if address.startswith(("data:", "#")) or not address:
            continue
        if _leads_out(address):
            yield f"{address}: loaded from another host"
        elif why := _broken(address, path, folder, pages):
            yield f"{address}: {why}"


def _leads_out(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.scheme or parts.netloc)


def _broken(address: str, path: Path, folder: Path, pages: dict[Path, Page]) -> str:
    """Why an address inside the site leads nowhere; "" if it does lead somewhere."""
    parts = urlsplit(address)
    start = folder if parts.path.startswith("/") else path.parent
    target = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else path.resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(folder.resolve()) or not target.is_file():
        return "there is no such file"
    anchor = unquote(parts.fragment)
    known = next((page for one, page in pages.items() if one.resolve() == target), None)
    if anchor and known is not None and anchor not in known.anchors:
        return "there is no such heading"
    return ""


def main(arguments: list[str]) -> int:
    """Check the site of a folder, and say what was found."""
    folder = Path(arguments[0])
    found = check_site(folder)
    for problem in found.problems:
        print(problem)
    for link in found.external:
        print(f"leads out: {link}")
    count = len(list(folder.rglob("*.html")))
    print(f"{count} pages, {len(found.problems)} wrong, {len(found.external)} links lead out.")
    return 1 if found.problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
