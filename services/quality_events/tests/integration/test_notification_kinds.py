"""Which notification the US ask for becomes known by registrations, before its cause or after: no clock is lost."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.complaints import AuthorityNotificationDue
from contracts.registrations import ApplicationType
from quality_events.copies.known import keep
from quality_events.notifications.choosing import telling
from runtime.database import Context
from runtime.principal import worker
from tests.releasing import recorded, registered

LIST = "/authority-notifications"
ALERT, DEVIATION = "us_field_alert", "us_biological_deviation"
BIOLOGIC, DRUG = ApplicationType.bla, ApplicationType.nda


@pytest.fixture
def said(service: Any, world: Any, tick: Any) -> Any:
    """What was told of the product's registration in the US: by which application, as which of the facts about it."""
    first, key = registered(world, "US"), str(uuid4())

    async def run(application: ApplicationType | None, sequence: int) -> None:
        fact = first.model_copy(update={"application_type": application})
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            await keep(work, [recorded(fact, sequence, key)])
        await tick(telling)

    return run


def counterfeit(**more: Any) -> dict[str, Any]:
    received_at = (datetime.now(UTC) - timedelta(days=5)).isoformat()
    body = {"description": "brown", "market": "US", "category": "counterfeit", "received_at": received_at}
    return body | more


async def triaged(service: Any, **more: Any) -> Any:
    made = await service.client.done("/complaints", counterfeit(**more))
    judged = {"category": "counterfeit", "severity": "critical"}
    return await service.client.done(f"/complaints/{made['id']}/triage", judged)


async def of(service: Any, cause: Any) -> dict[str, Any]:
    """The notifications of a cause by their kinds, and of each its last round."""
    found = (await service.client.get(LIST, params={"cause_id": cause["id"]})).json()["items"]
    return {each["kind"]: each for each in sorted(found, key=lambda each: each["round"])}


ORDERS = [
    each
    for each in permutations(["unsaid", "biologic", "complaint", "joined"])
    if each.index("complaint") < each.index("joined")
]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
async def test_the_same_is_due_in_whatever_order_it_becomes_known(
    order: tuple[str, ...], bus: Any, world: Any, service: Any, found: Any, said: Any, tick: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")
    cause: Any = None
    for each in order:
        if each == "complaint":
            cause = await triaged(service)
        elif each == "joined":
            await service.client.done(f"/complaints/{cause['id']}/batch", {"batch_id": batch["id"]})
        else:
            await said(None if each == "unsaid" else BIOLOGIC, 1 if each == "unsaid" else 2)
    await tick(telling)
    known = await of(service, cause)
    due = {kind: (one["aware_at"], one["kind_assumed"]) for kind, one in known.items() if one["state"] == "due"}
    assert due == {DEVIATION: (cause["received_at"], False)}
    if alert := known.get(ALERT):
        assert (alert["state"], alert["replaced_by"]) == ("replaced", known[DEVIATION]["id"])
        assert (alert["overdue"], alert["waiting_for"]) == (False, None)


@pytest.fixture
async def cause(bus: Any, world: Any, service: Any, found: Any) -> Any:
    """A complaint about a product of whose registration nothing is known."""
    lot = world.lot()
    await bus.publish(world.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")
    return await triaged(service, batch_id=batch["id"])


async def test_what_is_corrected_is_due_again_since_it_was_known(
    bus: Any, world: Any, service: Any, cause: Any, said: Any
) -> None:
    alert = (await of(service, cause))[ALERT]
    assert (alert["state"], alert["kind_assumed"], alert["product_ids"]) == ("due", True, [str(world.product)])
    await said(BIOLOGIC, 1)
    await said(BIOLOGIC, 1)
    known = await of(service, cause)
    assert [known[kind]["state"] for kind in (ALERT, DEVIATION)] == ["replaced", "due"]
    await said(DRUG, 2)
    known = await of(service, cause)
    assert [known[kind]["state"] for kind in (ALERT, DEVIATION)] == ["due", "replaced"]
    assert (known[ALERT]["due_at"], known[ALERT]["kind_assumed"]) == (alert["due_at"], False), "it never stopped"
    told = await bus.told(AuthorityNotificationDue, 3, notification_id=UUID(alert["id"]))
    assert [(each.kind_assumed, each.replaces) for each in told] == [
        *((True, None), (False, None), (False, UUID(known[DEVIATION]["id"])))
    ]
    told = await bus.told(AuthorityNotificationDue, 2, notification_id=UUID(known[DEVIATION]["id"]))
    assert [each.replaces for each in told] == [None, UUID(alert["id"])]


async def test_an_answer_stands_but_for_what_it_could_not_weigh(service: Any, cause: Any, said: Any, tick: Any) -> None:
    alert = (await of(service, cause))[ALERT]
    path = f"{LIST}/{alert['id']}"
    await service.as_("regulatory", subject="rex").done(f"{path}/waiver-proposal", {"reason": "it is a biologic"})
    await service.client.done(f"{path}/waiver")
    await said(BIOLOGIC, 1)
    known = await of(service, cause)
    assert [(known[kind]["state"], known[kind]["round"]) for kind in (ALERT, DEVIATION)] == [
        *(("not_required", 1), ("due", 1))
    ]
    assert known[DEVIATION]["aware_at"] == alert["aware_at"]
    await said(DRUG, 2)
    known = await of(service, cause)
    assert [(known[kind]["state"], known[kind]["round"]) for kind in (ALERT, DEVIATION)] == [
        *(("due", 2), ("replaced", 1))
    ], "it was waived while nobody knew"


async def test_what_a_person_stated_stays_beside_what_is_known(service: Any, cause: Any, said: Any, tick: Any) -> None:
    body = {"cause_type": "complaint", "cause_id": cause["id"], "market": "US", "aware_at": cause["received_at"]}
    async with service.as_("regulatory", subject="rex") as regulatory:
        stated = await regulatory.done(LIST, body | {"kind": ALERT})
    assert stated["kind_stated"] is True
    await said(BIOLOGIC, 1)
    assert {kind: one["state"] for kind, one in (await of(service, cause)).items()} == {ALERT: "due", DEVIATION: "due"}
    await tick(telling)
    assert len(await of(service, cause)) == 2
