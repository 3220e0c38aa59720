"""Progress on anything over two seconds; silent when nobody watches."""

import sys
import time

_PATIENCE_SECONDS = 2.0


def watched():
    """True when a person sees standard error."""
    return sys.stderr.isatty()


def track(items, label, total):
    """Yield `items`, with a progress bar on stderr once it has taken two seconds."""
    if not watched():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    begun = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = None
        for done, item in enumerate(items, 1):
            yield item
            if task is None and time.monotonic() - begun > _PATIENCE_SECONDS:
                task = progress.add_task(label, total=total)
            if task is not None:
                progress.update(task, completed=done)
