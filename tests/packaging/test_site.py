"""The site of the user guide: its order, and what the check of its links finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging_program import load_program

ROOT = Path(__file__).resolve().parents[2]


build_site, check_links = load_program("site/build_site"), load_program("site/check_links")
locks = load_program("locks")


def test_every_page_has_its_place_in_the_order() -> None:
    order = build_site.navigation((build_site.PAGES / "index.md").read_text("utf-8"))
    [first, *groups] = order
    assert first == {"Contents": "index.md"}
    named = [
        name
        for group in groups
        for pages in group.values()
        for page in pages
        for name in page.values()
    ]
    assert sorted(["index.md", *named]) == sorted(p.name for p in build_site.PAGES.glob("*.md"))


def test_the_lock_of_its_tools_is_fit_to_be_committed() -> None:
    lock = build_site.LOCK.read_text("utf-8")
    tools = (build_site.HERE / "requirements.in").read_text("utf-8").splitlines()
    assert locks.lock_problems("requirements.lock", lock) == []
    assert locks.unmet(tools, locks.pins_in(lock), "requirements.lock") == []


def test_a_whole_site_has_no_problem_and_its_links_outside_are_listed(tmp_path: Path) -> None:
    write(tmp_path, "index.html", '<a href="a/b.html#x"></a><a href="https://e.org/"></a>')
    write(tmp_path, "a/b.html", '<h2 id="x"></h2><a href="#x"></a><a href="../index.html"></a>')
    write(tmp_path, "a/index.html", '<img src="p.png"><a href="."></a><a href="/a/b.html"></a>')
    write(tmp_path, "a/p.png", "")
    write(tmp_path, "s.css", "a { background: url('a/p.png') } b { mask: url(data:image/svg) }")
    found = check_links.check_site(tmp_path)
    assert found.problems == []
    assert found.external == ["https://e.org/"]
    assert check_links.main([str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('<a href="gone.html">', "gone.html: there is no such file"),
        ('<a href="#gone">', "#gone: there is no such heading"),
        ('<a href="../../etc/passwd">', "../../etc/passwd: there is no such file"),
        ('<img src="gone.png">', "gone.png: there is no such file"),
        ('<img srcset="gone.png 2x">', "gone.png: there is no such file"),
        ('<script src="https://e.org/a.js">', "https://e.org/a.js: loaded from another host"),
        ('<script src="//e.org/a.js">', "//e.org/a.js: loaded from another host"),
        (
            '<link rel="stylesheet" href="https://fonts.e.org/css">',
            "https://fonts.e.org/css: loaded from another host",
        ),
        (
            '<link rel="preconnect" href="https://fonts.e.org">',
            "https://fonts.e.org: loaded from another host",
        ),
    ],
)
def test_what_leads_nowhere_or_is_loaded_from_elsewhere_is_found(
    tmp_path: Path, content: str, problem: str
) -> None:
    write(tmp_path, "page.html", content)
    assert check_links.check_site(tmp_path).problems == [f"page.html: {problem}"]
    assert check_links.main([str(tmp_path)]) == 1


@pytest.mark.parametrize(
    "style", ["a { src: url(https://e.org/f.woff2) }", '@import "https://e.org/a.css";']
)
def test_a_style_sheet_that_loads_from_elsewhere_is_found(tmp_path: Path, style: str) -> None:
    write(tmp_path, "index.html", "")
    write(tmp_path, "a.css", style)
    [problem] = check_links.check_site(tmp_path).problems
    assert problem.endswith("loaded from another host")


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    assert check_links.check_site(tmp_path).problems == [f"there is no page in {tmp_path}"]


def write(folder: Path, name: str, content: str) -> None:
    """A file of a site."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
