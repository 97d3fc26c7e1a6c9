"""Check the lock files, and make them again.

A lock names every package with one version and its hashes, and no address: where packages come
from is the business of whoever installs them. Run as a program it checks the locks of this
checkout against pyproject.toml; with `make` it has uv make them first.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK = ROOT / "packaging" / "requirements.lock"
DEV_LOCK = ROOT / "packaging" / "requirements-dev.lock"
FROZEN_LOCK = ROOT / "packaging" / "requirements-frozen.lock"
"""What a frozen program brings: the program's own needs and all of its optional parts."""
TOOLS_LOCK = ROOT / "packaging" / "requirements-tools.lock"
"""What makes installers; nothing of it is in them."""
PROJECT = ROOT / "pyproject.toml"

REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9.!+_-]+)"
    r"(?P<marker> ; [^\\]+?)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)
DEPENDENCY = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?P<bounds>[^;]*?)\s*(?:;.*)?"
)
BOUND = re.compile(r"(?P<sign>==|>=|<=|!=|~=|>|<)\s*(?P<version>[0-9][0-9.]*?)(?P<any>\.\*)?")


def requirements_in(lock: str) -> list[str]:
    """The entries of a lock file, each on one line, without comments."""
    lines = (line for line in lock.splitlines() if not line.lstrip().startswith("#"))
    joined = "\n".join(lines).replace("\\\n", " ")
    return [" ".join(line.split()) for line in joined.splitlines() if line.strip()]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_in(lock: str) -> dict[str, set[str]]:
    matches = (REQUIREMENT.fullmatch(entry) for entry in requirements_in(lock))
    pins: dict[str, set[str]] = {}
    for match in matches:
        if match:
            pins.setdefault(canonical(match["name"]), set()).add(match["version"])
    return pins


def lock_problems(name: str, lock: str) -> list[str]:
    """Why a lock file is not fit to be committed: an address in it, or an entry without a hash."""
    entries = requirements_in(lock)
    problems = [] if entries else [f"{name} is empty"]
    if "://" in lock:
        problems.append(f"{name} holds an address; packages come from wherever pip is set to")
    problems += [
        f"{name}: not a pinned version with a sha256 hash: {entry[:80]}"
        for entry in entries
        if not REQUIREMENT.fullmatch(entry)
    ]
    return problems


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version, without closing zeros: 8.20 is (8, 20), 8.2.0 is (8, 2)."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in match[0].split(".")] if match else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def meets(version: str, bound: str) -> bool:
    """Whether a version lies within one bound, such as `>=3.1` or `==0.28.*`."""
    match = BOUND.fullmatch(bound.strip())
    if not match:
        raise ValueError(bound)
    have, want = release(version), release(match["version"])
    stem = tuple(int(part) for part in match["version"].split("."))
    padded = have + (0,) * len(stem)
    if match["any"]:
        return (padded[: len(stem)] == stem) == (match["sign"] == "==")
    if match["sign"] == "~=":
        return have >= want and padded[: len(stem) - 1] == stem[:-1]
    return {
        "==": have == want,
        "!=": have != want,
        ">=": have >= want,
        "<=": have <= want,
        ">": have > want,
        "<": have < want,
    }[match["sign"]]


def unmet(dependencies: Iterable[str], pins: Mapping[str, set[str]], lock_name: str) -> list[str]:
    """The dependencies of the project which a lock does not name, or names out of bounds."""
    problems = []
    for dependency in dependencies:
        match = DEPENDENCY.fullmatch(dependency.strip())
        versions = pins.get(canonical(match["name"]), set()) if match else set()
        bounds = [part for part in match["bounds"].split(",") if part.strip()] if match else []
        try:
            fits = all(meets(version, bound) for version in versions for bound in bounds)
        except ValueError:
            fits = False
        if not versions or not fits:
            problems.append(f"{lock_name} does not fit {dependency!r} of pyproject.toml")
    return problems


def all_lock_problems() -> list[str]:
    project = tomllib.loads(PROJECT.read_text("utf-8"))
    own, groups = project["project"]["dependencies"], project["dependency-groups"]
    parts = [one for part in project["project"]["optional-dependencies"].values() for one in part]
    wanted = {
        RUN_LOCK: own,
        DEV_LOCK: [*own, *groups["dev"]],
        FROZEN_LOCK: [*own, *parts],
        TOOLS_LOCK: groups["installers"],
    }
    texts = {lock: lock.read_text("utf-8") for lock in wanted}
    pins = {lock: pins_in(text) for lock, text in texts.items()}
    problems = [one for lock, text in texts.items() for one in lock_problems(lock.name, text)]
    problems += [
        one for lock, needs in wanted.items() for one in unmet(needs, pins[lock], lock.name)
    ]
    # What is tested is what is run, and what is frozen.
    for lock in (RUN_LOCK, FROZEN_LOCK):
        problems += [
            f"{lock.name} and {DEV_LOCK.name} differ about {name}"
            for name, versions in pins[lock].items()
            if pins[DEV_LOCK].get(name) != versions
        ]
    return problems


def check_locks() -> int:
    problems = all_lock_problems()
    for problem in problems:
        print(problem)
    if problems:
        print("Make the locks again with: python3 packaging/bootstrap.py lock")
    else:
        print("All locks are hashed, hold no address and fit pyproject.toml.")
    return 1 if problems else 0


def make_locks() -> int:
    uv = shutil.which("uv")
    if not uv:
        print("Locks are made by uv, which is not on this computer. Install it first.")
        return 2
    command = [uv, "pip", "compile", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header"]
    command += ["--quiet"]
    same = ["--constraints", str(DEV_LOCK.relative_to(ROOT))]
    for options, lock in (
        ([PROJECT.name], RUN_LOCK),
        ([PROJECT.name, "--group", "dev"], DEV_LOCK),
        ([PROJECT.name, "--all-extras", *same], FROZEN_LOCK),
        (["--group", f"{PROJECT.name}:installers"], TOOLS_LOCK),
    ):
        print(f"Resolving {lock.name}.", flush=True)
        # Relative names, since uv writes the names it was given into its comments.
        output = ["--output-file", str(lock.relative_to(ROOT))]
        if subprocess.call([*command, *options, *output], cwd=ROOT) != 0:
            return 1
    return check_locks()


if __name__ == "__main__":
    raise SystemExit(make_locks() if sys.argv[1:] == ["make"] else check_locks())
