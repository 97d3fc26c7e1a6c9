"""What the commands for installers decide by themselves: licences, the manual page, another Qt."""

from __future__ import annotations

import argparse
import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging_program import load_program

from xumm_desk.cli.parser import build_parser
from xumm_desk.setup.config import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
INSTALLERS = ROOT / "packaging" / "installers"


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands import each other as programs in one folder do."""
    monkeypatch.syspath_prepend(str(INSTALLERS))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name in {"build_environments", "licences", "project_version"}:
            del sys.modules[name]


@pytest.fixture
def licences(beside: None) -> Any:
    return load_program("installers/licences")


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("libQt6Core.so.6", "Qt"),
        ("libz.so.1", "zlib"),
        ("libzstd-40ad5e7e.so.1.5.7", "Zstandard"),
        ("libcrypto-3a0647ea.so.3", "OpenSSL"),
        ("libcrypt-bc2db45e.so.1", "libxcrypt"),
        ("libpython3.11.so.1.0", "Python"),
    ],
)
def test_a_native_library_is_known_by_its_name(licences: Any, name: str, project: str) -> None:
    assert licences.native_entry(name)[0] == project


@pytest.mark.parametrize("name", ["libzmq.so.5", "libreadlines.so.8", "libsomething.so"])
def test_a_library_that_nobody_has_looked_at_is_not_handed_out(licences: Any, name: str) -> None:
    assert licences.native_entry(name) is None
    assert licences.problems([], [name]) == [f"{name} is in no table of licences"]


def test_a_package_without_a_licence_or_its_text_is_not_handed_out(licences: Any) -> None:
    text = (Path("LICENSE"),)
    package = licences.Package
    found = licences.problems(
        [
            package("good", "1", "MIT", "", text),
            package("qt", "1", "LGPL-3.0-only OR GPL-2.0-only", "", ()),
            package("silent", "1", "", "", text),
            package("odd", "1", "UNKNOWN", "", text),
            package("bare", "1", "MIT", "", ()),
        ],
        [],
    )
    assert [one.split()[0] for one in found] == ["silent", "odd", "bare"]


def test_the_list_has_packages_libraries_and_where_qts_sources_are(licences: Any) -> None:
    text = licences.listing(
        [licences.Package("good", "1.2", "MIT", "https://example.org", ())], ["libz.so.1"]
    )
    assert "good 1.2 · MIT · https://example.org" in text
    assert "zlib · Zlib · libz.so.1" in text
    assert "LGPL, version 3" in text
    for name in ("lgpl-3.0.txt", "gpl-3.0.txt"):
        assert name in text
        assert (licences.TEXTS / name).read_text("utf-8").strip()


@pytest.fixture
def man_page() -> Any:
    return load_program("debian/man_page")


def test_the_manual_page_has_every_command_and_every_variable(man_page: Any) -> None:
    page = man_page.man_page(build_parser(), "1.2.3", ENVIRONMENT)
    for name in man_page.commands_of(build_parser()):
        assert f".SS {man_page.escaped(name)}" in page
    for variable in ENVIRONMENT.values():
        assert man_page.escaped(variable) in page
    assert "\\-\\-self\\-test" in page
    assert "\\-\\-give\\-up" in page
    assert not [line for line in page.splitlines() if line.startswith("'")]


def test_text_of_the_manual_page_is_no_command_of_troff(man_page: Any) -> None:
    assert man_page.escaped(".SH trap") == "\\&.SH trap"
    assert man_page.escaped("a\\b -c") == "a\\eb \\-c"
    hidden = argparse.ArgumentParser()
    hidden.add_argument("--secret", help=argparse.SUPPRESS)
    assert "secret" not in "".join(man_page.described(hidden._actions))


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the folder there has no links")
def test_another_qt_takes_the_place_of_ours(tmp_path: Path) -> None:
    internal = put(
        tmp_path / "_internal",
        PySide6__QtCore_DOT_abi3_DOT_so="old",
        PySide6__libpyside6_DOT_abi3_DOT_so_DOT_6_DOT_11="old",
        PySide6__Qt__lib__libQt6Core_DOT_so_DOT_6="old",
        PySide6__Qt__plugins__platforms__libqold_DOT_so="old",
        shiboken6__Shiboken_DOT_abi3_DOT_so="old",
    )
    for name in ("PySide6/libpyside6.abi3.so.6.11", "PySide6/Qt/lib/libQt6Core.so.6"):
        (internal / Path(name).name).symlink_to(name)
    new = put(
        tmp_path / "new",
        PySide6__QtCore_DOT_abi3_DOT_so="new",
        PySide6__libpyside6_DOT_abi3_DOT_so_DOT_6_DOT_10="new",
        PySide6__Qt__lib__libQt6Core_DOT_so_DOT_6="new",
        PySide6__Qt__lib__libQt6Quick_DOT_so_DOT_6="new",
        PySide6__Qt__lib__libicudata_DOT_so_DOT_99="new",
        shiboken6__Shiboken_DOT_abi3_DOT_so="new",
    )
    count, missing = load_program("installers/replace_qt").replace(internal, new)
    assert (count, missing) == (4, ["PySide6/Qt/plugins/platforms/libqold.so"])
    links = {path.name: path.read_text() for path in internal.iterdir() if path.is_symlink()}
    assert links == {
        "libpyside6.abi3.so.6.10": "new",
        "libQt6Core.so.6": "new",
        "libicudata.so.99": "new",
    }
    assert not (internal / "PySide6/Qt/lib/libQt6Quick.so.6").exists()


def test_a_frozen_program_finds_the_certificates_of_another_distribution(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry = load_program("pyinstaller/entry")
    theirs = put(tmp_path, ca_DOT_pem="certificates") / "ca.pem"
    monkeypatch.setattr(entry, "CERTIFICATES", (str(tmp_path / "no.pem"), str(theirs)))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("SSL_CERT_FILE", "")
    entry.find_certificates()  # on a computer that has them where OpenSSL looks
    monkeypatch.setattr("os.path.isdir", lambda _: False)
    paths = ssl.get_default_verify_paths()._replace(cafile="", capath="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    entry.find_certificates()
    assert os.environ["SSL_CERT_FILE"] == str(theirs)
