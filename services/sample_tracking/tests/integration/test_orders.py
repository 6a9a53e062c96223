"""A test order: issued, accepted, answered by results from before and after, completed, opened again, cancelled."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import clock
from contracts import laboratory_orders as facts
from contracts.partner_feeds import ReportedResult, ResultRole
from contracts.partner_registry import PartnerStatus, PartnerStatusChanged
from contracts.qualifications import Purpose, QualificationState, SiteQualificationChanged
from contracts.sample_tracking import ResultsReported
from tests.entitling import entitled, registered

from .answering import explain
from .certifying import Certifying, certifying

__all__ = ["certifying"]

LIMIT = {"stage": "release", "unit": "%", "decimals": 1}
NOT_YET = {"not_yet_qualified_reason": "signed this week"}
LIMITS = (LIMIT | {"test": "assay", "lower": "95"}, LIMIT | {"test": "water", "upper": "0.5"})
PATH = "/test-orders"
WHY = {"reason": "the only titrator is away for repair"}


def measured(test: str, value: str, revision: int = 1) -> ReportedResult:
    return ReportedResult(id=test, revision=revision, test=test, value=Decimal(value), unit="%")


@pytest.fixture
def ordering(tracking: Any, known: Any, specify: Any) -> Any:
    """The sponsor's person who orders, the laboratory's who answers, and how one drafts."""

    class Ordering:
        sponsor = tracking.as_("supply", subject="ana")
        lab = tracking.as_("lab", subject="lea")
        bench = tracking.as_("partner_lab", partner_id=known.laboratory, subject="bor")
        maker = tracking.as_("partner_lab", partner_id=known.maker, subject="eva")
        specification: Any = None

        async def draft(self, lot: Any, *tests: str, method: str | None = None) -> Any:
            limits = [limit | {"method": f"M-{known.code}"} for limit in LIMITS]
            self.specification = self.specification or await specify(known.code, *limits)
            of_it = {"stage": "release", "method": method, "specification_id": self.specification["id"]}
            lot = {"site_id": str(lot.site_id), "material": lot.material, "number": lot.number}
            body = {"lot": lot, "laboratory_site_id": str(known.laboratory_site), "agreed_working_days": 5}
            return await self.sponsor.done(PATH, body | {"tests": [of_it | {"test": test} for test in tests]})

        async def accepted(self, lot: Any, *tests: str) -> Any:
            drafted = await self.draft(lot, *tests)
            path = f"{PATH}/{drafted['id']}"
            await self.sponsor.done(f"{path}/issue", NOT_YET)
            return await self.bench.done(f"{path}/acceptance")

    return Ordering()


async def test_each_test_that_lacks_something_is_told_and_that_there_are_none_is_not(known: Any, ordering: Any) -> None:
    lot = {"site_id": str(known.site), "material": known.code, "number": known.lot().number}
    body = {"lot": lot, "laboratory_site_id": str(known.laboratory_site), "agreed_working_days": 5}
    tests = [{"test": f"test {n}", "stage": "release"} for n in range(4)]
    refused = await ordering.sponsor.post(PATH, json=body | {"tests": tests})
    fields = [each["field"] for each in refused.json()["errors"]]
    assert (refused.status_code, fields) == (422, [f"body.tests.{n}.specification_id" for n in range(4)])
    none = await ordering.sponsor.post(PATH, json=body | {"tests": []})
    assert [each["field"] for each in none.json()["errors"]] == ["body.tests"]


async def approve(tracking: Any, set_id: str) -> None:
    await tracking.as_("lab", subject="lea").done(f"/result-sets/{set_id}/review", {"raw_data_seen": True})
    await tracking.as_("quality", subject="cene").done(f"/result-sets/{set_id}/approval")


async def test_an_order_is_completed_by_results_from_before_and_after_it(
    tracking: Any, known: Any, bus: Any, results: Any, ordering: Any, eventually: Any
) -> None:
    lot = known.lot()
    draft = await ordering.draft(lot, "assay", "water")
    await bus.publish(known.together(measured("assay", "99.1"), lot=lot))
    (assay,) = await results(lot, 1)
    await approve(tracking, assay["set_id"])
    path = f"{PATH}/{draft['id']}"
    assert (await ordering.bench.get(path)).status_code == 404
    unsaid = await ordering.sponsor.post(f"{path}/issue", json={})
    method = f"M-{known.code}"
    lacking = ["nothing is known of its qualification", f"method {method} is not known"]
    assert (unsaid.status_code, unsaid.json()["lacking"]) == (409, lacking)
    await bus.publish(qualified(known))
    of_use = await registered(tracking.client, method)
    await entitled(tracking.client, of_use, known.laboratory_site)

    async def issued() -> Any:
        answer = await ordering.sponsor.post(f"{path}/issue", json={})
        return answer.json() if answer.is_success else None

    assert (await eventually(issued))["lacking"] == []
    (ordered,) = await bus.told(facts.TestOrdered, order_id=UUID(draft["id"]))
    assert (ordered.lot, [test.revision for test in ordered.tests]) == (lot, [1, 1])
    for read in ("", "/history"):
        assert (await ordering.maker.get(path + read)).status_code == 404
    seen = (await ordering.bench.get(path)).json()
    assert [test["limit"]["upper"] for test in seen["tests"]] == [None, "0.5"]
    assert {each["name"] for each in seen["allowed"]} == {"accept", "decline"}
    await ordering.bench.done(f"{path}/acceptance")

    await becomes(ordering, eventually, path, "accepted", "approved", "open")
    await bus.publish(known.together(measured("water", "0.4"), lot=lot, occurred_at="2018-12"))
    water = next(each for each in await results(lot, 2) if each["test"] == "water")
    await becomes(ordering, eventually, path, "accepted", "approved", "reported")
    told = [(each.results[0].test, each.results[0].order_id) for each in await bus.told(ResultsReported, 6, lot=lot)]
    assert {("assay", (id := UUID(draft["id"]))), ("water", None), ("water", id)} <= set(told)
    await approve(tracking, water["set_id"])
    await becomes(ordering, eventually, path, "completed", "approved", "approved")
    await bus.publish(known.together(measured("water", "0.6", 2), lot=lot, occurred_at="2018-12"))
    await becomes(ordering, eventually, path, "accepted", "approved", "reported")
    assert len(await bus.told(facts.TestOrderReopened, order_id=UUID(draft["id"]))) == 1
    await explain(tracking, bus, water["set_id"])
    await approve(tracking, water["set_id"])
    await becomes(ordering, eventually, path, "completed", "approved", "approved")
    assert len(await bus.told(facts.TestOrderCompleted, 2, order_id=UUID(draft["id"]))) == 2
    await entitled(tracking.client, of_use, known.laboratory_site, "suspended", "2018-12-01")
    await becomes(ordering, eventually, path, "accepted", "approved", "not_reportable")
    answering = await tracking.client.get("/results", params={"order_id": draft["id"]})
    assert len(answering.json()["items"]) == 3


async def test_an_order_is_open_again_once_its_result_is_found_invalid_until_a_retest_or_the_reopening(
    certifying: Certifying, ordering: Any, eventually: Any
) -> None:
    ordering.specification = {"id": certifying.asked["specification_id"]}
    path = f"{PATH}/{(await ordering.accepted(certifying.lot, 'assay'))['id']}"
    failed = await certifying.found("80", 1, approve=True)
    await becomes(ordering, eventually, path, "completed", "approved")
    await certifying.bus.publish(certifying.concluded(failed, "invalidated"))
    await becomes(ordering, eventually, path, "accepted", "open")
    await certifying.bus.publish(certifying.concluded(failed, "reopened"))
    await becomes(ordering, eventually, path, "completed", "approved")
    await certifying.bus.publish(certifying.concluded(failed, "invalidated"))
    await becomes(ordering, eventually, path, "accepted", "open")
    await certifying.found("99", 2, ResultRole.retest, approve=True)
    await becomes(ordering, eventually, path, "completed", "approved")


async def test_two_orders_of_one_test_are_unclear_until_one_is_given_up(
    known: Any, bus: Any, results: Any, ordering: Any, eventually: Any
) -> None:
    lot = known.lot()
    first = await ordering.accepted(lot, "assay")
    second = await ordering.accepted(lot, "assay", "water")
    path = f"{PATH}/{second['id']}"
    await bus.publish(known.together(measured("assay", "99.1"), lot=lot))
    await results(lot, 1)
    await becomes(ordering, eventually, path, "accepted", "unclear", "open")
    await ordering.lab.done(f"{PATH}/{first['id']}/cancellation", {"reason": "ordered twice"})
    await becomes(ordering, eventually, path, "accepted", "reported", "open")
    not_tested = {"test": "water", "stage": "release"}
    said = await ordering.bench.done(f"{path}/not-tested", not_tested | WHY)
    assert said["waiting_for"]["side"] == "sponsor"
    decided = await ordering.lab.done(f"{path}/not-tested-decision", not_tested | {"accepted": True} | WHY)
    assert [test["standing"] for test in decided["tests"]] == ["reported", "not_tested"]
    declined = await ordering.draft(known.lot(), "assay")
    await ordering.sponsor.done(f"{PATH}/{declined['id']}/issue", NOT_YET)
    assert (await ordering.bench.done(f"{PATH}/{declined['id']}/refusal", WHY))["decline_reason"] == WHY["reason"]
    for fact, order in ((facts.TestOrderCancelled, first), (facts.TestOrderDeclined, declined)):
        assert [each.reason for each in await bus.told(fact, order_id=UUID(order["id"]))]


async def test_a_laboratory_enters_what_was_ordered_by_hand_and_the_ordered_method_decides(
    known: Any, specify: Any, ordering: Any, eventually: Any, partners_login: Any
) -> None:
    lot = known.lot()
    ordering.specification = await specify(known.code, LIMITS[0] | {"method": "AP-01"})
    draft = await ordering.draft(lot, "assay", method="AP-01")
    path = f"{PATH}/{draft['id']}"
    entry: dict[str, Any] = {"lot": {"site_id": str(lot.site_id), "material": lot.material, "number": lot.number}}
    entry |= {"laboratory_site_id": str(known.laboratory_site), "test": "assay", "stage": "release", "value": "99.1"}
    entry |= {"unit": "%", "method": "AP-06", "occurred_at": "2018-12"}

    async def of_its_login(partner_id: UUID) -> str:
        """What the policies of results and sets ask."""
        async with partners_login("sample_tracking", partner_id) as partner:
            asked = "SELECT 1 WHERE was_tested($1, $2, $3)"
            return str(await partner.run(asked, lot.id, lot.site_id, lot.partner_id))

    await ordering.sponsor.done(f"{path}/issue", NOT_YET)
    before = await ordering.bench.post("/results", json=entry)
    assert (before.status_code, await of_its_login(known.laboratory)) == (409, "SELECT 0"), "it is not accepted yet"
    assert f"accept {draft['number']} first" in before.json()["detail"]
    await ordering.bench.done(f"{path}/acceptance")
    assert (await ordering.maker.post("/results", json=entry)).status_code == 404
    assert [await of_its_login(each) for each in (known.laboratory, known.maker)] == ["SELECT 1", "SELECT 0"]
    other = await ordering.bench.done("/results", entry)
    own = await ordering.bench.done("/results", entry | {"method": "AP-01"})
    await becomes(ordering, eventually, path, "accepted", "reported")
    orders = [(await ordering.lab.get(f"/results/{each['id']}")).json()["order_id"] for each in (other, own)]
    assert orders == [None, draft["id"]]


async def test_what_is_not_answered_in_time_is_told_once(known: Any, bus: Any, ordering: Any, tick: Any) -> None:
    draft = await ordering.draft(known.lot(), "assay")
    # Issued long ago: the service hears of its own orders, and takes no fact from the future.
    with clock.standing_at(datetime.now(UTC) - timedelta(days=20)):
        issued = await ordering.sponsor.done(f"{PATH}/{draft['id']}/issue", NOT_YET)
    await tick()
    await tick()
    told = await bus.told(facts.TestOrderOverdue, order_id=UUID(draft["id"]))
    assert [each.occurred_at for each in told] == [datetime.fromisoformat(issued["answer_due_at"])]


async def test_what_no_order_can_ask_for_is_refused_by_its_field(known: Any, ordering: Any) -> None:
    refused = (await ordering.draft(known.lot(), "assay"))["tests"][0] | {"test": "odour"}
    of_it = {name: refused[name] for name in ("test", "stage", "method", "specification_id")}
    lot = {"site_id": str(known.site), "material": known.code, "number": "7"}
    body = {"lot": lot, "laboratory_site_id": str(known.laboratory_site), "agreed_working_days": 5}
    answer = await ordering.sponsor.post(PATH, json=body | {"tests": [of_it]})
    assert (answer.status_code, answer.json()["fields"]) == (409, ["tests.0.test"])
    assert "it names assay, water" in answer.json()["detail"]
    elsewise = await ordering.sponsor.post(PATH, json=body | {"tests": [of_it | {"test": "assay", "method": "X"}]})
    assert (elsewise.status_code, elsewise.json()["fields"]) == (409, ["tests.0.method"])
    twice = await ordering.sponsor.post(PATH, json=body | {"tests": [of_it, of_it]})
    assert twice.status_code == 422
    unknown = await ordering.sponsor.post(PATH, json=body | {"laboratory_site_id": str(uuid4()), "tests": [of_it]})
    assert (unknown.status_code, unknown.json()["field"]) == (409, "laboratory_site_id")


async def becomes(ordering: Any, eventually: Any, path: str, state: str, *standings: str) -> None:
    """Wait until an order and its tests stand so."""

    async def so() -> bool:
        found = (await ordering.bench.get(path)).json()
        return (found["state"], *(test["standing"] for test in found["tests"])) == (state, *standings)

    assert await eventually(so)


def qualified(known: Any) -> SiteQualificationChanged:
    """The laboratory is approved for testing."""
    now = datetime.now(UTC)
    return SiteQualificationChanged(
        qualification_id=uuid4(),
        number="QUAL-2026-40712",
        site_id=known.laboratory_site,
        partner_id=known.laboratory,
        activity="testing",
        dosage_form=None,
        product_ids=(),
        purpose=Purpose.commercial,
        before=QualificationState.in_assessment,
        after=QualificationState.approved,
        valid_from=now.date() - timedelta(days=2),
        valid_to=None,
        conditions=(),
        waived=False,
        reason="",
        occurred_at=now,
    )


@pytest.mark.parametrize("told", [(1, 2), (2, 1)])
async def test_a_laboratory_of_a_suspended_partner_is_sent_no_order_whichever_is_told_first(
    known: Any, bus: Any, ordering: Any, database: Any, eventually: Any, told: Any
) -> None:
    """By what was told last: it was suspended, and then left."""
    path = f"{PATH}/{(await ordering.draft(known.lot(), 'assay'))['id']}"
    became = {1: PartnerStatus.suspended, 2: PartnerStatus.exited}
    more: dict[str, Any] = {
        "before": PartnerStatus.active,
        "reason": "a warning letter",
        "occurred_at": datetime.now(UTC),
    }
    for sequence in told:
        fact = PartnerStatusChanged(partner_id=known.laboratory, after=became[sequence], **more)
        (id,) = await bus.publish(fact, sequence=str(sequence))

        async def handled(id: Any = str(id)) -> bool:
            return bool(await database.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", id))

        await eventually(handled)
    refused = await ordering.sponsor.post(f"{path}/issue", json=NOT_YET)
    assert (refused.status_code, refused.json()["partner_status"]) == (409, "exited"), refused.text
    await bus.publish(
        PartnerStatusChanged(partner_id=known.laboratory, after=PartnerStatus.active, **more), sequence="3"
    )

    async def issued() -> bool:
        return bool((await ordering.sponsor.post(f"{path}/issue", json=NOT_YET)).is_success)

    await eventually(issued)
