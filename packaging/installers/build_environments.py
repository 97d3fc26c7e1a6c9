"""Make the two environments in which installers are built, from the lock files.

`program-env` holds what a frozen program brings, and the wheel of the program itself.
`tools-env` holds what builds: PyInstaller, the SBOM's maker, hatchling. They are apart, so that
a list of what is in the program lists nothing else. Both lie in `build/`, and are made anew when a
lock or Python changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
DIST = ROOT / "dist"
PROGRAM_ENV = BUILD / "program-env"
TOOLS_ENV = BUILD / "tools-env"
FROZEN_LOCK = ROOT / "packaging" / "requirements-frozen.lock"
TOOLS_LOCK = ROOT / "packaging" / "requirements-tools.lock"


def run(*command: str | Path, environment: dict[str, str] | None = None) -> None:
    """Run a program of a build in the project's folder; raises `CalledProcessError`."""
    subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        check=True,
    )


def python_of(environment: Path) -> Path:
    """Its interpreter."""
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return environment / folder / ("python.exe" if sys.platform == "win32" else "python")


def packages_of(environment: Path) -> Path:
    """The folder of its packages."""
    if sys.platform == "win32":
        return environment / "Lib" / "site-packages"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment / "lib" / version / "site-packages"


def make_tools() -> Path:
    """The environment of the tools, made if it is not there or old; returns its interpreter."""
    return _make(TOOLS_ENV, TOOLS_LOCK)


def make_program(wheel: Path) -> Path:
    """The environment of the program, with this wheel of it; returns its interpreter."""
    python = _make(PROGRAM_ENV, FROZEN_LOCK)
    run(*_pip(python), "install", "--force-reinstall", "--no-deps", "--no-index", wheel)
    return python


def build_wheel() -> Path:
    """Build wheel and sdist into dist/; returns the wheel."""
    tools = make_tools()
    for old in [*DIST.glob("xumm_desk-*.whl"), *DIST.glob("xumm_desk-*.tar.gz")]:
        old.unlink()
    run(tools, "-m", "hatchling", "build", "--directory", DIST)
    [wheel] = DIST.glob("xumm_desk-*.whl")
    return wheel


def _make(environment: Path, lock: Path) -> Path:
    stamp = environment / "made-from"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version} {environment}"
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        run(sys.executable, "-I", "-m", "venv", environment)
        pip = _pip(python_of(environment))
        run(*pip, "install", "-qq", "--require-hashes", "--only-binary", ":all:", "-r", lock)
        stamp.write_text(wanted, "utf-8")
    return python_of(environment)


def _pip(python: Path) -> list[str | Path]:
    return [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]


if __name__ == "__main__":
    print(build_wheel())
