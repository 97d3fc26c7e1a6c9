"""The entry for the desktop's menu, the description for software centres, the drawing and the
statuses in the guide are well formed and agree with each other and with the program."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from xumm_desk.core.verdict.wording import STATUS_LABELS
from xumm_desk.version import __version__

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
ENTRY = RESOURCES / "xumm-desk.desktop"
METAINFO = RESOURCES / "io.github.xumm_desk.XummDesk.metainfo.xml"
# PNG names its sizes; the SVG is the drawing they come from.
DRAWING = RESOURCES / "icons" / "xumm-desk.svg"


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    return table


class Exact(configparser.ConfigParser):
    """A reader that leaves the capitals of a key as they are."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def entry() -> configparser.SectionProxy:
    parser = Exact(interpolation=None, strict=True)
    parser.read_string(ENTRY.read_text("utf-8"))
    assert parser.sections() == ["Desktop Entry"]
    return parser["Desktop Entry"]


def test_the_menu_entry_starts_our_program() -> None:
    fields = entry()
    scripts = project()["scripts"]
    assert isinstance(scripts, dict)
    assert fields["Type"] == "Application"
    assert fields["Name"] == "Xumm Desk"
    assert fields["Exec"] in scripts
    assert fields["Terminal"] == "false"
    assert (RESOURCES / "icons" / f"{fields['Icon']}.svg").is_file()
    for name in ("Categories", "Keywords"):
        assert fields[name].endswith(";")


def test_the_description_is_that_of_a_desktop_application() -> None:
    root = ET.parse(METAINFO).getroot()
    assert root.tag == "component"
    assert root.get("type") == "desktop-application"
    assert f"{root.findtext('id')}.metainfo.xml" == METAINFO.name
    assert root.findtext("launchable") == ENTRY.name
    assert root.findtext("project_license") == project()["license"]
    assert root.findtext("metadata_license") == "CC0-1.0"
    assert root.findtext("name") == entry()["Name"]
    assert not (root.findtext("summary") or ".").endswith(".")
    rating = root.find("content_rating")
    assert rating is not None
    assert str(rating.get("type")).startswith("oars-1.")


def test_the_newest_release_is_this_version() -> None:
    release = ET.parse(METAINFO).getroot().find("releases/release")
    assert release is not None
    assert release.get("version") == __version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(release.get("date")))


@pytest.mark.parametrize(
    "command",
    [
        ["desktop-file-validate", str(ENTRY)],
        ["appstreamcli", "validate", "--no-net", str(METAINFO)],
    ],
    ids=lambda command: str(command[0]),
)
def test_the_validators_agree(command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not on this computer")
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_drawing_is_square_and_stands_alone() -> None:
    root = ET.parse(DRAWING).getroot()
    assert root.get("viewBox") == "0 0 64 64"
    text = DRAWING.read_text("utf-8")
    assert "<script" not in text
    assert "href" not in text


def test_help_explains_every_status_and_no_other() -> None:
    text = (RESOURCES / "help" / "statuses.md").read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("|")]
    explained = [cells[1].strip() for cells in rows[2:]]
    assert sorted(explained) == sorted(STATUS_LABELS.values())
    assert all(cell.strip() for cells in rows[2:] for cell in cells[1:-1])
