#!/usr/bin/env python3
"""Set up a bare checkout, run the desk from it, or run all checks.

It needs Python 3.11 and nothing else, and nothing from outside the standard library:

    python3 packaging/bootstrap.py run [-- arguments of the desk]
    python3 packaging/bootstrap.py test [-- arguments of pytest]
    python3 packaging/bootstrap.py setup [--dev]
    python3 packaging/bootstrap.py lock

What it makes is one folder, `.venv`, beside the sources. What it may add to the computer is
Debian packages, only where something is missing, and only when it already runs as root.
Windows and macOS have their own paths below, but nobody has tried them yet.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

if sys.platform != "win32":
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "xumm-desk-setup.json"
RUN_LOCK = ROOT / "packaging" / "requirements.lock"
DEV_LOCK = ROOT / "packaging" / "requirements-dev.lock"
PROJECT = ROOT / "pyproject.toml"

OLDEST_PYTHON = (3, 11)
NEEDS_A_PERSON = 2  # exit status: something that only the person at the keyboard can change


class Trouble(Exception):  # noqa: N818  it is not always an error: often only a missing package
    """Something a person must know: what happened, and what to do now."""


def say(text: str) -> None:
    # Flushed, because the programs started from here write to the same place.
    print(text, flush=True)


def tell(trouble: str) -> None:
    print(f"Xumm Desk: {trouble}", file=sys.stderr, flush=True)


# --- The system: what Qt and the tests need from it ------------------------------------------

# What the parts of Qt used here link to and do not bring along, and the package it is in on
# Debian 12 and later and on Ubuntu 22.04 and later. A test compares this with Qt's own files.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
TEST_TOOLS = {
    "Xvfb": "xvfb",
    "initdb": "postgresql",  # the tests make clusters of their own, not Debian's `main`
    "openbox": "openbox",
    "xdotool": "xdotool",
}
POSTGRES_FOLDER = Path("/usr/lib/postgresql")  # Debian's, which is on no PATH
FONT_PACKAGE = "fonts-dejavu-core"
FONT_ENDINGS = (".ttf", ".otf", ".ttc", ".pfb")


class Missing(NamedTuple):
    """What this computer lacks."""

    libraries: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    fonts: bool = False
    venv: bool = False

    @property
    def stops_the_desk(self) -> bool:
        return bool(self.libraries) or self.venv


def packages_for(missing: Missing, minor: int) -> list[str]:
    """The Debian packages that bring what is missing, each once."""
    wanted = {LIBRARIES[name] for name in missing.libraries}
    wanted |= {TEST_TOOLS[name] for name in missing.tools}
    if missing.fonts:
        wanted.add(FONT_PACKAGE)
    if missing.venv:
        # Named with the minor version: the plain python3-venv belongs to the system's default.
        wanted.add(f"python3.{minor}-venv")
    return sorted(wanted)


def install_line(packages: Iterable[str]) -> str:
    return "sudo apt-get install -y --no-install-recommends " + " ".join(packages)


def uses_apt(os_release: str) -> bool:
    """Whether /etc/os-release describes Debian or a child of it."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    family = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").split()
    return bool({"debian", "ubuntu"} & set(family))


def machine_uses_apt() -> bool:
    try:
        os_release = Path("/etc/os-release").read_text("utf-8", "replace")
    except OSError:
        return False
    return uses_apt(os_release) and shutil.which("apt-get") is not None


