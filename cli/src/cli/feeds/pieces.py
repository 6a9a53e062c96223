"""A file, piece by piece."""

from collections.abc import Iterator
from pathlib import Path

from rich.progress import Progress

CHUNK = 262_144


def read(file: Path, bar: Progress, doing: str) -> Iterator[bytes]:
    """A file's bytes as they are wanted, never all at once."""
    task = bar.add_task(doing, total=file.stat().st_size)
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
            bar.advance(task, len(chunk))
