"""What goes where: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

_WIDTH_OF_A_FILE = 160
"""Columns of a table that no terminal shows: wide enough that a reason is not broken."""

notes = Console(stderr=True, soft_wrap=True, highlight=False)
"""For progress, advice and what went wrong."""


def print_json(document: dict[str, Any]) -> None:
    """The one JSON object of ``--json``."""
    sys.stdout.write(json.dumps(document, default=str, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_line(text: str) -> None:
    """One line of a result, never wrapped: it may be copied."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A result as a table."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_OF_A_FILE)
    table = Table(*columns, header_style="bold", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console.print(table)


def complain(why: str, advice: str = "") -> None:
    """Say what went wrong and what to do."""
    notes.print(f"[red]{escape(why)}[/red]")
    if advice:
        notes.print(escape(advice))


@contextmanager
def progress(*columns: TextColumn) -> Iterator[Progress]:
    """A progress bar; nothing at all where standard error is no terminal."""
    shown = columns or (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*shown, console=notes, transient=True, disable=not notes.is_terminal) as bar:
        yield bar


@contextmanager
def waiting(doing: str) -> Iterator[None]:
    """Say what is being waited for; nothing at all where standard error is no terminal."""
    if not notes.is_terminal:
        yield
        return
    with notes.status(f"[dim]{doing} ...[/dim]"):
        yield
