"""``entente parked``: what a person is told of a fact that could not be applied."""

from typing import Any

import pytest

PARTY = "019cecac-0d00-7000-8000-0000000000a1"
PARKED = {
    "id": 7,
    "topic": "quality-events.deviation",
    "partition": 2,
    "offset": 41,
    "key": "DEV-key",
    "event_id": "019cecac-0d00-7000-8000-000000000001",
    "type": "io.entente.DeviationRaised.v1",
    "reason": "LookupError: no such site",
    "blocks": True,
    "attempts": 3,
    "parked_at": "2026-03-14T09:30:00Z",
    "detail": "Traceback (most recent call last):\n  in consumers.py\nLookupError: no such site\n",
    "headers": {
        "ce_id": "019cecac-0d00-7000-8000-000000000001",
        "ce_parties": PARTY,
        "ce_sequence": "12",
        "ce_traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
    "value": '{"deviation_id": "DEV-key"}',
}


def explained(entente: Any, answering: Any, **changes: Any) -> str:
    answering.body = PARKED | changes
    done = entente("parked", "explain", "7", "--service", "kpi", "--url", answering.url, "--token", "any")
    assert done.exit_code == 0, done.stderr
    return str(done.stdout)


def test_a_parked_fact_is_shown_with_its_envelope(entente: Any, answering: Any) -> None:
    lines = [line.split(maxsplit=1) for line in explained(entente, answering).splitlines() if line]
    for name, value in PARKED["headers"].items():  # type: ignore[attr-defined]
        assert [name, value] in lines
    for name in ("topic", "partition", "offset", "key", "type", "reason", "attempts"):
        assert [name, str(PARKED[name])] in lines


def test_where_it_was_raised_stands_under_the_reason_and_before_the_record(entente: Any, answering: Any) -> None:
    text = explained(entente, answering)
    places = [text.index(part) for part in ("reason ", "in consumers.py", "topic ", "ce_id ", '{"deviation_id"')]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("blocks", "told"), [(True, "yes, later facts of the key wait"), (False, "no, it parks alone")]
)
def test_whether_others_wait_is_told(entente: Any, answering: Any, blocks: bool, told: str) -> None:
    assert told in explained(entente, answering, blocks=blocks)
