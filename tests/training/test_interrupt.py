"""The first signal raises a flag, the second stops at once."""

import signal
import threading

import pytest

from homodal.training.interrupt import Interrupt


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_only_noted(number):
    with Interrupt().watch() as interrupt:
        assert not interrupt.raised
        signal.raise_signal(number)
        assert interrupt.raised


def test_the_second_signal_stops_at_once():
    with Interrupt().watch():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handlers_of_before_come_back():
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(ZeroDivisionError), Interrupt().watch():
        assert signal.getsignal(signal.SIGINT) not in before
        raise ZeroDivisionError
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


def test_outside_the_main_thread_signals_are_left_alone():
    before, seen = signal.getsignal(signal.SIGINT), []

    def watch():
        with Interrupt().watch() as interrupt:
            seen.append((signal.getsignal(signal.SIGINT), interrupt.raised))

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert seen == [(before, False)]
