"""The desk's loop beside plain asyncio: the same cases, the same results."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from xumm_desk.qt import event_loop as desk_loop
from xumm_desk.qt.event_loop import DeskLoop, make_loop, missing_names

Run = Callable[[Coroutine[Any, Any, Any]], Any]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stock loop is used there")


@pytest.fixture(params=["asyncio", "desk"])
def run(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Run]:
    """Runs a coroutine on plain asyncio, and on the desk's loop."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = DeskLoop(qapp) if request.param == "desk" else asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop.run_until_complete
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def on_desk(qapp: QApplication) -> Iterator[Run]:
    """Runs a coroutine on the desk's loop."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = DeskLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop.run_until_complete
    asyncio.set_event_loop(None)
    loop.close()


def test_it_is_a_qasync_loop_with_all_names_it_stands_on(qapp: QApplication) -> None:
    assert missing_names() == []
    loop = make_loop(qapp)
    assert isinstance(loop, DeskLoop)
    assert isinstance(loop, qasync.QEventLoop)
    loop.close()
    assert loop.is_closed()


def test_the_stock_loop_where_it_is_asked_for(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XUMM_DESK_LOOP", "stock")
    loop = make_loop(qapp)
    assert not isinstance(loop, DeskLoop)
    loop.close()


def test_the_stock_loop_where_a_name_is_missing(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(desk_loop, "missing_names", lambda: ["BaseEventLoop.call_at"])
    loop = make_loop(qapp)
    assert not isinstance(loop, DeskLoop)
    assert "call_at is missing" in caplog.text
    loop.close()


def test_callbacks_run_in_the_order_in_which_they_were_asked_for(run: Run) -> None:
    async def work() -> list[str]:
        loop, seen = asyncio.get_running_loop(), list[str]()
        done = loop.create_future()
        loop.call_soon(seen.append, "soon 1")
        loop.call_later(0.02, seen.append, "later 2")
        loop.call_later(0.01, seen.append, "later 1")
        loop.call_at(loop.time() - 5, seen.append, "in the past")
        loop.call_soon(seen.append, "soon 2")
        loop.call_later(0.03, done.set_result, None)
        await done
        return seen

    assert run(work()) == ["soon 1", "soon 2", "in the past", "later 1", "later 2"]


def test_what_is_cancelled_never_runs(run: Run) -> None:
    async def work() -> list[int]:
        loop, seen = asyncio.get_running_loop(), list[int]()
        handles = [loop.call_later(0.01 + n / 1e5, seen.append, n) for n in range(500)]
        soon = loop.call_soon(seen.append, -1)
        soon.cancel()
        for handle in handles[::2]:
            handle.cancel()
        await asyncio.sleep(0.05)
        return seen

    assert run(work()) == list(range(1, 500, 2))


def test_ten_thousand_timers_fire_once_and_in_order(run: Run) -> None:
    async def work() -> list[int]:
        loop, seen = asyncio.get_running_loop(), list[int]()
        start = loop.time() + 0.01
        for n in reversed(range(10_000)):
            loop.call_at(start + n / 1e6, seen.append, n)
        done = loop.create_future()
        loop.call_at(start + 1, done.cancel)
        loop.call_at(start + 0.0101, done.set_result, None)
        await done
        return seen

    assert run(work()) == list(range(10_000))


def test_no_timer_fires_early(run: Run) -> None:
    async def work() -> list[float]:
        loop, early = asyncio.get_running_loop(), []
        for delay in (0.0001, 0.0015, 0.0123, 0.0209):
            before = loop.time()
            await asyncio.sleep(delay)
            early.append(loop.time() - before - delay)
        return early

    assert min(run(work())) >= -1e-3


def test_threadsafe_calls_arrive_with_their_context(run: Run) -> None:
    name = contextvars.ContextVar("name", default="none")

    async def work() -> list[tuple[str, bool]]:
        loop, seen = asyncio.get_running_loop(), list[tuple[str, bool]]()
        done, here = asyncio.Event(), threading.get_ident()
        context = contextvars.copy_context()
        context.run(name.set, "given")

        def tell() -> None:
            seen.append((name.get(), threading.get_ident() == here))
            done.set()

        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(tell, context=context))
        thread.start()
        await done.wait()
        thread.join()
        return seen

    assert run(work()) == [("given", True)]


def test_a_thousand_calls_from_another_thread_all_arrive(run: Run) -> None:
    async def work() -> list[int]:
        loop, seen, done = asyncio.get_running_loop(), list[int](), asyncio.Event()

        def flood() -> None:
            for n in range(1000):
                loop.call_soon_threadsafe(seen.append, n)
            loop.call_soon_threadsafe(done.set)

        await asyncio.to_thread(flood)
        await done.wait()
        return seen

    assert run(work()) == list(range(1000))


def test_a_reader_removed_inside_its_own_callback(run: Run) -> None:
    async def work() -> int:
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        one.setblocking(False)
        calls, called = 0, loop.create_future()

        def readable() -> None:
            nonlocal calls
            calls += 1
            loop.remove_reader(one)
            called.set_result(None)

        loop.add_reader(one, readable)
        other.send(b"x")
        await called
        await asyncio.sleep(0.03)  # what is unread would call it again
        assert not loop.remove_reader(one)
        one.close()
        other.close()
        return calls

    assert run(work()) == 1


def test_writers_and_streams(run: Run) -> None:
    async def work() -> bytes:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write((await reader.read()).upper())
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"a" * 3_000_000)
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
        return answer

    assert run(work()) == b"A" * 3_000_000


def test_subprocess_and_executor(run: Run) -> None:
    async def work() -> tuple[bytes, int, int]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('out'); raise SystemExit(3)", stdout=subprocess.PIPE
        )
        out, _ = await child.communicate()
        assert child.returncode is not None
        return out, child.returncode, await asyncio.to_thread(lambda: 42)

    assert run(work()) == (b"out\n", 3, 42)


def test_signals(run: Run) -> None:
    async def work() -> bool:
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        async with asyncio.timeout(5):
            await heard.wait()
        return loop.remove_signal_handler(signal.SIGUSR1)

    assert run(work()) is True


def test_an_abandoned_generator_is_finished(run: Run) -> None:
    async def work() -> list[str]:
        seen = []

        async def numbers() -> AsyncIterator[int]:
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                seen.append("finished")

        async for _ in numbers():
            break
        while not seen:  # noqa: ASYNC110 - no event of this loop is under test here
            await asyncio.sleep(0)
        await asyncio.get_running_loop().shutdown_asyncgens()
        return seen

    assert run(work()) == ["finished"]


def test_an_error_in_a_callback_reaches_the_handler_and_the_loop_goes_on(run: Run) -> None:
    async def work() -> list[str]:
        loop, seen = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda _, context: seen.append(str(context["exception"])))
        loop.call_soon(lambda: 1 / 0)
        while not seen:  # noqa: ASYNC110 - no event of this loop is under test here
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        return seen

    assert run(work()) == ["division by zero"]


def test_timeouts_and_cancelled_tasks(run: Run) -> None:
    async def work() -> tuple[bool, bool]:
        timed_out = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.sleep(5)
            timed_out = True
        task = asyncio.ensure_future(asyncio.sleep(5))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return timed_out, task.cancelled()

    assert run(work()) == (False, True)


def test_it_can_be_run_again_after_it_stopped(run: Run) -> None:
    async def number(n: int) -> int:
        await asyncio.sleep(0.001)
        return n

    assert [run(number(1)), run(number(2))] == [1, 2]


def test_close_with_work_pending(qapp: QApplication) -> None:
    loop = DeskLoop(qapp)
    loop.call_later(100, print)
    loop.call_soon(print)
    loop.close()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)


def test_a_nested_qt_loop_keeps_everything_turning(on_desk: Run) -> None:
    async def work() -> list[str]:
        loop, seen = asyncio.get_running_loop(), list[str]()
        done = loop.create_future()

        def spin() -> None:
            """What a menu or a native dialog does: a Qt loop inside a callback of ours."""
            inner = QEventLoop()
            loop.call_soon(seen.append, "soon inside")
            loop.call_later(0.01, seen.append, "timer inside")
            loop.call_later(0.03, inner.quit)
            inner.exec()
            seen.append("after")
            done.set_result(None)

        loop.call_soon(spin)
        await done
        return seen

    assert on_desk(work()) == ["soon inside", "timer inside", "after"]


def test_a_nested_qt_loop_inside_a_reader_keeps_everything_turning(on_desk: Run) -> None:
    async def work() -> list[str]:
        loop, seen = asyncio.get_running_loop(), list[str]()
        near, far = socket.socketpair()
        near.setblocking(False)
        done = loop.create_future()

        def read() -> None:
            near.recv(10)
            inner = QEventLoop()
            loop.call_soon(seen.append, "soon")
            loop.call_later(0.01, seen.append, "timer")
            loop.call_later(0.03, inner.quit)
            inner.exec()
            seen.append("after")
            done.set_result(None)

        loop.add_reader(near, read)
        await asyncio.sleep(0.02)
        far.send(b"x")
        await done
        loop.remove_reader(near)
        near.close()
        far.close()
        return seen

    assert on_desk(work()) == ["soon", "timer", "after"]


def test_a_nested_qt_loop_inside_a_coroutine_loses_no_wakeup_of_another(on_desk: Run) -> None:
    async def work() -> list[str]:
        loop, seen = asyncio.get_running_loop(), list[str]()
        own = asyncio.current_task()

        async def other() -> None:
            await asyncio.sleep(0)
            seen.append("woken inside")
            assert asyncio.current_task() is one

        one = asyncio.create_task(other())
        inner = QEventLoop()
        loop.call_later(0.03, inner.quit)
        inner.exec()
        assert asyncio.current_task() is own
        seen.append("after")
        await asyncio.wait_for(one, 5)
        return seen

    assert on_desk(work()) == ["woken inside", "after"]


def test_qt_gets_its_turn_while_callbacks_never_end(on_desk: Run) -> None:
    async def work() -> int:
        loop, ticks, going = asyncio.get_running_loop(), 0, True

        def again() -> None:
            if going:
                time.sleep(0.0005)
                loop.call_soon(again)

        def tick() -> None:
            nonlocal ticks
            ticks += 1

        timer = QTimer()
        timer.timeout.connect(tick)
        timer.start(5)
        again()
        # For ever, where Qt gets no turn: the time limit of all tests ends it.
        while ticks < 10:  # noqa: ASYNC110 - a timer of Qt sets no event
            await asyncio.sleep(0.01)
        going = False
        timer.stop()
        return ticks

    assert on_desk(work()) >= 10


def test_an_idle_loop_leaves_qt_alone(on_desk: Run) -> None:
    async def work() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, DeskLoop)
        turns, turn = 0, loop.turn

        def counted() -> None:
            nonlocal turns
            turns += 1
            turn()

        loop.turn = counted  # type: ignore[method-assign]
        await asyncio.sleep(0.3)
        return turns

    assert on_desk(work()) < 6


def test_callbacks_that_queue_each_other_do_not_keep_sockets_waiting(run: Run) -> None:
    async def work() -> int:
        loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
        heard, rounds, heard_in = asyncio.Event(), 0, -1

        def read() -> None:
            nonlocal heard_in
            near.recv(100)
            heard_in = rounds
            heard.set()

        async def busy() -> None:
            nonlocal rounds
            while not heard.is_set() and rounds < 100_000:
                if rounds == 10:
                    far.send(b"x")
                rounds += 1
                await asyncio.sleep(0)

        near.setblocking(False)
        loop.add_reader(near, read)
        await asyncio.gather(busy(), busy())
        loop.remove_reader(near)
        near.close()
        far.close()
        return heard_in

    assert 10 < run(work()) < 5_000


def test_a_readable_socket_is_read_once_however_long_the_round(on_desk: Run) -> None:
    """A slice that ends in the middle of a round must not poll the same descriptor again."""

    async def work() -> list[int]:
        loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
        got: list[int] = []

        def read() -> None:
            got.append(len(near.recv(100)))

        near.setblocking(False)
        far.send(b"x")
        for _ in range(40):
            loop.call_soon(time.sleep, 0.001)
        loop.add_reader(near, read)
        for _ in range(40):
            loop.call_soon(time.sleep, 0.001)
        await asyncio.sleep(0.2)
        loop.remove_reader(near)
        near.close()
        far.close()
        return got

    assert on_desk(work()) == [1]
