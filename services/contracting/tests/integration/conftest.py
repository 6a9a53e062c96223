"""The people of a test's maker."""

from typing import Any

import pytest


@pytest.fixture
def maker(service: Any, known: Any) -> Any:
    """Quality and commerce of the maker."""
    return service.as_("partner_quality", "partner_commercial", partner_id=known.maker)
