"""The map of the code is the code's: folders that are there, and reasons for long modules."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "xumm_desk"
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
LONG = 400


def test_each_long_module_has_its_reason() -> None:
    long = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if len(path.read_text("utf-8").splitlines()) > LONG
    ]
    [reasons] = re.findall(rf"^Some modules have more than {LONG} lines.*?\n\n", PAGE, re.M | re.S)
    assert [name for name in long if f"`{name}`" not in reasons] == []


def test_each_folder_and_module_of_the_map_is_there() -> None:
    [table] = re.findall(r"^\| folder \|.*?\n\n", PAGE, re.M | re.S)
    for line in table.strip().splitlines()[2:]:
        folders, _, modules = line.strip("| ").split(" | ")
        places: list[Path] = []
        for name in re.findall(r"`([\w/]+)`", folders):
            # "`ui/requests/filters`, `/saved_filters`": the second one lies beside the first.
            parent = places[0].parent if name.startswith("/") else PACKAGE
            places.append(parent / name.lstrip("/"))
        assert all(place.is_dir() for place in places), line
        for module in re.findall(r"`([\w/.]+\.(?:py|sql))`", modules):
            assert any((place / module).is_file() for place in places) or list(
                PACKAGE.rglob(module)
            ), line
