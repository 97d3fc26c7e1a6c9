"""Freeze the program into a folder: dist/xumm-desk/, and on macOS also dist/Xumm Desk.app.

    python3 packaging/installers/freeze.py

It builds the wheel, makes the environments of `build_environments.py`, runs PyInstaller and writes
the licences. The result needs no Python. Freeze on the oldest system on which it shall run.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import build_environments
import licences
import project_version
from build_environments import BUILD, DIST, PROGRAM_ENV, ROOT, TOOLS_ENV

FROZEN = DIST / "xumm-desk"
INSIDE = FROZEN / "_internal"


def freeze(wheel: Path | None = None) -> Path:
    """Make the folder, of this wheel or of one that is built now; returns it."""
    build_environments.make_tools()
    python = build_environments.make_program(wheel or build_environments.build_wheel())
    make_icons(python)
    if sys.platform == "win32":
        make_version_info()
    with tools_behind_program():
        build_environments.run(
            python,
            "-m",
            "PyInstaller",
            "--noconfirm",
            "--log-level",
            "WARN",
            "--distpath",
            DIST,
            "--workpath",
            BUILD / "pyinstaller",
            ROOT / "packaging" / "pyinstaller" / "xumm-desk.spec",
            # The program comes out of its wheel, not out of the folder in which this runs.
            environment={"PYTHONHASHSEED": "1", "PYTHONSAFEPATH": "1", "PYTHONPATH": ""},
        )
    if sys.platform == "linux":
        strip(INSIDE)
    libraries = licences.native_names(INSIDE)
    missing = licences.write(python, libraries, INSIDE / "licences")
    if missing:
        raise SystemExit("\n".join(missing))
    return FROZEN


@contextlib.contextmanager
def tools_behind_program() -> Iterator[None]:
    """Let the program's environment find the tools, after its own packages and only meanwhile."""
    pointer = build_environments.packages_of(PROGRAM_ENV) / "zz_tools.pth"
    pointer.write_text(f"{build_environments.packages_of(TOOLS_ENV)}\n", "utf-8")
    try:
        yield
    finally:
        pointer.unlink()


def strip(folder: Path) -> None:
    """Take the symbols for debuggers away: a quarter of the size. Not from what auditwheel has
    written anew, which does not survive it. And the folders of this computer in which Python's own
    modules look for libraries: on another one they could be anybody's."""
    for path in sorted(folder.rglob("*.so*")):
        repaired = any(part.endswith(".libs") for part in path.parts)
        if path.is_file() and not path.is_symlink() and not repaired:
            subprocess.run(["strip", "--strip-unneeded", path], check=False)
            if "lib-dynload" in path.parts or path.name.startswith("libpython"):
                subprocess.run(["patchelf", "--remove-rpath", path], check=True)


def make_icons(python: Path) -> None:
    """The icons that Windows and macOS want, made of the PNG files."""
    made = BUILD / "icons"
    made.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys; from PIL import Image; one = Image.open(sys.argv[1]);"
        "one.save(sys.argv[2] + '/xumm-desk.ico', sizes=[(s, s) for s in (16, 32, 48, 128, 256)]);"
        "one.save(sys.argv[2] + '/xumm-desk.icns')"
    )
    icon = ROOT / "resources" / "icons" / "xumm-desk-256.png"
    build_environments.run(python, "-I", "-c", code, icon, made)


def make_version_info() -> None:
    """What Windows shows under a program's properties. Untested."""
    version = project_version.project_version()
    numbers = project_version.numbers(version)
    template = (ROOT / "packaging" / "windows" / "version-info.txt").read_text("utf-8")
    made = BUILD / "windows" / "version-info.txt"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(
        template.replace("@NUMBERS@", str(numbers)).replace("@VERSION@", version), "utf-8"
    )


def size(folder: Path) -> int:
    """Bytes of the files in it; a link counts nothing."""
    return sum(
        path.lstat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def main() -> int:
    """Freeze, and say where and how large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheel", type=Path, help="freeze this one instead of building it")
    given = parser.parse_args()
    tools = ("objdump", "strip", "patchelf") if sys.platform == "linux" else ()
    if missing := [name for name in tools if shutil.which(name) is None]:
        print(f"{', '.join(missing)}: apt-get install binutils patchelf", file=sys.stderr)
        return 2
    try:
        folder = freeze(given.wheel)
    except subprocess.CalledProcessError as error:
        print(f"Not frozen: {error}", file=sys.stderr)
        return 1
    print(f"{folder.relative_to(ROOT)}: {size(folder) / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
