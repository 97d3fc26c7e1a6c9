"""Log files: where they are written, and what a full disk does to them."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from xumm_desk.setup.logging_setup import PrivateRotatingFileHandler, write_to


@pytest.fixture(autouse=True)
def root() -> Iterator[logging.Logger]:
    """The root logger, without this test's files afterwards."""
    root = logging.getLogger()
    before = root.handlers[:]
    yield root
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()


def files(root: logging.Logger) -> list[Path]:
    """The log files that lines go to."""
    return [
        Path(handler.baseFilename)
        for handler in root.handlers
        if isinstance(handler, PrivateRotatingFileHandler)
    ]


def test_lines_go_to_one_folder_at_a_time(tmp_path: Path, root: logging.Logger) -> None:
    write_to(tmp_path / "one")
    write_to(tmp_path / "two")
    logging.getLogger("somebody").warning("a line")
    assert files(root) == [tmp_path / "two" / "xumm-desk.log"]
    assert "a line" in files(root)[0].read_text(encoding="utf-8")


def test_a_file_that_a_full_disk_does_not_let_close_stops_nothing(
    tmp_path: Path, root: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_to(tmp_path / "one")
    [handler] = [h for h in root.handlers if isinstance(h, PrivateRotatingFileHandler)]

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(handler, "flush", full)
    write_to(tmp_path / "two")
    assert files(root) == [tmp_path / "two" / "xumm-desk.log"]
