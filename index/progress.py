"""Progress of a rebuild: a bar on a terminal, plain lines where the output is kept."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Called with the stage, how many are done and how many there are (None while unknown).
Progress = Callable[[str, int, int | None], None]
SECONDS_BETWEEN_LINES = 10.0


def silent(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""


@contextmanager
def shown() -> Iterator[Progress]:
    """Progress on standard error, in the form that suits it."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), speed_estimate_period=60) as bar:
        tasks = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total, rate="")
            speed = bar.tasks[tasks[stage]].speed
            rate = f"{speed:,.0f}/s" if speed else ""
            bar.update(tasks[stage], completed=done, total=total, rate=rate)

        yield show


class _Lines:
    """A line at the start of a stage, then one every ten seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = self._printed = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began = stage, now
        elif now - self._printed < SECONDS_BETWEEN_LINES and done != total:
            return
        self._printed = now
        print(self._line(done, total, now - self._began), file=sys.stderr, flush=True)

    def _line(self, done: int, total: int | None, seconds: float) -> str:
        line = f"{self._stage}: {done:,}" + (f" of {total:,}" if total is not None else "")
        if done and seconds > 1:
            rate = done / seconds
            line += f", {rate:,.0f}/s"
            if total is not None and total > done:
                line += f", {(total - done) / rate:,.0f} s left"
        return line
