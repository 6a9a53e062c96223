"""A pytest plugin for ``make test-late``: facts are sent and heard late, and in any order of their topics.

Most tests run on an idle machine, where a fact is heard before anybody asks. A test that reads where it has to wait, or
counts on two facts being handled apart, passes there until a day on which the machine is busy; here it fails at once.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from runtime import relay
from runtime.backlog import Turns
from runtime.consumer import Consumer

LATE = os.environ.get("ENTENTE_LATE") == "1"
HEARD, SENT = (0, 0.05, 0.3, 1.3), (0, 0.3, 0.9)
"""Seconds, by chance, for which what was fetched, or is to be sent, is held."""


def pytest_configure() -> None:
    """Hold up what consumers and relays of this process do, if asked to."""
    if LATE:
        patch = pytest.MonkeyPatch()  # for as long as the process lives
        patch.setattr(Consumer, "_fetch", after(Consumer._fetch, HEARD))
        patch.setattr(Turns, "_order", lambda *_: random.random())
        patch.setattr(relay, "send", before(relay.send, SENT))


def after(fetch: Callable[..., Awaitable[Any]], seconds: tuple[float, ...]) -> Callable[..., Awaitable[Any]]:
    """Do something, and give what came of it later."""

    async def run(*given: Any) -> Any:
        if fetched := await fetch(*given):
            await asyncio.sleep(random.choice(seconds))
        return fetched

    return run


def before(send: Callable[..., Awaitable[Any]], seconds: tuple[float, ...]) -> Callable[..., Awaitable[Any]]:
    """Do something later."""

    async def run(*given: Any) -> Any:
        await asyncio.sleep(random.choice(seconds))
        return await send(*given)

    return run
