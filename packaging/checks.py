"""Run every check that must hold before a change is good.

Started by `bootstrap.py test` inside the set-up it made; what is given to this program goes to
pytest. One failed check does not keep the others from running.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS_RAN = 5  # pytest's own exit status for it
_WORKERS = 3  # on two cores: half of a test's time is waiting for a server or another process
SCREEN_WAIT = 30.0  # seconds; a virtual screen is there within one, even on a busy machine

Command = Sequence[str | Path]


class NotRunError(Exception):
    """A check could not even begin; the text says why."""


def say(text: str) -> None:
    # Flushed, because the programs started from here write to the same place.
    print(text, flush=True)


def call(command: Command, environment: dict[str, str] | None = None) -> int:
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment)


class Outcome(NamedTuple):
    step: str
    good: bool
    seconds: float
    remark: str = ""


def timed(step: str, work: Callable[[], tuple[bool, str]]) -> Outcome:
    say(f"\n=== {step}")
    begin = time.monotonic()
    try:
        good, remark = work()
    except NotRunError as error:
        good, remark = False, str(error)
        say(remark)
    return Outcome(step, good, time.monotonic() - begin, remark)


def static_checks() -> list[tuple[str, Command]]:
    python = sys.executable
    pages = sorted(ROOT.glob("*.md"))
    spelled: list[str | Path] = ["xumm_desk", "tests", "packaging", "resources", *pages]
    return [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy", "xumm_desk", "tests", "packaging", "resources/examples"]),
        ("lint-imports", [Path(python).with_name("lint-imports" + Path(python).suffix)]),
        ("codespell", [python, "-m", "codespell_lib", *spelled]),
        ("locks", [python, ROOT / "packaging" / "locks.py"]),
        ("catalogue", [python, ROOT / "packaging" / "catalogue.py", "--check"]),
    ]


def pytest_command(marks: str, arguments: Sequence[str]) -> Command:
    return [sys.executable, "-m", "pytest", "-m", marks, *arguments]


def screenless_environment() -> dict[str, str]:
    environment = dict(os.environ)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH"):
        environment.pop(name, None)
    environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


def run_main_tests(arguments: Sequence[str]) -> int:
    marks = "not window and not soak"
    return call(pytest_command(marks, ["-n", str(_WORKERS), *arguments]), screenless_environment())


def run_window_tests(arguments: Sequence[str]) -> int:
    environment = screenless_environment()
    if sys.platform != "linux":
        del environment["QT_QPA_PLATFORM"]  # the real screen
        return call(pytest_command("window and not soak", arguments), environment)
    with virtual_screen() as display:
        environment.update(DISPLAY=display, QT_QPA_PLATFORM="xcb")
        return call(pytest_command("window and not soak", arguments), environment)


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """An Xvfb of our own; it picks a free number by itself, and ends with this block."""
    program = shutil.which("Xvfb")
    if not program:
        raise NotRunError(
            "Not run: the tests of the window need Xvfb, which is not on this computer."
        )
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as words, os.fdopen(reader, "rb", buffering=0) as numbers:
        # The second screen is the customer's.
        screens = ["-screen", "0", "1600x1000x24", "-screen", "1", "1280x800x24"]
        command = [program, "-displayfd", str(writer), *screens]
        command += ["-nolisten", "tcp", "-noreset"]
        server = subprocess.Popen(
            command,
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
        os.close(writer)
        try:
            ready, _, _ = select.select([numbers], [], [], SCREEN_WAIT)
            number = numbers.readline().strip().decode("ascii") if ready else ""
            if not number:
                words.seek(0)
                raise NotRunError(
                    f"Xvfb did not start: {words.read().decode(errors='replace')[-500:]}"
                )
            yield f":{number}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def judge_tests(main: int, window: int, narrowed: bool) -> tuple[bool, bool]:
    """Whether the two calls of pytest are good.

    Finding no test is a failure of the main call, unless the person asked for some tests only and
    they are among those of the window.
    """
    main_good = main == 0 or (main == NO_TESTS_RAN and narrowed and window == 0)
    return main_good, window in (0, NO_TESTS_RAN)


def run_static(command: Command) -> tuple[bool, str]:
    return call(command) == 0, ""


def run_tests(arguments: Sequence[str]) -> list[Outcome]:
    codes: dict[str, int] = {}

    def tests(name: str, run: Callable[[Sequence[str]], int]) -> tuple[bool, str]:
        codes[name] = run(arguments)
        remark = {0: "", NO_TESTS_RAN: "no tests"}.get(codes[name], f"exit {codes[name]}")
        return codes[name] == 0, remark

    main = timed("pytest", lambda: tests("main", run_main_tests))
    window = timed("pytest, window", lambda: tests("window", run_window_tests))
    main_good, window_good = judge_tests(
        codes.get("main", 1), codes.get("window", 1), bool(arguments)
    )
    return [main._replace(good=main_good), window._replace(good=window_good)]


def run_all(arguments: Sequence[str]) -> int:
    outcomes = [timed(step, partial(run_static, command)) for step, command in static_checks()]
    outcomes += run_tests(arguments)
    print_summary(outcomes)
    return 0 if all(outcome.good for outcome in outcomes) else 1


def print_summary(outcomes: Sequence[Outcome]) -> None:
    say("\n=== summary")
    for outcome in outcomes:
        word = "ok" if outcome.good else "FAILED"
        remark = outcome.remark.splitlines()[0] if outcome.remark else ""
        say(f"{outcome.step:<16}{word:<8}{outcome.seconds:7.1f} s  {remark}".rstrip())
    failed = [outcome.step for outcome in outcomes if not outcome.good]
    say("all good" if not failed else "failed: " + ", ".join(failed))


def stop(signum: int, _frame: object) -> NoReturn:
    # As an exception, so that what was started here is also ended here.
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        raise SystemExit(run_all(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
