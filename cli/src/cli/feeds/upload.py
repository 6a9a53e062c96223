"""A file sent to a feed, as a stream."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from rich.progress import TextColumn

from cli.failures import Answered, Failure
from cli.feeds.content import content_type_of
from cli.feeds.outcome import OPEN, Outcome
from cli.feeds.pieces import read
from cli.installation import Installation
from cli.output import progress

_UNDER_WAY = ("received", "replaying")
_LOOK_EVERY = 0.5
_PATIENCE = httpx.Timeout(60, connect=5, read=3600, write=600)
"""Seconds. A dry run is answered when the last row is read, and a large file takes its time."""

_AGAIN = "What was sent may have been taken: send it again, nothing is taken twice."


def find_feed(platform: Installation, code: str) -> dict[str, Any]:
    """The feed of that code. Raises Failure with those that there are."""
    path = "/api/partner-feeds/v1/feeds"
    found = list(platform.items(path, code=code))
    if found:
        return found[0]
    known = sorted(feed["code"] for feed in platform.items(path, limit=100))
    advice = f"Feeds are {', '.join(known)}." if known else "There is none yet: POST /api/partner-feeds/v1/feeds."
    raise Failure(f"there is no feed {code!r}", advice)


def send(platform: Installation, file: Path, feed: str, *, dry_run: bool, values: int, own_token: bool) -> Outcome:
    """Send the file; what became of it. Without a token of one's own, as the system of the feed's partner."""
    if own_token:
        return _send(platform, file, feed, dry_run=dry_run, values=values)
    partner = UUID(find_feed(platform, feed)["partner_id"])
    with platform.as_partner_system(partner) as sender:
        return _send(sender, file, feed, dry_run=dry_run, values=values)


def _send(platform: Installation, file: Path, feed: str, *, dry_run: bool, values: int) -> Outcome:
    headers = {
        "Content-Type": content_type_of(file),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
    }
    if file.is_file():  # what comes through a pipe has no length
        headers["Content-Length"] = str(file.stat().st_size)
    with progress() as bar, _may_be_sent_again():
        answer = platform.request(
            "POST",
            f"/api/partner-feeds/v1/feeds/{quote(feed, safe='')}/messages",
            params={"dry_run": "true", "values": values} if dry_run else {},
            content=read(file, bar, f"sending {file.name}"),
            headers=headers,
            timeout=_PATIENCE,
        )
    outcome = Outcome.of_answer(answer)
    return outcome if outcome.state not in _UNDER_WAY else _finished(platform, str(outcome.message_id))


@contextmanager
def _may_be_sent_again() -> Iterator[None]:
    """Say so wherever the sender cannot know whether the file arrived."""
    try:
        yield
    except Failure as failure:
        if not isinstance(failure, Answered) or failure.status >= 500:
            failure.advice = f"{failure.advice} {_AGAIN}".strip()
        raise


def _finished(platform: Installation, message_id: str) -> Outcome:
    """What became of a message whose translation took longer than an answer may: looked at until it is done."""
    path = f"/api/partner-feeds/v1/messages/{message_id}"
    with progress(TextColumn("{task.description}"), TextColumn("{task.completed} rows")) as bar:
        task = bar.add_task("translating", total=None)
        while (message := platform.get(path))["state"] in _UNDER_WAY:
            bar.update(task, completed=message["rows_done"])
            time.sleep(_LOOK_EVERY)
    rows = [row for each in OPEN for row in platform.get(f"{path}/records", outcome=each, limit=1000)["items"]]
    errors = [error for row in sorted(rows, key=lambda row: row["row"]) for error in row["errors"]]
    return Outcome.of_answer(message | {"message_id": message_id, "errors": errors})
