"""The running service, and agreements in a test's world."""

from typing import Any

import pytest
import pytest_asyncio

from conftest import Running
from services.contracting.tests.agreeing import Agreeing


@pytest_asyncio.fixture(scope="session")
async def service(launch: Any, bus: Any) -> Running:
    """The running service."""
    running: Running = await launch("contracting")
    return running


@pytest.fixture
def agreeing(service: Any, known: Any) -> Agreeing:
    """The service and this test's world, in which agreements are made."""
    return Agreeing(service, known)
