"""A PostgreSQL of its own for each test of backups."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.backed import Backed
from tests.backed import backed as made


@pytest_asyncio.fixture
async def backed(eventually: Any) -> AsyncIterator[Backed]:
    """A server, and nothing backed up yet."""
    async with made(eventually) as server:
        yield server
