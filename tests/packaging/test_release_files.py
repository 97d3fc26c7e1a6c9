"""What builds installers elsewhere is well formed, names files that exist, and says if untested."""

from __future__ import annotations

import ast
import importlib
import plistlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
NEVER_RUN = (
    RELEASE,
    PACKAGING / "windows" / "xumm-desk.iss",
    PACKAGING / "windows" / "version-info.txt",
    PACKAGING / "macos" / "entitlements.plist",
    PACKAGING / "macos" / "make_dmg.sh",
    PACKAGING / "appimage" / "build_appimage.sh",
    PACKAGING / "flatpak" / "io.github.xumm_desk.XummDesk.yml",
)


def load_yaml(path: Path) -> Any:
    return importlib.import_module("yaml").safe_load(path.read_text("utf-8"))


@pytest.mark.parametrize("path", NEVER_RUN, ids=lambda path: path.name)
def test_what_was_never_run_says_so(path: Path) -> None:
    assert re.search("untested", path.read_text("utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_names_no_host_and_only_files_that_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    for name in re.findall(r"packaging/[\w./-]+\.(?:py|sh|iss)", text):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_more_rights_than_it_says(path: Path) -> None:
    assert load_yaml(path)["permissions"] == {"contents": "read"}


def test_the_release_is_tried_on_every_python_from_the_oldest() -> None:
    versions = load_yaml(RELEASE)["jobs"]["test"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">={versions[0]}"
    minors = [int(one.partition(".")[2]) for one in versions]
    assert minors == list(range(11, minors[-1] + 1))


def test_nothing_is_published_before_all_of_it_is_built_and_tested() -> None:
    jobs = load_yaml(RELEASE)["jobs"]
    assert set(jobs["publish"]["needs"]) == set(jobs) - {"publish"}
    assert "--draft" in jobs["publish"]["steps"][-1]["run"]


def test_the_property_sheet_of_windows_is_python_with_a_version_filled_in() -> None:
    text = (PACKAGING / "windows" / "version-info.txt").read_text("utf-8")
    ast.parse(text.replace("@NUMBERS@", "(0, 1, 0, 0)").replace("@VERSION@", "0.1.0"))


def test_the_entitlements_of_macos_are_read() -> None:
    with open(PACKAGING / "macos" / "entitlements.plist", "rb") as file:
        assert all(plistlib.load(file).values())


def test_the_flatpak_takes_files_that_exist() -> None:
    path = PACKAGING / "flatpak" / "io.github.xumm_desk.XummDesk.yml"
    manifest = load_yaml(path)
    assert manifest["app-id"] == path.stem
    sources = manifest["modules"][0]["sources"]
    for one in sources:
        if one["type"] == "file":
            assert (path.parent / one["path"]).resolve().is_file(), one
