"""Build a Debian package out of the frozen folder: dist/xumm-desk_VERSION_ARCHITECTURE.deb.

    python3 packaging/debian/build_deb.py

Freeze first, and set DEBEMAIL to where mail about the package goes. It needs dpkg-dev. What the
package depends on is what dpkg finds in the files; how it looks to lintian is said by lintian.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging" / "installers"))

import build_environments  # noqa: E402
import project_version  # noqa: E402
from build_environments import DIST, PROGRAM_ENV  # noqa: E402

HERE = Path(__file__).resolve().parent
RESOURCES = ROOT / "resources"
FROZEN = DIST / "xumm-desk"
LIBRARY = Path("usr/lib/xumm-desk")
MAINTAINER = f"Xumm Desk contributors <{os.environ.get('DEBEMAIL', 'nobody@example.org')}>"
"""Whoever hands the package out: DEBEMAIL, as all of Debian's tools have it."""

_DEPENDS = "ca-certificates, fonts-dejavu-core | fonts-freefont-ttf | fonts-noto-core"
_RECOMMENDS = "gnome-keyring | kwalletmanager, xdg-desktop-portal"
_SUGGESTS = "cups, fonts-noto-cjk, xvfb"

_CONTROL = """\
Package: xumm-desk
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Suggests: {suggests}
Section: misc
Priority: optional
Description: take XRP Ledger payments at a shop's till
 Xumm Desk turns a computer into a till for XRP Ledger payments. The customer
 scans a QR code with the Xumm (Xaman) wallet and signs on the phone. The desk
 follows each request and says "paid" only after the ledger itself has
 confirmed the right amount.
 .
 Practice mode works without keys, network or money.
 .
 This package brings Python and Qt along, as they were tested with it.
"""


def build(version: str, folder: Path, level: int) -> Path:
    """Build it in `folder`; returns the package in dist/."""
    architecture = _output("dpkg", "--print-architecture")
    tree = folder / "tree"
    lay_out(tree, version)
    depends = shared_library_dependencies(tree, folder)
    size = sum(path.lstat().st_size for path in tree.rglob("*")) // 1024
    control = tree / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(
        _CONTROL.format(
            version=version,
            architecture=architecture,
            maintainer=MAINTAINER,
            size=size,
            depends=f"{depends}, {_DEPENDS}",
            recommends=_RECOMMENDS,
            suggests=_SUGGESTS,
        ),
        "utf-8",
    )
    shutil.copyfile(HERE / "postrm", control / "postrm")
    (control / "postrm").chmod(0o755)
    (control / "md5sums").write_text(checksums(tree), "utf-8")
    package = DIST / f"xumm-desk_{version}_{architecture}.deb"
    # The checksums are of what lies in the tree, so its rights are set before.
    build_environments.run(
        "dpkg-deb", "--root-owner-group", "-Zxz", f"-z{level}", "--build", tree, package
    )
    return package


