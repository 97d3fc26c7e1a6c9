"""What makes a lock file fit to be committed, and that ours are."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging_program import load_program

ROOT = Path(__file__).resolve().parents[2]
HASH = " --hash=sha256:" + "0a" * 32


locks = load_program("locks")

GOOD = (
    f"aiohttp==3.14.5 \\\n   {HASH} \\\n   {HASH}\n    # via xumm-desk (pyproject.toml)\n"
    f"jeepney==0.9.0 ; sys_platform == 'linux' \\\n   {HASH}\n    # via keyring\n"
)


def test_a_good_lock_has_no_problem() -> None:
    assert locks.lock_problems("x.lock", GOOD) == []
    assert locks.pins_in(GOOD) == {"aiohttp": {"3.14.5"}, "jeepney": {"0.9.0"}}


@pytest.mark.parametrize(
    "line",
    [
        "--index-url elsewhere",
        "--extra-index-url elsewhere",
        "-f wheels",
        "# from a://place",
        f"thing @ a://place{HASH}",
        "thing==1.0",
        f"thing>=1.0{HASH}",
        f"thing{HASH}",
        "thing==1.0 --hash=md5:0a0a",
        "thing==1.0 --hash=sha256:0a0a",
        f"-e .{HASH}",
        "-r other.txt",
    ],
)
def test_an_address_or_a_missing_hash_is_refused(line: str) -> None:
    assert locks.lock_problems("x.lock", GOOD + line + "\n")


def test_an_empty_lock_is_refused() -> None:
    assert locks.lock_problems("x.lock", "# nothing\n")


@pytest.mark.parametrize(
    ("version", "bound", "expected"),
    [
        ("6.12.0", ">=6.8", True),
        ("6.7.9", ">=6.8", False),
        ("8.2", ">=8.2.0", True),
        ("8.20", ">=8.3", True),
        ("0.28.0", "==0.28.*", True),
        ("0.29.0", "==0.28.*", False),
        ("0.29.0", "!=0.28.*", True),
        ("1", "==1.0.*", True),
        ("15.0.1", "<18", True),
        ("18.0", "<18", False),
        ("18.0", "<=18", True),
        ("18.0", ">18", False),
        ("2.5.1", "~=2.5", True),
        ("3.0", "~=2.5", False),
        ("1.2.0", "==1.2", True),
        ("1.2.0", "!=1.2", False),
    ],
)
def test_bounds(version: str, bound: str, expected: bool) -> None:
    assert locks.meets(version, bound) is expected


@pytest.mark.parametrize(
    ("dependency", "good"),
    [
        ("aiohttp>=3.11", True),
        ("AIOHTTP >= 3.11, <4", True),
        ("aiohttp[speedups]>=3.11 ; python_version > '3'", True),
        ("aiohttp", True),
        ("aiohttp>=4", False),
        ("httpx>=0.28", False),
        ("aiohttp===3.14.5", False),
        ("aiohttp @ a://place", False),
    ],
)
def test_a_lock_fits_a_dependency_or_does_not(dependency: str, good: bool) -> None:
    assert (locks.unmet([dependency], locks.pins_in(GOOD), "x.lock") == []) is good


def test_names_are_compared_as_packages_are() -> None:
    assert locks.canonical("PySide6_Essentials") == locks.canonical("pyside6-essentials")


def test_our_locks_are_fit_to_be_committed() -> None:
    assert locks.all_lock_problems() == []


@pytest.mark.parametrize("path", [locks.RUN_LOCK, locks.DEV_LOCK], ids=lambda path: path.name)
def test_our_locks_say_nothing_of_where_packages_come_from(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "://" not in text
    entries = locks.requirements_in(text)
    assert len(entries) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
