"""Exchange Qt in a frozen folder for another release, as the LGPL lets everybody do.

    python3 packaging/installers/replace_qt.py FOLDER PYSIDE6_ESSENTIALS.whl SHIBOKEN6.whl

It replaces each library and plug-in in `_internal/PySide6` and `_internal/shiboken6` by that of the
same name, and sets the links beside them. Linux only; elsewhere the same files are copied by hand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

_VERSIONED = re.compile(r"(lib(?:pyside|shiboken)6\.abi3\.so)\.[\d.]+")


def unpack(wheels: list[Path], folder: Path) -> None:
    """Unpack them beside each other, as pip would."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)


def counterpart(own: Path, new: Path) -> Path | None:
    """The file that takes the place of one of ours; its name may carry another version."""
    if (new / own).is_file():
        return new / own
    if not (named := _VERSIONED.fullmatch(own.name)):
        return None
    found = sorted((new / own.parent).glob(f"{named[1]}.*"))
    return found[0] if found else None


def replace(internal: Path, new: Path) -> tuple[int, list[str]]:
    """Replace what can be; returns how many files, and the names of those without a counterpart."""
    count, missing = 0, []
    links = {path.resolve(): path for path in internal.iterdir() if path.is_symlink()}
    for old in sorted([*(internal / "PySide6").rglob("*"), *(internal / "shiboken6").rglob("*")]):
        if old.is_symlink() or not old.is_file():
            continue
        own = old.relative_to(internal)
        source = counterpart(own, new)
        if source is None:
            missing.append(str(own))
            continue
        link = links.get(old.resolve())
        old.unlink()
        target = old.with_name(source.name)
        shutil.copyfile(source, target)
        if link is not None and link.name != target.name:
            link.unlink()
            link.with_name(target.name).symlink_to(target.relative_to(internal))
        count += 1
    # What the other release loads and ours did not have.
    for source in sorted((new / "PySide6/Qt/lib").glob("libicu*")):
        if not (internal / source.name).exists():
            target = internal / "PySide6/Qt/lib" / source.name
            shutil.copyfile(source, target)
            (internal / source.name).symlink_to(target.relative_to(internal))
    return count, missing


def main() -> int:
    """Replace, and say which Qt the program runs now."""
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    folder, *wheels = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as new:
        unpack(wheels, Path(new))
        count, missing = replace(folder / "_internal", Path(new))
    print(f"{count} files are of the other release.")
    if missing:
        print("The same stay: " + ", ".join(missing))
    return subprocess.call([folder / "xumm-desk", "--self-test"])


if __name__ == "__main__":
    raise SystemExit(main())
