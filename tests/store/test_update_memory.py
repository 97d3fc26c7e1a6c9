"""What is remembered of new versions is read again, whatever became of the file."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.updates.notice import UpdateState
from xumm_desk.store.update_memory import NAME, UpdateMemory

TIMES = st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
STATES = st.builds(
    UpdateState,
    st.none() | TIMES,
    st.binary(max_size=300),
    st.sampled_from(["", "9.2.0"]),
)


@given(STATES)
def test_what_is_written_is_read_again(state: UpdateState) -> None:
    with TemporaryDirectory() as folder:
        assert UpdateMemory(Path(folder) / "data").write(state)
        assert UpdateMemory(Path(folder) / "data").read() == state


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_a_damaged_file_is_as_none(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_bytes(raw)
        assert UpdateMemory(Path(folder)).read() == UpdateState()


@pytest.mark.parametrize("raw", ['{"statement": "§"}', '{"tried_at": 7, "hidden": []}', "[" * 9999])
def test_values_of_no_sense_are_left_out(tmp_path: Path, raw: str) -> None:
    (tmp_path / NAME).write_text(raw, "utf-8")
    assert UpdateMemory(tmp_path).read() == UpdateState()


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert UpdateMemory(tmp_path / "nowhere").read() == UpdateState()


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / NAME).mkdir()
    assert not UpdateMemory(tmp_path).write(UpdateState())
    assert "cannot be written" in caplog.text
    assert UpdateMemory(tmp_path).read() == UpdateState()


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of the folder")
def test_the_file_is_this_accounts_alone(tmp_path: Path) -> None:
    UpdateMemory(tmp_path).write(UpdateState())
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
