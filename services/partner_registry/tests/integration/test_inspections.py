"""Inspections over HTTP: told by the site, answered, promised and decided."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts import clock
from contracts.partner_registry import (
    CommitmentOverdue,
    LetterKind,
    RegulatoryInspectionAnnounced,
    RegulatoryInspectionClassified,
    RegulatoryInspectionRecorded,
)

TODAY = datetime.now(UTC).date()
YESTERDAY = str(TODAY - timedelta(1))
SOON = str(TODAY + timedelta(2))
"""A day that has not ended at the site either."""
DIGEST = "0" * 64


def said(site: Any, **changes: Any) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    body = {"site_id": site["id"], "authority": "FDA", "kind": "routine", "announced_at": at, "starts_on": YESTERDAY}
    return body | changes


async def test_a_site_tells_of_an_inspection_and_what_came_of_it(bus: Any, registry: Any, site: Any) -> None:
    owner = UUID(site["partner_id"])
    async with registry.as_("partner_quality", partner_id=owner) as own:
        told = await own.done("/inspections", said(site))
        path, id = f"/inspections/{told['id']}", UUID(told["id"])
        assert (told["state"], told["waiting_for"]["side"], told["partner"]["id"]) == (
            "announced",
            "partner",
            str(owner),
        )
        assert told["told_sponsor_at"] > told["announced_at"]
        await own.done(f"{path}/beginning", {"began_on": YESTERDAY})
        noted = {"ended_on": str(TODAY), "form_483": True, "observations": [{"text": "no cleaning", "ours": True}]}
        observed = await own.done(f"{path}/observations", noted)
        assert (observed["state"], observed["overdue"]) == ("observed", False)
        assert observed["answer_due_at"]
        await own.done(f"{path}/commitment", {"text": "validate the cleaning", "due_on": SOON})
        answered = await own.done(f"{path}/answer", {"answered_on": str(TODAY), "digest": DIGEST})
        assert (answered["commitments"][0]["overdue"], answered["waiting_for"]["side"]) == (False, "partner")
        letter = {"letter": "warning_letter", "issued_on": str(TODAY), "reference": "WL 1"}
        await own.done(f"{path}/letter", letter)
        decided = await own.done(f"{path}/classification", {"outcome": "oai", "classified_on": str(TODAY)})
        assert (await own.post(f"{path}/closure")).status_code == 403
        await own.done(f"{path}/commitment-completion", {"commitment": 1, "evidence": DIGEST})
    assert decided["state"] == "classified"
    assert (await registry.client.done(f"{path}/closure"))["waiting_for"] is None
    await bus.told(RegulatoryInspectionAnnounced, inspection_id=id)
    (recorded,) = await bus.told(RegulatoryInspectionRecorded, inspection_id=id)
    assert [(each.text, each.ours) for each in recorded.observations] == [("no cleaning", True)]
    facts = await bus.told(RegulatoryInspectionClassified, 2, inspection_id=id)
    sent = [LetterKind.warning_letter]
    told_of = [(fact.outcome, [each.letter for each in fact.letters]) for fact in facts]
    assert told_of == [(None, sent), ("oai", sent)]
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
        assert (await rival.get("/inspections")).json()["items"] == []
        assert (await rival.post("/inspections", json=said(site))).status_code == 404
        assert (await rival.post(f"{path}/letter", json=letter)).status_code == 404


async def test_a_promise_that_is_overdue_is_reported_once_and_found(
    bus: Any, registry: Any, site: Any, tick: Any
) -> None:
    told = await registry.client.done("/inspections", said(site))
    path, id = f"/inspections/{told['id']}", UUID(told["id"])
    await registry.client.done(f"{path}/observations", {"ended_on": YESTERDAY, "observations": []})
    for text in "one", "two":
        await registry.client.done(f"{path}/commitment", {"text": text, "due_on": SOON})
    await registry.client.done(f"{path}/commitment-completion", {"commitment": 1, "evidence": DIGEST})

    async def found(**filters: Any) -> list[str]:
        answer = await registry.client.get("/inspections", params={"site_id": site["id"], **filters})
        return [each["id"] for each in answer.json()["items"]]

    assert await found(overdue=True) == []
    promised = (await registry.client.get(path)).json()["commitments"][1]
    end = datetime.fromisoformat(promised["due_at"])
    with clock.standing_at(end - timedelta(microseconds=1)):
        await tick()
    with clock.standing_at(end):
        await tick()
        await tick()
        facts = await bus.told(CommitmentOverdue, inspection_id=id)
        assert [(fact.commitment, fact.text, fact.occurred_at) for fact in facts] == [(2, "two", end)]
        assert await found(overdue=True) == await found(open=True) == [told["id"]]
        assert (await registry.client.get(path)).json()["overdue"] is True
    await registry.client.done(f"{path}/commitment-completion", {"commitment": 2, "evidence": DIGEST})
    with clock.standing_at(end):
        assert await found(overdue=True) == []


async def test_what_is_wrong_with_one_is_said(registry: Any, site: Any) -> None:
    at = datetime.now(UTC)
    early = said(site, told_sponsor_at=(at - timedelta(days=3)).isoformat())
    assert "before announced_at" in (await registry.client.post("/inspections", json=early)).json()["detail"]
    future = said(site, announced_at=(at + timedelta(days=3)).isoformat())
    answer = await registry.client.post("/inspections", json=future)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.announced_at")
    told = await registry.client.done("/inspections", said(site))
    answer = await registry.client.post(
        f"/inspections/{told['id']}/answer", json={"answered_on": YESTERDAY, "digest": DIGEST}
    )
    assert (answer.status_code, answer.json()["allowed"]) == (409, ["begin", "observe"])
