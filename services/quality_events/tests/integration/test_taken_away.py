"""A qualification, or a registration, by which a batch is out is taken away for the days of its work."""

from datetime import date
from typing import Any

import pytest_asyncio

from contracts import clock
from contracts.qualifications import QualificationState
from contracts.registrations import ApplicationType, RegistrationState, RegistrationStep
from tests.releasing import decision, disposition, made, qualified, registered, settled, specified, stated

FALSIFIED = {
    "before": QualificationState.approved,
    "after": QualificationState.withdrawn,
    "reason": "the inspection found falsified records",
}

WITHDRAWN = RegistrationStep.withdrawn


@pytest_asyncio.fixture
async def out(bus: Any, known: Any, service: Any, found: Any) -> Any:
    """The id of a batch that is out, and by which facts: of its maker, its laboratory and its registration."""
    facts: list[Any] = [qualified(known, known.site, "drug_product")]
    facts += [qualified(known, known.laboratory_site, "testing"), registered(known, "US")]
    id, _ = await made(bus, known, service, found, specified(known), *facts, markets=("US",))
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
    await settled(bus, service.client, id, "US")
    path = await disposition(service.client, id, "US")
    await service.client.done(f"{path}/release", await decision(service.client, id, "US"))
    return id, *facts


async def of(service: Any, id: str) -> Any:
    params = {"batch_id": id, "cause_type": "authorisations"}
    return (await service.client.get("/distribution-impacts", params=params)).json()["items"]


async def test_what_is_withdrawn_for_the_day_of_the_making_is_asked_about_once(
    bus: Any, known: Any, service: Any, found: Any, out: Any
) -> None:
    id, maker, laboratory, _ = out
    gone = maker.model_copy(update=FALSIFIED)
    await bus.publish(gone)
    impact = await found("distribution-impacts", batch_id=id, cause_type="authorisations")
    assert (impact["market"], impact["state"], impact["cause"]["id"]) == ("US", "open", id)
    (news,) = impact["news"]
    assert [part in news for part in ("site_qualified: making", "QUAL-1 was withdrawn, the inspection found")] == [
        True
    ] * 2
    notifications = (await service.client.get("/authority-notifications", params={"cause_id": id})).json()["items"]
    assert notifications == [], "it is no defect: who assesses it opens a deviation of one"
    none = {"outcome": "none", "assessment": "another inspection found its own records in order"}
    await service.client.done(f"/distribution-impacts/{impact['id']}/assessment", none)
    await bus.publish(gone)
    await bus.publish(laboratory.model_copy(update=FALSIFIED))
    again = await found("distribution-impacts", batch_id=id, cause_type="authorisations", state="open")
    assert (again["round"], len(again["news"])) == (2, 1), "what was answered is not asked again"
    assert again["news"][0].startswith("site_qualified: testing")


async def test_a_registration_that_is_withdrawn_is_asked_about_and_its_application_type_is_no_news(
    bus: Any, service: Any, found: Any, out: Any
) -> None:
    id, _, laboratory, registration = out
    gone = registration.model_copy(update={"sites": (), "what": WITHDRAWN, "state": RegistrationState.withdrawn})
    await bus.publish(gone)
    impact = await found("distribution-impacts", batch_id=id, cause_type="authorisations")
    assert {each.split(":")[0] for each in impact["news"]} == {"registered"}
    none = {"outcome": "none", "assessment": "the file was moved to another holder, nothing changed"}
    await service.client.done(f"/distribution-impacts/{impact['id']}/assessment", none)
    await bus.publish(gone.model_copy(update={"application_type": ApplicationType.bla, "occurred_at": clock.now()}))
    # What comes behind it: where this is weighed, it was.
    await bus.publish(laboratory.model_copy(update=FALSIFIED))
    again = await found("distribution-impacts", batch_id=id, cause_type="authorisations", state="open")
    assert [each.split(":")[0] for each in again["news"]] == ["site_qualified"]
    assert again["round"] == 2


async def test_what_ends_after_the_work_asks_nobody(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any, out: Any
) -> None:
    id, maker, _, registration = out
    later = {"occurred_at": "2026-05-04T10:00:00Z"}
    await bus.publish(maker.model_copy(update=FALSIFIED | later))
    withdrawn = {"what": WITHDRAWN, "effective_on": date(2026, 5, 4), "sites": ()}
    await bus.publish(registration.model_copy(update=withdrawn))
    # What comes behind both: where this is weighed, they were.
    await bus.publish(maker.model_copy(update=FALSIFIED))
    impact = await found("distribution-impacts", batch_id=id, cause_type="authorisations")
    assert [each.split(":")[0] for each in impact["news"]] == ["site_qualified"]
    assert len(await of(service, id)) == 1
