"""What is asked by whoever asks anything at all."""

from typing import Any

import pytest_asyncio

from tests.architecture.world import PACKAGES, World, build


@pytest_asyncio.fixture(scope="session")
async def world(launch: Any, eventually: Any) -> World:
    """Companies with records, so that a request may find one; what is taken of it all changes them."""
    return await build({package: await launch(package) for package in PACKAGES}, eventually)