def lay_out(tree: Path, version: str) -> None:
    """Put every file where it belongs."""
    shutil.copytree(FROZEN, tree / LIBRARY, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/xumm-desk").symlink_to("../lib/xumm-desk/xumm-desk")
    put(RESOURCES / "xumm-desk.desktop", tree / "usr/share/applications")
    put(RESOURCES / "io.github.xumm_desk.XummDesk.metainfo.xml", tree / "usr/share/metainfo")
    icons = tree / "usr/share/icons/hicolor"
    put(RESOURCES / "icons/xumm-desk.svg", icons / "scalable/apps")
    for icon in sorted((RESOURCES / "icons").glob("xumm-desk-*.png")):
        size = icon.stem.rpartition("-")[2]
        put(icon, icons / f"{size}x{size}/apps", "xumm-desk.png")
    document = tree / "usr/share/doc/xumm-desk"
    document.mkdir(parents=True)
    (document / "copyright").write_text(copyright_text(), "utf-8")
    compress(document / "changelog.gz", changelog(version))
    page = _output(build_environments.python_of(PROGRAM_ENV), "-I", HERE / "man_page.py")
    (tree / "usr/share/man/man1").mkdir(parents=True)
    compress(tree / "usr/share/man/man1/xumm-desk.1.gz", page + "\n")
    put(HERE / "lintian-overrides", tree / "usr/share/lintian/overrides", "xumm-desk")
    for path in [tree, *tree.rglob("*")]:
        if path.is_symlink():
            continue
        program = path == tree / LIBRARY / "xumm-desk"
        path.chmod(0o755 if path.is_dir() or program else 0o644)


def put(file: Path, folder: Path, name: str = "") -> None:
    """Copy a file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / (name or file.name))


def compress(path: Path, text: str) -> None:
    """Write it as Debian wants documents, without the time at which it was made."""
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(text.encode("utf-8"))


def changelog(version: str) -> str:
    """Debian's changelog: one entry that leads to ours."""
    when = _output("date", "-R", "-u", f"--date=@{_made_at()}")
    return (
        f"xumm-desk ({version}) unstable; urgency=medium\n\n"
        "  * See CHANGELOG.md of the sources for what changed for a user.\n\n"
        f" -- {MAINTAINER}  {when}\n"
    )


def copyright_text() -> str:
    """Our licence, and the list of what is brought along."""
    ours = (ROOT / "LICENSE").read_text("utf-8").strip()
    brought = (FROZEN / "_internal/licences/LICENCES.txt").read_text("utf-8").strip()
    return (
        f"{ours}\n\n\n{brought}\n\n"
        f"The texts lie in /{LIBRARY}/_internal/licences. On Debian systems those of the common\n"
        "licences are also in /usr/share/common-licenses: LGPL-3, LGPL-2.1, GPL-3, Apache-2.0,\n"
        "MPL-2.0 and BSD.\n"
    )


def checksums(tree: Path) -> str:
    """What `dpkg --verify` compares files with."""
    files = sorted(
        path.relative_to(tree)
        for path in tree.rglob("*")
        if path.is_file() and not path.is_symlink() and "DEBIAN" not in path.parts
    )
    done = subprocess.run(["md5sum", *files], cwd=tree, capture_output=True, text=True, check=True)
    return done.stdout


def shared_library_dependencies(tree: Path, folder: Path) -> str:
    """The packages with the libraries that the files load and do not bring."""
    internal = tree / LIBRARY / "_internal"
    objects = [
        path
        for path in (tree / LIBRARY).rglob("*")
        if path.is_file() and not path.is_symlink() and _is_elf(path)
    ]
    (folder / "debian").mkdir(exist_ok=True)
    (folder / "debian/control").write_text(
        "Source: xumm-desk\n\nPackage: xumm-desk\nArchitecture: any\n", "utf-8"
    )
    private = {path.parent for path in internal.rglob("*.so*")}
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info"]
    command += [f"-l{one}" for one in sorted(private)]
    command += [f"-e{one}" for one in objects]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found = re.search(r"^shlibs:Depends=(.*)$", done.stdout, re.MULTILINE)
    if not found:
        raise SystemExit(f"no dependencies were found: {done.stderr}")
    brought = packages_of_brought_libraries(internal)
    return ", ".join(one for one in found[1].split(", ") if one.split()[0] not in brought)


def packages_of_brought_libraries(internal: Path) -> set[str]:
    """Packages of the system with a library that the folder has as well."""
    found = set()
    for path in internal.glob("*.so*"):
        done = subprocess.run(
            ["dpkg-query", "--search", f"*/{path.name}"],
            capture_output=True,
            text=True,
            check=False,
        )
        found |= {line.partition(":")[0] for line in done.stdout.splitlines()}
    return found


def _is_elf(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def _made_at() -> str:
    return os.environ.get("SOURCE_DATE_EPOCH") or (
        _output("git", "-C", ROOT, "log", "-1", "--format=%ct") if (ROOT / ".git").exists() else "0"
    )


def _output(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def frozen_version() -> str:
    """What the frozen program says of itself."""
    return _output(FROZEN / "xumm-desk", "--version").split()[-1]


def main() -> int:
    """Build it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--version", help="instead of the program's own, to try an upgrade")
    parser.add_argument("--level", type=int, default=6, help="how hard xz tries, 0 to 9")
    given = parser.parse_args()
    if not FROZEN.is_dir():
        print("Freeze first: python3 packaging/installers/freeze.py", file=sys.stderr)
        return 2
    version = project_version.debian_version(given.version or frozen_version())
    with tempfile.TemporaryDirectory(prefix="xumm-desk-deb-") as folder:
        Path(folder).chmod(0o755)
        package = build(version, Path(folder), given.level)
    print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
