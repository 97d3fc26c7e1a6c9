"""The decisions of `packaging/bootstrap.py`, and of the checks it starts, without doing any of
the work: no network, no apt, no new environment."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging_program import load_program

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'


bootstrap = load_program("bootstrap")
checks = load_program("checks")
icons = load_program("render_icons")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A Debian computer without the libraries, seen by an ordinary user."""
    missing = bootstrap.Missing(libraries=("libEGL.so.1", "libxcb-cursor.so.0"), venv=True)
    monkeypatch.setattr(bootstrap, "look_around", lambda **_: missing)
    monkeypatch.setattr(bootstrap, "machine_uses_apt", lambda: True)
    monkeypatch.setattr(bootstrap, "python_is_the_systems", lambda: True)
    monkeypatch.setattr(bootstrap, "is_root", lambda: False)
    return monkeypatch


# --- What is missing, and the line that installs it


def test_packages_are_named_once_and_in_order() -> None:
    missing = bootstrap.Missing(
        libraries=("libgthread-2.0.so.0", "libglib-2.0.so.0", "libEGL.so.1"),
        tools=("Xvfb",),
        fonts=True,
        venv=True,
    )
    assert bootstrap.packages_for(missing, 11) == [
        "fonts-dejavu-core",
        "libegl1",
        "libglib2.0-0",
        "python3.11-venv",
        "xvfb",
    ]


def test_postgresql_is_found_where_debian_keeps_it_and_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "POSTGRES_FOLDER", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert not bootstrap.has_tool("initdb")
    for folder in (tmp_path / "path", tmp_path / "15" / "bin"):
        folder.mkdir(parents=True)
        program = folder / "initdb"
        program.touch(0o755)
        assert bootstrap.has_tool("initdb")
        program.unlink()
    assert bootstrap.packages_for(bootstrap.Missing(tools=("initdb",)), 11) == ["postgresql"]


def test_nothing_missing_needs_no_package() -> None:
    assert bootstrap.packages_for(bootstrap.Missing(), 11) == []
    assert not any(bootstrap.Missing())


def test_a_font_or_a_test_tool_does_not_stop_the_desk() -> None:
    assert not bootstrap.Missing(fonts=True, tools=("Xvfb",)).stops_the_desk
    assert bootstrap.Missing(libraries=("libEGL.so.1",)).stops_the_desk
    assert bootstrap.Missing(venv=True).stops_the_desk


