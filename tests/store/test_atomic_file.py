"""A file is whole or as it was: errors, a full disk, a protected file, links."""

from __future__ import annotations

import errno
import os
import resource
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xumm_desk.store import atomic_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights and limits of Unix")


@contextmanager
def disk_that_takes(count: int) -> Iterator[None]:
    """No file of this process may grow beyond `count` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_whole_file_takes_the_place_of_the_old_one_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("before")
    file.chmod(0o644)
    with atomic_file.replace_text(file) as out:
        out.write("after\r\n")
        assert file.read_text() == "before"
    assert file.read_bytes() == b"after\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with atomic_file.replace_binary(file) as raw:
        raw.write(b"\x00\xff")
    assert file.read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_an_error_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, error: type[BaseException]
) -> None:
    file = tmp_path / "out.csv"
    file.write_text("before")

    def fail() -> None:
        with atomic_file.replace_text(file) as out:
            out.write("half")
            raise error

    with pytest.raises(error):
        fail()
    assert file.read_text() == "before"
    assert names(tmp_path) == ["out.csv"]


def test_a_disk_that_takes_no_more_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("before")
    with (
        pytest.raises(OSError, match="File too large") as full,
        disk_that_takes(4096),
        atomic_file.replace_text(file) as out,
    ):
        out.write("x" * 100_000)
    assert full.value.errno == errno.EFBIG
    assert file.read_text() == "before"
    assert names(tmp_path) == ["out.csv"]
    said = atomic_file.write_error(file, full.value)
    assert said == (
        f"{file} cannot be written (File too large)."
        " The disk takes no file of this size. Choose another place."
    )


def test_a_link_stays_one_and_a_folder_is_none_to_write(tmp_path: Path) -> None:
    file, link = tmp_path / "out.csv", tmp_path / "link.csv"
    link.symlink_to(file)
    with atomic_file.replace_text(link) as out:
        out.write("x")
    assert link.is_symlink()
    assert file.read_text() == "x"
    with pytest.raises(IsADirectoryError), atomic_file.replace_text(tmp_path):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_protected_file_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("before")
    file.chmod(0o400)
    with pytest.raises(PermissionError) as refused, atomic_file.replace_text(file):
        pass
    assert "open in another program" in atomic_file.write_error(file, refused.value)
    assert file.read_text() == "before"
