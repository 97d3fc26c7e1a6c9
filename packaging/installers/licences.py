"""Write the licences of everything that a frozen program brings, into build/licences/.

Each package of the environment has its texts there; LICENCES.txt lists them all, with the native
libraries inside. A package without a licence, or a native library that the table below does not
know, ends the command: nothing is handed on whose terms nobody has read.
"""

from __future__ import annotations

import fnmatch
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import build_environments
from build_environments import BUILD, ROOT

FOLDER = BUILD / "licences"
TEXTS = ROOT / "packaging" / "installers" / "licence_texts"
"""Texts that the packages name and do not bring."""

NOT_FROZEN = frozenset({"pip", "setuptools"})

# What the packages and the system bring as native libraries: the file's name before its version, or
# the beginning of it, the project, and its licence as SPDX has it.
NATIVE = {
    "libQt6*": ("Qt", "LGPL-3.0-only"),
    "libpyside6*": ("Qt for Python", "LGPL-3.0-only"),
    "libshiboken6*": ("Qt for Python", "LGPL-3.0-only"),
    "libicu*": ("ICU", "Unicode-3.0"),
    "libpython*": ("Python", "PSF-2.0"),
    "libssl": ("OpenSSL", "Apache-2.0"),
    "libcrypto": ("OpenSSL", "Apache-2.0"),
    "libsqlite3": ("SQLite", "blessing"),
    "libpq": ("PostgreSQL", "PostgreSQL"),
    "libcom_err": ("MIT Kerberos or e2fsprogs", "MIT"),
    "libgssapi_krb5": ("MIT Kerberos", "MIT"),
    "libk5crypto": ("MIT Kerberos", "MIT"),
    "libkrb5*": ("MIT Kerberos", "MIT"),
    "libkeyutils": ("keyutils", "LGPL-2.1-or-later"),
    "liblber": ("OpenLDAP", "OLDAP-2.8"),
    "libldap": ("OpenLDAP", "OLDAP-2.8"),
    "libsasl2": ("Cyrus SASL", "BSD-3-Clause-Attribution"),
    "libcrypt": ("libxcrypt", "LGPL-2.1-or-later"),
    "libXau": ("X.Org", "MIT"),
    "libXdmcp": ("X.Org", "MIT"),
    "libX11": ("X.Org", "MIT"),
    "libxcb*": ("X.Org", "MIT"),
    "libxkbcommon": ("xkbcommon", "MIT"),
    "libwayland*": ("Wayland", "MIT"),
    "libavif": ("libavif, dav1d, libaom and libyuv", "BSD-2-Clause"),
    "libbrotli*": ("Brotli", "MIT"),
    "libfreetype": ("FreeType", "FTL"),
    "libfontconfig": ("fontconfig", "HPND"),
    "libharfbuzz": ("HarfBuzz", "MIT-Modern-Variant"),
    "libjpeg": ("libjpeg-turbo", "IJG AND BSD-3-Clause"),
    "liblcms2": ("Little CMS", "MIT"),
    "liblzma": ("XZ Utils", "0BSD"),
    "libopenjp2": ("OpenJPEG", "BSD-2-Clause"),
    "libpng16": ("libpng", "libpng-2.0"),
    "libsharpyuv": ("WebP", "BSD-3-Clause"),
    "libwebp*": ("WebP", "BSD-3-Clause"),
    "libtiff": ("LibTIFF", "libtiff"),
    "libzstd": ("Zstandard", "BSD-3-Clause"),
    "libz": ("zlib", "Zlib"),
    "libbz2": ("bzip2", "bzip2-1.0.6"),
    "libexpat": ("Expat", "MIT"),
    "libffi": ("libffi", "MIT"),
    "libuuid": ("util-linux", "BSD-3-Clause"),
    "libscipy_openblas*": ("OpenBLAS", "BSD-3-Clause"),
    "libgfortran": ("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    "libquadmath": ("GCC runtime", "LGPL-2.1-or-later"),
    "libgcc_s": ("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    "libstdc++": ("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    "libdbus-1": ("D-Bus", "AFL-2.1 OR GPL-2.0-or-later"),
    "libglib-2.0": ("GLib", "LGPL-2.1-or-later"),
    "libgthread-2.0": ("GLib", "LGPL-2.1-or-later"),
    "libpcre2": ("PCRE2", "BSD-3-Clause"),
    "libsystemd": ("systemd", "LGPL-2.1-or-later"),
    "libcap": ("libcap", "BSD-3-Clause OR GPL-2.0-only"),
    "libgcrypt": ("Libgcrypt", "LGPL-2.1-or-later"),
    "libgpg-error": ("libgpg-error", "LGPL-2.1-or-later"),
    "liblz4": ("LZ4", "BSD-2-Clause"),
    "libbsd": ("libbsd", "BSD-3-Clause"),
    "libmd": ("libmd", "BSD-3-Clause"),
    "libcups": ("CUPS", "Apache-2.0"),
    "libreadline": ("Readline", "GPL-3.0-or-later"),
    "libtinfo": ("ncurses", "X11-distribute-modifications-variant"),
    "libncurses": ("ncurses", "X11-distribute-modifications-variant"),
    "libusb-1.0": ("libusb", "LGPL-2.1-or-later"),
}

# Where a package's own words are no licence's name.
NAMES = {
    "aiosignal": "Apache-2.0",
    "argcomplete": "Apache-2.0",
    "ECPy": "Apache-2.0",
    "backports.tarfile": "MIT",
    "colorama": "BSD-3-Clause",
    "jaraco.classes": "MIT",
    "pycryptodome": "BSD-2-Clause AND Unlicense",
    "pyusb": "BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "socksio": "MIT",
    "wakepy": "MIT",
    "sniffio": "MIT OR Apache-2.0",
    "appdirs": "MIT",
}

_ASK = """
import importlib.metadata, json, re
found = []
for one in importlib.metadata.distributions():
    about = one.metadata
    texts = [str(one.locate_file(file)) for file in one.files or ()
             if re.search(r"licen[cs]e|copying|notice|authors", file.name, re.I)
             and not file.name.endswith((".py", ".pyc"))]
    words = about.get("License-Expression") or about.get("License") or ""
    home = about.get("Home-page") or next(
        (url.partition(", ")[2] for url in about.get_all("Project-URL") or ()), "")
    words = words.splitlines()[0] if words else ""
    found.append([about["Name"], about["Version"], words, home, texts])
print(json.dumps(found))
"""

_INTRODUCTION = """\
What this copy of Xumm Desk brings along, and its licences
==========================================================

Xumm Desk itself is under the MIT licence (xumm-desk/LICENSE). It brings Python, the packages and
the native libraries below, unchanged. Their texts lie in the folders beside this file.

Qt and Qt for Python are used under the LGPL, version 3: lgpl-3.0.txt, and gpl-3.0.txt, which it
adds to. You may replace them by other builds of the same major version; packaging/README.md of the
sources says how ("How to replace Qt"). Their sources, in the versions named below:
https://download.qt.io/official_releases/ (folders "qt" and "QtForPython").
What else is under an LGPL, such as psycopg, lies in files of its own too and can be replaced alike.

"""


@dataclass(frozen=True, slots=True)
class Package:
    """A package, its licence, its home and where the texts lie."""

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[Path, ...]


def packages_in(python: Path) -> list[Package]:
    """The packages of an environment that go into the program."""
    answer = subprocess.run(
        [python, "-I", "-c", _ASK], capture_output=True, text=True, check=True
    ).stdout
    found = [
        Package(name, version, NAMES.get(name, words), home, tuple(map(Path, texts)))
        for name, version, words, home, texts in json.loads(answer)
        if name not in NOT_FROZEN
    ]
    return sorted(found, key=lambda one: one.name.lower())


def native_names(folder: Path) -> list[str]:
    """The shared libraries in a folder that are no extension modules of Python."""
    found = {
        path.name
        for path in folder.rglob("lib*.so*")
        if path.is_file() and ".cpython-" not in path.name and not _is_plugin(path)
    }
    return sorted(found)


def _is_plugin(path: Path) -> bool:
    return "plugins" in path.parts or ".abi3." in path.name


def native_entry(name: str) -> tuple[str, str] | None:
    """Project and licence of a native library."""
    for stem, entry in NATIVE.items():
        if fnmatch.fnmatchcase(name, stem if stem.endswith("*") else f"{stem}[.-]*"):
            return entry
    return None


def problems(packages: Iterable[Package], libraries: Iterable[str]) -> list[str]:
    """What has no licence, or none whose text is known."""
    found = [
        f"{one.name} {one.version} names no licence"
        for one in packages
        if not one.licence or one.licence == "UNKNOWN"
    ]
    found += [
        f"{one.name} {one.version} brings no text of its licence ({one.licence})"
        for one in packages
        if not one.texts and "LGPL-3.0-only" not in one.licence
    ]
    found += [f"{name} is in no table of licences" for name in libraries if not native_entry(name)]
    return found


def listing(packages: Iterable[Package], libraries: Iterable[str]) -> str:
    """The text of LICENCES.txt."""
    version = ".".join(map(str, sys.version_info[:3]))
    lines = [f"Python {version} · PSF-2.0 · https://www.python.org", ""]
    lines += ["Packages", "--------", ""]
    lines += [
        f"{one.name} {one.version} · {one.licence}" + (f" · {one.home}" if one.home else "")
        for one in packages
    ]
    lines += ["", "Native libraries", "----------------", ""]
    by_project: dict[tuple[str, str], list[str]] = {}
    for name in libraries:
        if entry := native_entry(name):
            by_project.setdefault(entry, []).append(name)
    lines += [
        f"{project} · {licence} · {', '.join(names)}"
        for (project, licence), names in sorted(by_project.items())
    ]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def write(python: Path, libraries: Iterable[str] = (), folder: Path = FOLDER) -> list[str]:
    """Write the folder for an environment; returns what is missing."""
    packages, libraries = packages_in(python), list(libraries)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for one in packages:
        into = folder / one.name.lower()
        for text in one.texts:
            into.mkdir(exist_ok=True)
            shutil.copyfile(text, _free(into / text.name))
    for text in sorted(TEXTS.glob("*.txt")):
        shutil.copyfile(text, folder / text.name)
    python_text = Path(sys.base_prefix) / "LICENSE.txt"
    if python_text.is_file():
        shutil.copyfile(python_text, folder / "python.txt")
    (folder / "LICENCES.txt").write_text(listing(packages, libraries), "utf-8")
    return problems(packages, libraries)


def _free(path: Path) -> Path:
    """The path, or the next one with a number where another text has it."""
    free, number = path, 2
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


def main() -> int:
    """Write them for the environment of the program."""
    python = build_environments.make_program(build_environments.build_wheel())
    missing = write(
        python, native_names(build_environments.packages_of(build_environments.PROGRAM_ENV))
    )
    print("\n".join(missing) or f"The licences are in {FOLDER.relative_to(ROOT)}.")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
