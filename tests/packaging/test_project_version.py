"""The version of a build comes from the tag, and from a file where there is no git."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from packaging_program import load_program

from xumm_desk.version import __version__

ROOT = Path(__file__).resolve().parents[2]


versions = load_program("installers/project_version")


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one commit and no tag."""
    (tmp_path / "xumm_desk").mkdir()
    (tmp_path / "xumm_desk" / "version.py").write_text('__version__ = "1.2.3"\n')
    (tmp_path / "packaging").mkdir()
    for name in (".gitattributes", "packaging/git_archive.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def archive_of(checkout: Path, folder: Path) -> Path:
    """What a site offers as "source code"."""
    folder.mkdir()
    packed = folder / "all.tar"
    git(checkout, "archive", "-o", str(packed), "HEAD")
    subprocess.run(["tar", "-xf", packed, "-C", folder], check=True)
    return folder


def test_a_tag_is_the_version(checkout: Path) -> None:
    git(checkout, "tag", "v2.0.0")
    assert versions.project_version(checkout) == "2.0.0"


def test_commits_after_a_tag_come_before_the_next_version(checkout: Path) -> None:
    git(checkout, "tag", "v2.0.9")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "more")
    assert versions.project_version(checkout).startswith("2.0.10.dev1+g")


def test_before_the_first_tag_it_comes_before_the_written_version(checkout: Path) -> None:
    assert versions.project_version(checkout).startswith("1.2.3.dev1+g")


def test_a_tag_that_is_no_version_counts_nothing(checkout: Path) -> None:
    git(checkout, "tag", "vacation")
    assert versions.project_version(checkout).startswith("1.2.3.dev1+g")


def test_a_tarball_of_a_tag_has_its_version(checkout: Path, tmp_path_factory: Any) -> None:
    git(checkout, "tag", "v2.0.0")
    folder = archive_of(checkout, tmp_path_factory.mktemp("tar") / "out")
    assert not (folder / ".git").exists()
    assert versions.project_version(folder) == "2.0.0"


def test_a_tarball_without_a_tag_comes_before_the_written_version(
    checkout: Path, tmp_path_factory: Any
) -> None:
    folder = archive_of(checkout, tmp_path_factory.mktemp("tar") / "out")
    assert versions.project_version(folder).startswith("1.2.3.dev0+g")


def test_a_copy_without_git_has_the_written_version(checkout: Path) -> None:
    (checkout / ".git").rename(checkout / "elsewhere")
    assert versions.project_version(checkout) == "1.2.3"


def test_an_sdist_has_the_version_that_it_was_built_with(checkout: Path) -> None:
    (checkout / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: x\nVersion: 3.1.4\n")
    assert versions.project_version(checkout) == "3.1.4"


@pytest.mark.parametrize(
    ("version", "debian", "windows"),
    [
        ("0.1.0", "0.1.0", (0, 1, 0, 0)),
        ("0.1.1.dev5+gabc1234", "0.1.1~dev5+gabc1234", (0, 1, 1, 5)),
    ],
)
def test_other_systems_get_it_as_they_order_it(
    version: str, debian: str, windows: tuple[int, ...]
) -> None:
    assert versions.debian_version(version) == debian
    assert versions.numbers(version) == windows


def test_a_release_needs_a_tag_that_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(versions, "project_version", lambda: __version__)
    monkeypatch.setattr(versions, "not_announced", lambda _: [])
    assert versions.main([f"v{__version__}"]) == 0
    assert capsys.readouterr().out.strip() == __version__
    assert versions.main(["v99.0.0"]) == 1
    monkeypatch.setattr(versions, "project_version", lambda: "99.0.0")
    assert versions.main(["v99.0.0"]) == 1
    assert "version.py still says" in capsys.readouterr().err
    monkeypatch.setattr(versions, "project_version", lambda: __version__)
    monkeypatch.setattr(versions, "not_announced", lambda _: ["It is announced nowhere."])
    assert versions.main([f"v{__version__}"]) == 1


def announce(checkout: Path, heading: str, release: str) -> None:
    (checkout / "CHANGELOG.md").write_text(f"# Changelog\n\n## [Unreleased]\n\n{heading}\n")
    (checkout / "resources").mkdir(exist_ok=True)
    (checkout / "resources" / "io.github.xumm_desk.XummDesk.metainfo.xml").write_text(
        f"<component><releases>{release}</releases></component>"
    )


def test_a_release_is_announced_everywhere_with_one_date(checkout: Path) -> None:
    announce(
        checkout, "## [1.2.3] - 2027-01-31", '<release version="1.2.3" date="2027-01-31"></release>'
    )
    assert versions.not_announced("1.2.3", checkout) == []
    assert len(versions.not_announced("1.2.4", checkout)) == 1


@pytest.mark.parametrize(
    "release",
    [
        '<release version="1.2.3" date="2027-01-30"></release>',
        '<release version="1.2.3" date="2027-01-31" type="development"></release>',
        '<release version="1.2.2" date="2027-01-31"></release>',
    ],
    ids=["another date", "in development", "another version"],
)
def test_a_description_of_something_else_stops_the_release(checkout: Path, release: str) -> None:
    announce(checkout, "## [1.2.3] - 2027-01-31", release)
    assert len(versions.not_announced("1.2.3", checkout)) == 1


def test_a_changelog_without_the_version_stops_the_release(checkout: Path) -> None:
    announce(checkout, "", '<release version="1.2.3" date="2027-01-31"></release>')
    assert len(versions.not_announced("1.2.3", checkout)) == 2


def test_changelog_and_description_name_the_same_releases() -> None:
    assert versions.dated_releases() == versions.described_releases()
