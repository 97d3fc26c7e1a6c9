"""Say which version is being built: by the git tag, else by what was written down.

A tag v1.2.3 makes 1.2.3; commits after it make 1.2.4.devN+gHASH. An sdist and a tarball of
`git archive` carry their version in a file. Without any of them it is the number in
xumm_desk/version.py, which a checkout shows when nothing was built from it.

Run as a program it prints the version; with a tag it fails unless the tag makes this version, and
CHANGELOG.md and the description for software centres announce it with the same date.
"""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_DESCRIBED = re.compile(r"v(?P<release>\d+\.\d+\.\d+)(?:-(?P<ahead>\d+)-g(?P<commit>[0-9a-f]+))?")
_DATED = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)
_WRITTEN = re.compile(r'__version__ = "(\d+\.\d+\.\d+)"')


def project_version(root: Path = ROOT) -> str:
    """The version of the sources in `root`, as PEP 440 has it."""
    written = written_version(root)
    return (
        from_package_info(_text(root / "PKG-INFO"))
        or (from_git(root, written) if (root / ".git").exists() else "")
        or from_archive(_text(root / "packaging" / "git_archive.txt"), written)
        or written
    )


def written_version(root: Path = ROOT) -> str:
    """The number in xumm_desk/version.py."""
    found = _WRITTEN.search(_text(root / "xumm_desk" / "version.py"))
    return found[1] if found else "0.0.0"


def from_described(text: str) -> str:
    """The version that an answer of `git describe` means; "" for none."""
    found = _DESCRIBED.fullmatch(text.strip())
    if not found:
        return ""
    if not found["commit"]:
        return found["release"]
    major, minor, patch = found["release"].split(".")
    return f"{major}.{minor}.{int(patch) + 1}.dev{found['ahead']}+g{found['commit']}"


def from_git(root: Path, written: str) -> str:
    """The version of a checkout; before its first tag, one before the written one. "" without
    git."""
    match = "--match=v[0-9]*"
    if made := from_described(_git(root, "describe", "--tags", "--first-parent", match)):
        return made
    count, commit = (
        _git(root, "rev-list", "--count", "HEAD"),
        _git(root, "rev-parse", "--short", "HEAD"),
    )
    return f"{written}.dev{count}+g{commit}" if count and commit else ""


def from_archive(text: str, written: str) -> str:
    """The version of a tarball of `git archive`; "" where git did not fill in the marks."""
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    tag, commit = fields.get("tag", ""), fields.get("commit", "")
    if "$" in tag + commit:
        return ""
    return from_described(tag) or (f"{written}.dev0+g{commit}" if commit else "")


def from_package_info(text: str) -> str:
    """The version in the metadata of an sdist; "" without it."""
    found = re.search(r"^Version: (\S+)$", text, re.MULTILINE)
    return found[1] if found else ""


def dated_releases(root: Path = ROOT) -> list[tuple[str, str]]:
    """Version and date of each release in CHANGELOG.md, the newest first."""
    return _DATED.findall(_text(root / "CHANGELOG.md"))


def described_releases(root: Path = ROOT) -> list[tuple[str, str]]:
    """The same of the description for software centres; one in development is none yet."""
    path = root / "resources" / "io.github.xumm_desk.XummDesk.metainfo.xml"
    found = ET.parse(path).getroot().iterfind("releases/release")  # noqa: S314 - our own file
    return [
        (one.get("version", ""), one.get("date", ""))
        for one in found
        if one.get("type") != "development"
    ]


def not_announced(version: str, root: Path = ROOT) -> list[str]:
    """What is missing or differs where a release of this version is announced."""
    changes, described = dated_releases(root), described_releases(root)
    wrong = []
    if not changes or changes[0][0] != version:
        wrong.append(f"The newest dated part of CHANGELOG.md is not {version}.")
    if changes != described:
        wrong.append("CHANGELOG.md and the metainfo name other releases, or other dates.")
    return wrong


def debian_version(version: str) -> str:
    """The same for dpkg, for which 0.1.0~dev3 comes before 0.1.0."""
    return version.replace(".dev", "~dev")


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows wants."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)(?:\.dev(\d+))?", version)
    major, minor, patch, ahead = found.groups("0") if found else "0000"
    return int(major), int(minor), int(patch), int(ahead)


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def main(arguments: list[str]) -> int:
    """Print the version, or compare it with a tag."""
    version = project_version()
    if arguments and from_described(arguments[0]) != version:
        print(f"The tag {arguments[0]} does not make {version}.", file=sys.stderr)
        return 1
    if arguments and written_version() != version:
        print(f"xumm_desk/version.py still says {written_version()}.", file=sys.stderr)
        return 1
    if arguments and (wrong := not_announced(version)):
        print("\n".join(wrong), file=sys.stderr)
        return 1
    print(version)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