def test_an_ordinary_user_gets_exactly_one_line(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(bootstrap.Trouble) as caught:
        bootstrap.prepare_machine(dev=False, building=True)
    lines = [line.strip() for line in str(caught.value).splitlines() if "sudo" in line]
    minor = sys.version_info.minor
    assert lines == [
        "sudo apt-get install -y --no-install-recommends "
        f"libegl1 libxcb-cursor0 python3.{minor}-venv"
    ]


def test_an_ordinary_user_without_test_tools_may_go_on(
    bare: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = bootstrap.Missing(tools=("Xvfb", "xdotool"))
    bare.setattr(bootstrap, "look_around", lambda **_: missing)
    assert bootstrap.prepare_machine(dev=True, building=False) == missing
    assert capsys.readouterr().out.count("sudo apt-get install -y") == 1


def test_root_installs_only_what_is_missing(bare: pytest.MonkeyPatch) -> None:
    answers = [bootstrap.Missing(libraries=("libGL.so.1",)), bootstrap.Missing()]
    installed: list[list[str]] = []
    bare.setattr(bootstrap, "look_around", lambda **_: answers.pop(0))
    bare.setattr(bootstrap, "is_root", lambda: True)
    bare.setattr(bootstrap, "install_with_apt", installed.append)
    assert not any(bootstrap.prepare_machine(dev=False, building=True))
    assert installed == [["libgl1"]]


def test_a_complete_machine_installs_nothing(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(bootstrap, "look_around", lambda **_: bootstrap.Missing())
    bare.setattr(bootstrap, "is_root", lambda: True)
    bare.setattr(bootstrap, "install_with_apt", lambda packages: pytest.fail(str(packages)))
    bootstrap.prepare_machine(dev=True, building=True)


def test_another_distribution_gets_the_names_of_the_libraries(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(bootstrap, "machine_uses_apt", lambda: False)
    with pytest.raises(bootstrap.Trouble, match=r"libEGL\.so\.1, libxcb-cursor\.so\.0") as caught:
        bootstrap.prepare_machine(dev=False, building=True)
    assert "apt-get" not in str(caught.value)


def test_a_python_built_without_ensurepip_is_named(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(bootstrap, "python_is_the_systems", lambda: False)
    with pytest.raises(bootstrap.Trouble, match="another Python"):
        bootstrap.prepare_machine(dev=False, building=True)


def test_apt_gets_no_questions_and_no_foreign_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def call(command: list[str], environment: dict[str, str]) -> int:
        seen.append((command, environment))
        return 100 if "update" in command else 0  # a source that is down does not end it

    monkeypatch.setattr(bootstrap, "call", call)
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    bootstrap.install_with_apt(["libegl1"])
    (_, environment), (install, _) = seen
    assert install[-3:] == ["install", "--no-install-recommends", "libegl1"]
    assert "-y" in install
    assert environment["DEBIAN_FRONTEND"] == "noninteractive"
    assert "PYTHONPATH" not in environment
    assert all("sudo" not in command for command, _ in seen)


@pytest.mark.parametrize(
    ("os_release", "expected"),
    [
        (DEBIAN, True),
        ("ID=ubuntu\nID_LIKE=debian\n", True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ('ID="fedora"\n', False),
        ("ID=debianish\n", False),
        ("", False),
    ],
)
def test_debian_and_its_children_are_known(os_release: str, expected: bool) -> None:
    assert bootstrap.uses_apt(os_release) is expected


def test_fonts_are_found_in_folders_below(tmp_path: Path) -> None:
    assert not bootstrap.has_fonts([tmp_path, tmp_path / "not there"])
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / "Sans.TTF").touch()
    assert bootstrap.has_fonts([tmp_path])


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("ldd"), reason="needs ldd")
def test_qt_finds_every_library_it_links_to() -> None:
    import PySide6

    home = Path(PySide6.__file__).parent
    plugins = home / "Qt" / "plugins"
    files = [
        *(plugins / "platforms" / f"lib{name}.so" for name in ("qxcb", "qoffscreen", "qwayland")),
        *(plugins / "xcbglintegrations").glob("*.so"),
        *(plugins / "imageformats").glob("*.so"),
        *(plugins / "iconengines").glob("*.so"),
        *(home / f"Qt{name}.abi3.so" for name in ("Core", "Gui", "Widgets", "Svg", "Network")),
    ]
    lost = set()
    for file in files:
        assert file.is_file(), f"Qt has moved {file.name}; look at the table of libraries again"
        words = subprocess.run(["ldd", file], capture_output=True, text=True, check=True).stdout
        lost |= {line.split()[0] for line in words.splitlines() if "not found" in line}
    # Plugins for parts of Qt which are not installed, such as PDF, are not loaded.
    lost = {name for name in lost if not name.startswith("libQt6")}
    assert not lost, "these belong into the table LIBRARIES of packaging/bootstrap.py"


# --- The environment of what is started


def test_nothing_from_outside_points_python_elsewhere() -> None:
    kept = bootstrap.child_environment(
        {
            "PATH": "/usr/bin",
            "PYTHONPATH": "/odd",
            "PYTHONHOME": "/odd",
            "VIRTUAL_ENV": "/odd",
            "VIRTUAL_ENV_PROMPT": "odd",
            "__PYVENV_LAUNCHER__": "/odd",
            "PIP_TARGET": "/odd",
            "PIP_USER": "1",
            "PIP_INDEX_URL": "mirror",
            "PIP_FIND_LINKS": "/wheels",
            "HTTPS_PROXY": "proxy",
        }
    )
    assert kept == {
        "PATH": "/usr/bin",
        "PIP_INDEX_URL": "mirror",
        "PIP_FIND_LINKS": "/wheels",
        "HTTPS_PROXY": "proxy",
        "PIP_USER": "0",
    }


def test_tests_see_neither_a_screen_nor_another_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_PLUGIN_PATH"):
        monkeypatch.setenv(name, "odd")
    environment = checks.screenless_environment()
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    assert not {"DISPLAY", "WAYLAND_DISPLAY", "QT_PLUGIN_PATH"} & environment.keys()


# --- When a set-up is good enough

RUN = bootstrap.wanted_stamp(dev=False)
DEV = bootstrap.wanted_stamp(dev=True)


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        (None, RUN, "rebuild"),
        ({}, RUN, "rebuild"),
        (RUN, RUN, "nothing"),
        (DEV, DEV, "nothing"),
        (DEV, RUN, "nothing"),
        (RUN, DEV, "install"),
        ({**RUN, "dev_lock": "old"}, RUN, "nothing"),
        ({**RUN, "project": "old"}, RUN, "nothing"),
        ({**DEV, "project": "old"}, DEV, "install"),
        ({**DEV, "dev_lock": "old"}, DEV, "rebuild"),
        ({**DEV, "run_lock": "old"}, RUN, "rebuild"),
        ({**RUN, "run_lock": "old"}, RUN, "rebuild"),
        ({**RUN, "python": "3.11.0 (another one)"}, RUN, "rebuild"),
        ({**RUN, "interpreter": "/opt/python/bin/python3"}, RUN, "rebuild"),
        ({**RUN, "place": "/where/it/was"}, RUN, "rebuild"),
    ],
)
def test_a_stamp_decides(found: Any, wanted: Any, expected: str) -> None:
    assert bootstrap.what_to_do(found, wanted) == expected


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "check out" / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    monkeypatch.setattr(bootstrap, "VENV", folder)
    monkeypatch.setattr(bootstrap, "STAMP", folder / "stamp.json")
    monkeypatch.setattr(bootstrap, "in_venv", lambda name: folder / "bin" / name)
    return folder


def test_a_finished_set_up_is_known_again(venv: Path) -> None:
    bootstrap.write_stamp(RUN)
    assert bootstrap.what_to_do(bootstrap.found_stamp(), RUN) == "nothing"
    assert sorted(path.name for path in venv.iterdir()) == ["bin", "stamp.json"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '"x"', "\x00"])
def test_a_damaged_stamp_counts_as_none(venv: Path, damage: str) -> None:
    (venv / "stamp.json").write_text(damage, "utf-8")
    assert bootstrap.found_stamp() is None


def test_a_python_that_has_gone_counts_as_no_set_up(venv: Path) -> None:
    bootstrap.write_stamp(RUN)
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(venv / "gone")
    assert bootstrap.found_stamp() is None


def test_a_set_up_cut_short_leaves_no_stamp(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.write_stamp({**DEV, "project": "old"})
    monkeypatch.setattr(bootstrap, "prepare_machine", lambda **_: None)

    def power_cut(dev: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "install_libraries", power_cut)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.set_up(dev=True)
    assert bootstrap.what_to_do(bootstrap.found_stamp(), DEV) == "rebuild"


@pytest.mark.parametrize("kind", ["folder", "link", "file"])
def test_whatever_stands_in_the_way_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    target, elsewhere = tmp_path / ".venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    if kind == "folder":
        (target / "half").mkdir(parents=True)
    elif kind == "link":
        target.symlink_to(elsewhere)
    else:
        target.touch()
    monkeypatch.setattr(bootstrap, "VENV", target)
    monkeypatch.setattr(bootstrap, "STAMP", target / "stamp.json")
    monkeypatch.setattr(bootstrap, "call", lambda _: 0)
    bootstrap.build_venv()
    assert not target.exists()
    assert (elsewhere / "precious").exists()


def test_the_desk_set_up_is_a_pointer_to_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str | Path]] = []

    def call(command: list[str | Path]) -> int:
        commands.append(command)
        return 0

    monkeypatch.setattr(bootstrap, "site_packages", lambda: tmp_path)
    monkeypatch.setattr(bootstrap, "call", call)
    bootstrap.install_libraries(dev=False)
    assert (tmp_path / "xumm_desk_checkout.pth").read_text().strip() == str(ROOT)
    assert [command[1] for command in commands] == ["-I", ROOT / "packaging" / "catalogue.py"]
    assert "--require-hashes" in commands[0]
    bootstrap.install_libraries(dev=True)
    assert not list(tmp_path.iterdir())
    assert commands[-1][-4:] == ["--no-deps", "--no-build-isolation", "-e", ROOT]


