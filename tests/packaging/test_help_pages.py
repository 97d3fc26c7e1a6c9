"""The user guide agrees with the program and with itself: links, commands, pictures; and
its pages mean the same to the help window and to the site."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from xumm_desk.cli.parser import build_parser
from xumm_desk.simulator.__main__ import _parser as simulator_parser
from xumm_desk.ui.dialogs.help_window import anchor_of, contents

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "resources" / "help"
PAGES = sorted(GUIDE.glob("*.md"))
SUBJECTS = (
    *("start", "day", "statuses", "prices", "refunds", "customer-screen", "receipts", "shifts"),
    *("shop", "going-live", "trouble", "privacy", "keys", "practice", "shortcuts", "programs"),
)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def text_of(page: Path) -> str:
    """A page without its blocks of code."""
    lines = page.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("    "))


def anchors(page: Path) -> list[str]:
    """The names of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return [anchor_of(heading) for heading in headings]


def test_the_guide_has_a_page_on_everything_that_a_shop_asks() -> None:
    assert set(SUBJECTS) <= {page.stem for page in PAGES}


@each_page
def test_a_page_has_one_title_and_no_two_headings_of_one_name(page: Path) -> None:
    text = text_of(page)
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert len(anchors(page)) == len(set(anchors(page)))


def test_the_contents_name_every_page_once() -> None:
    listed = [path for _, path in contents(GUIDE) if path is not None]
    assert sorted(listed) == PAGES
    named = re.findall(
        r"^\* \[.+\]\((.+)\)$", (GUIDE / "index.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(named) == [page.name for page in PAGES if page.name != "index.md"]


@each_page
def test_a_link_leads_to_a_page_and_to_a_heading_on_it(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text_of(page)):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        other = GUIDE / (name or page.name)
        assert other.is_file(), target
        assert not anchor or anchor in anchors(other), target


@pytest.mark.parametrize(
    "page",
    sorted(
        path
        for pattern in ("*.md", "packaging/*.md", "tests/**/*.md", ".github/**/*.md")
        for path in ROOT.glob(pattern)
        if "output" not in path.parts
    ),
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_link_of_a_page_for_developers_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        if "://" in target or not name:
            continue
        assert (page.parent / name).exists(), target
        assert not anchor or anchor in anchors(page.parent / name), target


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    shown = {
        name for page in PAGES for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text_of(page))
    }
    assert shown == {f"pictures/{path.name}" for path in (GUIDE / "pictures").iterdir()}


def test_the_pictures_can_be_made_anew(tmp_path: Path) -> None:
    """The command fails where a window that it shows has changed its ways."""
    program = ROOT / "packaging" / "help_pictures.py"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(program), str(tmp_path)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in (GUIDE / "pictures").iterdir()}


def commands(page: Path) -> list[str]:
    """The commands of this program in blocks of code and in sentences, without what only says which
    options there are."""
    text = page.read_text("utf-8")
    blocks = "\n".join(line.strip() for line in text.splitlines() if line.startswith("    "))
    lines = blocks.replace("\\\n", " ").splitlines()
    lines += re.findall(r"`(xumm-desk [^`]+)`", text)
    return [
        line.partition(" #")[0]
        for line in lines
        if line.startswith("xumm-desk ") and not re.search(r"[\[|…]", line)
    ]


@pytest.mark.parametrize(
    "command", sorted({one for page in (*PAGES, ROOT / "README.md") for one in commands(page)})
)
def test_a_command_of_the_pages_is_understood(command: str) -> None:
    words = shlex.split(command)[1:]
    if words[0] == "simulator":
        assert simulator_parser().parse_args(words[1:])
        return
    try:
        build_parser().parse_args(words)
    except SystemExit:
        # In a sentence a command may stand by its name alone, as "`xumm-desk import` refuses".
        assert all(word.isalpha() for word in words)
        with pytest.raises(SystemExit, match="0"):
            build_parser().parse_args([*words, "--help"])


@each_page
def test_a_list_and_its_code_mean_the_same_to_both_readers(page: Path) -> None:
    """Python-Markdown, which makes the site, wants an empty line before a list, four blanks before
    what belongs to its entry and eight before code in it; CommonMark is content with those."""
    before = ""
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        where = f"{page.name}:{number}"
        starts = re.match(r"(\* |\d+\. )", line)
        if starts and before and not re.match(r"(\* |\d+\. | {2})", before):
            raise AssertionError(f"{where}: no empty line before the list")
        blanks = len(line) - len(line.lstrip(" "))
        # Two or three blanks go on with the sentence of an entry.
        assert blanks in (0, 2, 3) or blanks >= 4, where
        if not before and blanks in range(1, 4) and line:
            raise AssertionError(f"{where}: a second paragraph of an entry needs four blanks")
        if line.lstrip().startswith("|") and before and not before.startswith("|"):
            raise AssertionError(f"{where}: no empty line before the table")
        before = line
