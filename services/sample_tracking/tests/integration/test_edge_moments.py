"""Moments at the edges of time: taken or refused, and every list still works for everybody."""

from typing import Any
from uuid import uuid4

TAKEN = {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00-12:00", "1900-01", "1900-01-01"}
SORTS = {"/results": ["-id", "-lot_number"], "/specifications": ["-id", "created_at"]}


async def test_results(tracking: Any, known: Any, edge_moments: Any) -> None:
    taken = set()
    for moment in edge_moments:
        lot = {"site_id": str(known.site), "material": known.code, "number": f"L{uuid4().hex[:8]}"}
        body = {
            "lot": lot,
            "laboratory_site_id": str(known.laboratory_site),
            "test": "ph",
            "stage": "release",
            "value": "7",
        }
        answer = await tracking.client.post("/results", json=body | {"value": "7", "unit": "1", "occurred_at": moment})
        assert answer.status_code in (201, 422), (moment, answer.text)
        if answer.status_code == 201:
            taken.add(moment)
        else:
            (error,) = {error["field"].split(".")[1] for error in answer.json()["errors"]}
            assert error == "occurred_at"
    assert taken == TAKEN
    async with tracking.as_("partner_lab", partner_id=known.laboratory) as laboratory:
        for client in (tracking.client, laboratory):
            for path, sorts in SORTS.items():
                for sort in sorts:
                    answer = await client.get(path, params={"sort": sort, "limit": 500})
                    refused = answer.status_code == 403 and client is laboratory  # of what is the sponsor's alone
                    assert refused or (answer.status_code, answer.json()["unreadable"]) == (200, []), answer.text