# --- The commands


def test_arguments_after_the_dashes_are_for_the_other_program() -> None:
    assert bootstrap.split_arguments(["run", "--", "--profile", "till 2"]) == (
        ["run"],
        ["--profile", "till 2"],
    )
    assert bootstrap.split_arguments(["setup", "--dev"]) == (["setup", "--dev"], [])


def test_an_old_python_is_reported_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 0))
    assert bootstrap.main(["run"]) == 2
    assert "needs Python" in capsys.readouterr().out


def test_trouble_is_a_sentence_and_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def trouble(dev: bool) -> None:
        raise bootstrap.Trouble("The disk is full. Make room.")

    monkeypatch.setattr(bootstrap, "set_up", trouble)
    monkeypatch.setattr(bootstrap.signal, "signal", lambda *_: None)
    assert bootstrap.main(["setup"]) == 2
    assert capsys.readouterr().err == "Xumm Desk: The disk is full. Make room.\n"


def test_a_folder_without_write_access_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(dev: bool) -> None:
        raise PermissionError(13, "Permission denied", ".venv")

    monkeypatch.setattr(bootstrap, "set_up", refused)
    monkeypatch.setattr(bootstrap.signal, "signal", lambda *_: None)
    assert bootstrap.main(["setup"]) == 2
    assert "Remove the folder .venv" in capsys.readouterr().err


