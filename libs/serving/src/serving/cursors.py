"""Cursors of lists: opaque to clients, and good for one list in one sort."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from runtime.problems import Problem

T = TypeVar("T")


def encode(listing: str, *key: Any) -> str:
    """The place behind an item of a list, by the item's sort key; a part that has no value stays without one."""
    parts = [None if part is None else str(part) for part in key]
    written = json.dumps({listing: parts}, ensure_ascii=False)  # as short as can be: it travels in a URL
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def part(rows: Sequence[T], limit: int, listing: str, key: Callable[[T], Any]) -> tuple[Sequence[T], str | None]:
    """Of rows, of which one more than ``limit`` was asked for, those of a page, and the cursor of the next one."""
    return rows[:limit], encode(listing, *key(rows[limit - 1])) if len(rows) > limit else None


def decode(listing: str, cursor: str, *read: Callable[[Any], Any]) -> tuple[Any, ...]:
    """A cursor's key, each part as its ``read`` takes it. Raises a 400 Problem for one of another list or sort."""
    try:
        key: Sequence[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[listing]
        return tuple(of_part(each) for of_part, each in zip(read, key, strict=True))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Problem(400, "invalid-cursor", "no cursor of this list and sort: begin again without it") from error
