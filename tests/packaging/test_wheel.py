"""The wheel holds everything that the program reads, and nothing that only a checkout needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"__pycache__", "output"}
FOR_TRANSLATORS = (".po", ".pot")


def files_of(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {
        path.as_posix()
        for path in found
        if not LEFT_OUT & set(path.parts) and path.suffix not in FOR_TRANSLATORS
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=240,
    )
    [made] = folder.glob("*.whl")
    return zipfile.ZipFile(made)


def test_it_holds_every_file_of_the_package_and_of_the_resources(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    wanted = {f"xumm_desk/{name}" for name in files_of(ROOT / "xumm_desk")}
    wanted |= {f"xumm_desk/resources/{name}" for name in files_of(ROOT / "resources")}
    assert wanted - names == set()


def test_it_holds_scripts_of_the_journal(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert "xumm_desk/store/schema/0001.sql" in names
    assert "xumm_desk/store/replication/postgres_schema/0001.sql" in names


def test_it_holds_a_compiled_catalogue_of_every_language_and_no_source(
    wheel: zipfile.ZipFile,
) -> None:
    names = set(wheel.namelist())
    sources = (ROOT / "xumm_desk" / "locale").glob("*/LC_MESSAGES/xumm_desk.po")
    compiled = {path.relative_to(ROOT).with_suffix(".mo").as_posix() for path in sources}
    assert compiled
    assert compiled <= names
    assert not [name for name in names if name.endswith(FOR_TRANSLATORS)]


def test_it_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    folders = {name.partition("/")[0] for name in wheel.namelist()}
    assert {one for one in folders if not one.endswith(".dist-info")} == {"xumm_desk"}


def test_it_knows_its_version_without_being_asked_for_its_metadata(wheel: zipfile.ZipFile) -> None:
    [information] = [one for one in wheel.namelist() if one.endswith(".dist-info/METADATA")]
    lines = wheel.read(information).decode("utf-8").splitlines()
    [version] = [line.partition(": ")[2] for line in lines if line.startswith("Version: ")]
    assert f'__version__ = "{version}"' in wheel.read("xumm_desk/version.py").decode("utf-8")


def test_it_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    entries = next(one for one in wheel.namelist() if one.endswith("entry_points.txt"))
    assert b"xumm-desk = xumm_desk.__main__:main" in wheel.read(entries)
    assert any(one.endswith("licenses/LICENSE") for one in wheel.namelist())