# --- The verdict of the checks


@pytest.mark.parametrize(
    ("main", "window", "narrowed", "expected"),
    [
        (0, 0, False, (True, True)),
        (0, 5, False, (True, True)),
        (1, 0, False, (False, True)),
        (0, 1, False, (True, False)),
        (5, 0, False, (False, True)),
        (5, 0, True, (True, True)),
        (5, 5, True, (False, True)),
    ],
)
def test_no_tests_at_all_is_a_failure(
    main: int, window: int, narrowed: bool, expected: tuple[bool, bool]
) -> None:
    assert checks.judge_tests(main, window, narrowed) == expected


def test_one_failed_step_fails_the_whole_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = {"a": 0, "b": 1, "c": 0}
    monkeypatch.setattr(checks, "static_checks", lambda: [(step, [step]) for step in codes])
    monkeypatch.setattr(checks, "call", lambda command, _=None: codes[command[0]])
    monkeypatch.setattr(checks, "run_main_tests", lambda _: 0)
    monkeypatch.setattr(checks, "run_window_tests", lambda _: 0)
    assert checks.run_all([]) == 1
    summary = capsys.readouterr().out.rpartition("=== summary\n")[2].splitlines()
    assert [line.split()[:2] for line in summary[:3]] == [["a", "ok"], ["b", "FAILED"], ["c", "ok"]]
    assert summary[-1] == "failed: b"


def test_no_virtual_screen_is_a_failed_step_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "static_checks", list)
    monkeypatch.setattr(checks, "run_main_tests", lambda _: 0)
    monkeypatch.setattr(checks.sys, "platform", "linux")
    monkeypatch.setattr(checks.shutil, "which", lambda _: None)
    assert checks.run_all([]) == 1
    assert "need Xvfb" in capsys.readouterr().out


def test_continuous_integration_calls_the_same_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").splitlines()[-1] == "exec python3 packaging/bootstrap.py test"


def test_stamps_are_plain_json() -> None:
    assert json.loads(json.dumps(DEV)) == DEV


# --- The icons


@pytest.mark.parametrize("size", icons.SIZES)
def test_each_icon_has_its_size(size: int) -> None:
    head = (ROOT / "resources" / "icons" / f"xumm-desk-{size}.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(head[16:20], "big") == int.from_bytes(head[20:24], "big") == size
