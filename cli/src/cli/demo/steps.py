"""What the demo does and how long each step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.markup import escape
from rich.status import Status

from cli.output import notes

_SHORTEST_WORTH_TELLING = 0.05


@dataclass(slots=True)
class Step:
    """One step; ``done`` is what is said of it when it is over."""

    done: str


class Steps:
    """Steps may run at the same time; each gets its line when it is done."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._running: list[str] = []
        self._status: Status | None = None

    @contextmanager
    def step(self, doing: str, done: str) -> Iterator[Step]:
        """Time what happens inside; a step that fails or is cancelled says nothing."""
        began, step = time.monotonic(), Step(done)
        self._running.append(doing)
        self._show()
        try:
            yield step
        finally:
            self._running.remove(doing)
            self._show()
        took = time.monotonic() - began
        duration = f"{took:.1f} s" if took >= _SHORTEST_WORTH_TELLING else ""
        notes.print(f"[green]✓[/green] {escape(step.done):<68} [dim]{duration:>7}[/dim]".rstrip())

    @property
    def elapsed(self) -> float:
        """Seconds since the first step."""
        return time.monotonic() - self._began

    def close(self) -> None:
        """Take the line with what is being done off the terminal."""
        self._running = []
        self._show()

    def _show(self) -> None:
        if not notes.is_terminal:
            return
        if self._status is not None:
            self._status.stop()
            self._status = None
        if self._running:
            self._status = notes.status("[dim]" + escape(", ".join(self._running)) + " ...[/dim]")
            self._status.start()
