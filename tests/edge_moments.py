"""A pytest plugin: the moments at the edges of time that every service is tried with."""

import pytest

EDGE_MOMENTS = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00", "1899-12-31T23:59:59Z",
    "1900-01-01T00:00:00Z", "1900-01-01T00:00:00+14:00", "1900-01-01T00:00:00-12:00", "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59+14:00", "9999-12-31T23:59:59-12:00", "2026-06-30T23:59:60Z", "2026-06-30T24:00:00Z",
    "2026-10-25T02:30:00", "-infinity", "infinity", "0001-01", "1899-12", "1900-01", "9999-12", "2026-13", "0001-01-01",
    "1899-12-31", "1900-01-01", "9999-12-31", "2026-02-29",
)  # fmt: skip


@pytest.fixture(scope="session")
def edge_moments() -> tuple[str, ...]:
    """Instants, days and months at both ends of what can be written, and some that cannot be: taken or refused."""
    return EDGE_MOMENTS