def absent_libraries() -> tuple[str, ...]:
    # In a process of its own: these libraries have no business in this one, and a library that
    # has just been installed is found for certain.
    probe = (
        "import ctypes, sys\n"
        "for name in sys.argv[1:]:\n"
        "    try: ctypes.CDLL(name)\n"
        "    except OSError: print(name)\n"
    )
    result = subprocess.run(
        [base_python(), "-I", "-c", probe, *LIBRARIES],
        env=child_environment(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    # A Python without ctypes cannot tell. Then the desk finds out by itself.
    return tuple(result.stdout.split()) if result.returncode == 0 else ()


def has_fonts(folders: Iterable[Path]) -> bool:
    return any(
        name.lower().endswith(FONT_ENDINGS)
        for folder in folders
        for _, _, names in os.walk(folder)
        for name in names
    )


def font_folders() -> list[Path]:
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    with contextlib.suppress(RuntimeError):  # no home at all
        folders += [Path.home() / ".fonts", Path.home() / ".local/share/fonts"]
    return folders


def has_tool(name: str) -> bool:
    return bool(shutil.which(name)) or any(POSTGRES_FOLDER.glob(f"*/bin/{name}"))


def lacks_venv() -> bool:
    # Debian ships Python without ensurepip, and puts it into a package of its own.
    return not succeeds([base_python(), "-I", "-c", "import ensurepip, venv"])


def look_around(*, dev: bool, building: bool) -> Missing:
    venv = building and lacks_venv()
    if sys.platform != "linux":
        return Missing(venv=venv)
    return Missing(
        libraries=absent_libraries(),
        tools=tuple(name for name in TEST_TOOLS if dev and not has_tool(name)),
        fonts=not has_fonts(font_folders()),
        venv=venv,
    )


def prepare_machine(*, dev: bool, building: bool) -> Missing:
    """Install what is missing where that is possible; say how where it is not."""
    missing = look_around(dev=dev, building=building)
    if not any(missing):
        return missing
    if missing.venv and not python_is_the_systems():
        raise Trouble(
            f"The Python at {base_python()} was built without venv or ensurepip, so no set-up "
            "is possible with it. Run the same command with another Python 3.11 or newer."
        )
    if not machine_uses_apt():
        return name_what_is_missing(missing)
    packages = packages_for(missing, sys.version_info.minor)
    if is_root():
        install_with_apt(packages)
        missing = look_around(dev=dev, building=building)
        if missing.stops_the_desk:
            raise Trouble(f"These are still missing after the installation: {listing(missing)}.")
        return missing
    advice = f"{listing(missing)}: missing on this computer. This line installs it:"
    if missing.stops_the_desk:
        raise Trouble(f"{advice}\n\n    {install_line(packages)}\n\nThen start again.")
    say(f"{advice}\n\n    {install_line(packages)}\n")
    return missing


def name_what_is_missing(missing: Missing) -> Missing:
    advice = f"{listing(missing)}: missing on this computer."
    if missing.stops_the_desk:
        raise Trouble(f"{advice} Install it with your system's package manager, then start again.")
    say(advice)
    return missing


def listing(missing: Missing) -> str:
    names = [*missing.libraries, *missing.tools]
    if missing.fonts:
        names.append("a font")
    if missing.venv:
        names.append("Python's venv and ensurepip")
    return ", ".join(names)


def install_with_apt(packages: Sequence[str]) -> None:
    say("Installing with apt-get: " + " ".join(packages))
    environment = {**child_environment(os.environ), "DEBIAN_FRONTEND": "noninteractive"}
    # dpkg looks for its helpers there, and a root without a login shell may not.
    environment["PATH"] = environment.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    apt = ["apt-get", "-qq", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3"]
    apt += ["-o", "DPkg::Lock::Timeout=120"]  # another installation may be at work
    # A failed update may concern a source that is not needed here, so it is not the end yet.
    call([*apt, "update"], environment)
    if call([*apt, "install", "--no-install-recommends", *packages], environment) != 0:
        raise Trouble(
            "apt-get could not install what is missing; its own words stand above. "
            "Check the network and the package sources, then start again."
        )


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def python_is_the_systems() -> bool:
    return os.path.realpath(base_python()).startswith("/usr/bin/")


# --- Child processes ----------------------------------------------------------------------------

# Settings of pip that put packages elsewhere or change what a hashed lock says. The others stay,
# because the way to a mirror may come from them.
FOREIGN_PIP = frozenset(
    {
        "PIP_CONSTRAINT",
        "PIP_DRY_RUN",
        "PIP_EDITABLE",
        "PIP_IGNORE_INSTALLED",
        "PIP_NO_DEPS",
        "PIP_PREFIX",
        "PIP_PYTHON",
        "PIP_REQUIREMENT",
        "PIP_REQUIRE_HASHES",
        "PIP_ROOT",
        "PIP_TARGET",
        "PIP_USER",
    }
)


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without anything that points Python at another place than `.venv`."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "__PYVENV"))
        and name.upper() not in FOREIGN_PIP
    }
    kept["PIP_USER"] = "0"  # said aloud, since pip's configuration file may say otherwise
    return kept


def call(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> int:
    """Run a program in the checkout, its words on this screen, and return its exit status."""
    if environment is None:
        environment = child_environment(os.environ)
    try:
        return subprocess.call(
            [str(part) for part in command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise Trouble(f"The program {command[0]} is not there.") from None


def succeeds(command: Sequence[str | Path]) -> bool:
    result = subprocess.run(
        [str(part) for part in command],
        env=child_environment(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return result.returncode == 0


# --- The set-up in .venv ------------------------------------------------------------------------


def base_python() -> str:
    """The Python behind this one: `.venv` may not be rebuilt by the Python inside it."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def in_venv(name: str) -> Path:
    if sys.platform == "win32":
        return VENV / "Scripts" / f"{name}.exe"
    return VENV / "bin" / name


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted_stamp(dev: bool) -> dict[str, Any]:
    """What the stamp says about a finished set-up of this kind, in this place, by this Python."""
    return {
        "place": str(ROOT),
        "python": sys.version,
        "interpreter": os.path.realpath(base_python()),
        "dev": dev,
        "run_lock": digest(RUN_LOCK),
        "dev_lock": digest(DEV_LOCK),
        "project": digest(PROJECT),
    }


def found_stamp() -> dict[str, Any] | None:
    """What the last finished set-up noted; None if it never finished or is damaged."""
    if not in_venv("python").exists():  # also false for a link to a Python that has gone
        return None
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def what_to_do(found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> str:
    """`nothing`, `install` into what is there, or `rebuild` from nothing."""
    if found is None:
        return "rebuild"
    if any(found.get(key) != wanted[key] for key in ("place", "python", "interpreter")):
        return "rebuild"
    if found.get("run_lock") != wanted["run_lock"]:
        return "rebuild"  # so that nothing stays behind which the lock no longer names
    if not wanted["dev"]:
        return "nothing"  # a set-up for development runs the desk as well
    if not found.get("dev"):
        return "install"
    if found.get("dev_lock") != wanted["dev_lock"]:
        return "rebuild"
    return "nothing" if found.get("project") == wanted["project"] else "install"


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups of one checkout would destroy each other's work; the second one waits."""
    if sys.platform == "win32":
        yield
        return
    with open(__file__, "rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder. Waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks
        yield


def set_up(dev: bool) -> bool:
    """Make `.venv` ready; whether anything had to be done."""
    with one_at_a_time():
        wanted = wanted_stamp(dev)
        work = what_to_do(found_stamp(), wanted)
        prepare_machine(dev=dev, building=work == "rebuild")
        if work == "nothing":
            return False
        if work == "rebuild":
            build_venv()
        # From here until the new stamp this is half-made, and a later start rebuilds it.
        STAMP.unlink(missing_ok=True)
        install_libraries(dev)
        write_stamp(wanted)
        return True


def build_venv() -> None:
    say(f"Setting up {VENV} (once; it takes some minutes and about 400 MB).")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        # The stamp goes first: should the removal stop half-way, the rest never looks finished.
        STAMP.unlink(missing_ok=True)
        shutil.rmtree(VENV)
    if call([base_python(), "-I", "-m", "venv", VENV]) != 0:
        raise Trouble(
            "Python could not make the folder .venv; its own words stand above. "
            "Check that there is room on the disk and that this folder may be written."
        )


def install_libraries(dev: bool) -> None:
    lock = DEV_LOCK if dev else RUN_LOCK
    pip: list[str | Path] = [in_venv("python"), "-I", "-m", "pip", "--disable-pip-version-check"]
    pip += ["--no-input", "install"]
    if not sys.stdout.isatty():
        pip.append("-qq")  # progress and remarks are for a person who watches; errors stay
    say(f"Installing what {lock.name} names.")
    if call([*pip, "--require-hashes", "-r", lock]) != 0:
        raise Trouble(
            "The libraries could not be installed; pip's own words stand above. Check the network "
            "connection (or your mirror's setting, PIP_INDEX_URL) and the room on the disk, "
            "then start again."
        )
    if call([in_venv("python"), ROOT / "packaging" / "catalogue.py", "compile"]) != 0:
        raise Trouble("The catalogues of the languages could not be compiled; see above.")
    pointer = site_packages() / "xumm_desk_checkout.pth"
    if not dev:
        # No build tool is in this lock, and none is needed to find a package in a folder.
        pointer.write_text(f"{ROOT}\n", encoding=pth_encoding())
        return
    pointer.unlink(missing_ok=True)
    if call([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT]) != 0:
        raise Trouble("pip could not install Xumm Desk itself; its own words stand above.")


def site_packages() -> Path:
    if sys.platform == "win32":
        return VENV / "Lib" / "site-packages"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return VENV / "lib" / version / "site-packages"


def pth_encoding() -> str:
    return "utf-8" if sys.version_info >= (3, 13) else "locale"  # as site.py reads it


def write_stamp(stamp: Mapping[str, Any]) -> None:
    """All or nothing, so that a power cut leaves no half-written stamp."""
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1), "utf-8")
    os.replace(fresh, STAMP)


# --- The commands -------------------------------------------------------------------------------


def split_arguments(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is meant for this program, and what after `--` is meant for the one it starts."""
    if "--" not in argv:
        return list(argv), []
    cut = list(argv).index("--")
    return list(argv[:cut]), list(argv[cut + 1 :])


def become(command: Sequence[str | Path]) -> int:
    """Let another program take this one's place, so that a signal to it reaches that program."""
    words = [str(part) for part in command]
    environment = child_environment(os.environ)
    if sys.platform == "win32":
        return subprocess.call(words, env=environment)
    sys.stdout.flush()
    os.execve(words[0], words, environment)  # noqa: S606  no shell is wanted here


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description="Set up, run and check Xumm Desk from its sources."
    )
    parser.set_defaults(dev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="set up what is needed and open the desk; -- its arguments")
    commands.add_parser("test", help="set up, then run every check; -- arguments of pytest")
    setup = commands.add_parser("setup", help="set up only")
    setup.add_argument("--dev", action="store_true", help="with everything the checks need")
    commands.add_parser("lock", help="make the two lock files again (developers; needs uv)")
    return parser.parse_args(argv)


def act(command: str, dev: bool, rest: Sequence[str]) -> int:
    if command == "lock":
        return call([base_python(), "-I", ROOT / "packaging" / "locks.py", "make"])
    begin = time.monotonic()
    if set_up(dev) or command == "setup":  # a desk that only opens is not announced
        say(f"Ready ({time.monotonic() - begin:.1f} s).")
    python = in_venv("python")
    if command == "run":
        # -P: a file in the folder where the person stands must not pass for a library.
        return become([python, "-P", "-m", "xumm_desk", *rest])
    if command == "test":
        return become([python, ROOT / "packaging" / "checks.py", *rest])
    return 0


def stop(signum: int, _frame: object) -> NoReturn:
    # As an exception, so that what was started here is also ended here.
    raise SystemExit(128 + signum)


def main(argv: Sequence[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(str(part) for part in sys.version_info[:3])
        say(f"Xumm Desk needs Python 3.11 or newer. This is Python {have}.")
        return NEEDS_A_PERSON
    own, rest = split_arguments(argv)
    options = parse(own)
    signal.signal(signal.SIGTERM, stop)
    try:
        return act(options.command, options.command == "test" or options.dev, rest)
    except Trouble as trouble:
        tell(str(trouble))
    except PermissionError as error:
        tell(
            f"{error.filename or ROOT} may not be changed by this user. Another user has probably "
            "set this up. Remove the folder .venv as that user, then start again."
        )
    except OSError as error:
        tell(f"the set-up could not go on. {error}")
    except KeyboardInterrupt:
        print("\nStopped. The next start takes it up again.", file=sys.stderr, flush=True)
        return 130
    return NEEDS_A_PERSON


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
