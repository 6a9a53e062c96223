"""What a process of this service is told before it begins."""

import pytest
from pydantic import ValidationError

from contracting.main import create


def test_a_time_zone_that_is_none_stops_it_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_SPONSOR_TIME_ZONE", "Mars/Olympus")
    with pytest.raises(ValidationError, match="time_zone"):
        create()
