"""Ctrl-C and SIGTERM: the first stops after the step at hand, the second at once."""

import contextlib
import signal
import threading


class Interrupt:
    """`raised` turns True at the first signal; the second raises KeyboardInterrupt."""

    def __init__(self):
        self.raised = False

    def _receive(self, number, frame):
        if self.raised:
            raise KeyboardInterrupt
        self.raised = True

    @contextlib.contextmanager
    def watch(self):
        """Receive the signals inside the block; outside the main thread, do nothing."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        watched = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._receive) for number in watched}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
