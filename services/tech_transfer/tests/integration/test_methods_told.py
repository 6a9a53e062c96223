"""Results that laboratories' systems tell: taken after freezing, amended after it was concluded, found invalid."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts import Lot
from contracts.entitlements import EntitlementChanged, EntitlementStanding
from contracts.method_transfers import MethodTransferRepeated
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import OosConcluded, OosConclusion
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported
from services.tech_transfer.tests.passing import unmet
from tech_transfer.method_transfers.told import ONE_LOT_AT_A_TIME
from tests.world import handled

from .method_transferring import ALIKE, FOUND, Laboratories, results


class Feeds:
    """What sample_tracking tells of the laboratories' results of a lot."""

    def __init__(self, known: Any) -> None:
        self.lot: Lot = known.lot()
        self._sites = {
            "sending": {"laboratory_site_id": known.sending_site, "laboratory_partner_id": known.sender},
            "receiving": {"laboratory_site_id": known.laboratory_site, "laboratory_partner_id": known.laboratory},
        }

    def told(self, side: str, value: str | None, at: Any = None, **more: Any) -> ResultsReported:
        """One result, tested now."""
        about: dict[str, Any] = {"stage": TestStage.release, "lot": self.lot} | self._sites[side]
        about |= {name: more.pop(name) for name in ("stage", "lot") if name in more}
        given: dict[str, Any] = {"test": "assay", "unit": "%", "method": "HPLC-014", "method_version": "2.1"}
        given |= {"result_id": uuid4(), "evaluation": Evaluation.passed, "value": value and Decimal(value)} | more
        return ResultsReported(results=(EvaluatedResult(**given),), occurred_at=at or datetime.now(UTC), **about)

    def invalid(self, told: ResultsReported) -> OosConcluded:
        """Its investigation found it invalid."""
        now, site = datetime.now(UTC), self._sites["receiving"]
        about: dict[str, Any] = {
            "investigation_id": uuid4(),
            "number": "OOS-1",
            "batch_id": None,
            "lot": self.lot,
            "test": "assay",
        }
        about |= {"result_id": told.results[0].result_id, "opened_at": now, "occurred_at": now} | site
        return OosConcluded(**about, conclusion=OosConclusion.invalidated)


@pytest.fixture
def feeds(known: Any) -> Feeds:
    """What sample_tracking tells."""
    return Feeds(known)


@pytest.fixture
def laboratories(service: Any, known: Any) -> Laboratories:
    """The people who transfer a method."""
    return Laboratories(service, known)


@pytest_asyncio.fixture
async def frozen(started: Any, laboratories: Laboratories, feeds: Feeds) -> str:
    """The path of a method transfer of the feeds' lot whose criteria are frozen."""
    path = await laboratories.planned(await started(), lots=[{"name": "L-1", "lot_id": str(feeds.lot.id)}])
    await laboratories.frozen(path)
    return path


async def results_of(service: Any, path: str) -> list[Any]:
    """All results of a method transfer."""
    query = {"method_transfer_id": path.rpartition("/")[2], "limit": 100}
    found: list[Any] = (await service.client.get("/method-transfer-results", params=query)).json()["items"]
    return found


async def test_what_was_tested_before_or_otherwise_is_refused_and_shown(
    service: Any, frozen: str, feeds: Feeds, bus: Any, database: Any
) -> None:
    today = datetime.now(UTC).date()
    await handled(
        bus,
        database,
        feeds.told("sending", "1", today),
        feeds.told("sending", "2", method_version="2.0"),
        feeds.told("sending", "3", method_version=None),
        feeds.told("sending", "4", unit="mg"),
        feeds.told("sending", "5", method="HPLC-015"),
        feeds.told("sending", "6", stage=TestStage.stability),
        feeds.told("sending", "7", test="impurity"),
        feeds.told("sending", "998", unit="[ppth]"),
    )
    found = {each["value"]: each["refused"] for each in await results_of(service, frozen)}
    assert found.pop("99.8", "none") is None, "it is the same in the criterion's unit"
    assert found == {"1": "tested_before_freezing", "2": "other_version", "3": "other_version", "4": "other_unit"}


async def test_a_feeds_results_are_those_of_its_own_laboratory(
    service: Any, frozen: str, feeds: Feeds, bus: Any, database: Any, laboratories: Laboratories
) -> None:
    facts = [feeds.told("sending", value) for value in FOUND] + [feeds.told("receiving", value) for value in ALIKE]
    await handled(bus, database, *facts)
    await handled(bus, database, *facts)  # told again with more that became known
    one = (await service.client.get(frozen)).json()
    assert (one["state"], one["sending_complete"], one["receiving_complete"]) == ("in_execution", True, True)
    async with laboratories.receiving() as receiving:
        own = (await receiving.get("/method-transfer-results")).json()["items"]
        assert sorted(each["value"] for each in own) == sorted(ALIKE)
        again = await receiving.post(f"{frozen}/results", json={"side": "receiving", "results": results("100.0")})
        assert again.json()["fields"] == ["results.0.run"], "the feed told all that are planned"
    assert (await service.client.done(f"{frozen}/evaluation"))["attributes"][0]["verdict"] == "passed"


async def test_what_a_feed_told_beyond_the_plan_is_taken_out_by_evidence(
    service: Any, frozen: str, feeds: Feeds, bus: Any, database: Any
) -> None:
    """A feed knows no runs: the results are named."""
    sent = [feeds.told("sending", value) for value in FOUND]
    await handled(bus, database, *sent, *(feeds.told("receiving", value) for value in (*ALIKE, "104.4")))
    there = {each["value"]: each for each in await results_of(service, frozen)}
    cause = {"side": "receiving", "reason": "the lot's routine test", "evidence": "0d" * 32}
    refused = await service.client.post(f"{frozen}/evaluation")
    assert "by the results' ids" in refused.text
    path = f"{frozen}/run-invalidation"
    for more in ({}, {"run": 1, "result_ids": [there["104.4"]["id"]]}):
        assert (await service.client.post(path, json=cause | more)).status_code == 422
    other = await service.client.post(path, json=cause | {"result_ids": [there[FOUND[0]]["id"]]})
    assert (other.status_code, other.json()["fields"]) == (409, ["result_ids"])
    await service.client.done(path, cause | {"result_ids": [there["104.4"]["id"]]})
    left = {each["value"] for each in await results_of(service, frozen) if each["counts"]}
    assert left == {*FOUND, *ALIKE}
    assert (await service.client.done(f"{frozen}/evaluation"))["attributes"][0]["verdict"] == "passed"


@pytest.mark.parametrize("order", list(permutations(range(3)))[::2])
async def test_amendments_and_invalid_results_end_the_same_in_any_order(
    order: Sequence[int], service: Any, frozen: str, feeds: Feeds, bus: Any, database: Any
) -> None:
    """Of four, one is amended and one is found invalid."""
    await handled(bus, database, *(feeds.told("receiving", value) for value in ALIKE))
    wrong, bad = feeds.told("receiving", "90"), feeds.told("receiving", "80")
    amended = feeds.told("receiving", "100.1", supersedes=wrong.results[0].result_id)
    told_late = wrong.results[0].model_copy(update={"superseded_by": amended.results[0].result_id})
    facts: list[Any] = [wrong, amended, feeds.invalid(bad)]
    for n in order:
        await handled(bus, database, facts[n])
    known_late = wrong.model_copy(update={"results": (told_late,)})
    for told in (bad, known_late):
        await handled(bus, database, told)
        counted = [each["value"] for each in await results_of(service, frozen) if each["counts"]]
        assert sorted(counted) == sorted([*ALIKE, "100.1"])


async def test_no_moment_that_is_told_later_brings_in_what_was_known_before(
    service: Any, started: Any, laboratories: Laboratories, feeds: Feeds, bus: Any, database: Any
) -> None:
    """Nor by an original that was told before the criteria were frozen, and so is not kept."""
    path = await laboratories.planned(await started(), lots=[{"name": "L-1", "lot_id": str(feeds.lot.id)}])
    known = feeds.told("receiving", "100.0")
    await handled(bus, database, known)
    await laboratories.frozen(path)
    early = [feeds.told("receiving", value, datetime.now(UTC) - timedelta(days=3)) for value in ("101", "102")]
    anew = [feeds.told("receiving", str(n), supersedes=id_of(each)) for n, each in enumerate((known, *early), 1)]
    await handled(bus, database, early[0], *anew, early[1])
    found = {each["value"]: each for each in await results_of(service, path)}
    assert {value: each["refused"] for value, each in found.items()} == {
        **{"1": "amends_unknown", "2": "amends_refused", "3": "amends_refused"},
        **{"101": "tested_before_freezing", "102": "tested_before_freezing"},
    }
    assert found["2"]["supersedes"] == found["101"]["source_result_id"] == str(id_of(early[0]))
    assert (await service.client.get(path)).json()["state"] == "criteria_frozen"


@pytest.mark.parametrize("amendment_first", [True, False])
async def test_what_amends_a_result_is_tested_as_the_protocol_says(
    amendment_first: bool, service: Any, known: Any, frozen: str, feeds: Feeds, bus: Any, database: Any
) -> None:
    """Else neither counts. One of another lot or test is none of the transfer, and not shown."""
    otherwise: dict[str, dict[str, Any]] = {
        "other_method": {"method": "UV-999"},
        "not_original": {"role": ResultRole.retest},
        "of_stability": {"stage": TestStage.stability},
        "other_version": {"method_version": "2.0"},
        "": {"test": "water"},
        "another lot": {"lot": known.lot()},
    }
    for at, more in enumerate(otherwise.values()):
        first = feeds.told("receiving", str(at))
        facts = [first, feeds.told("receiving", str(10 + at), supersedes=id_of(first), **more)]
        for fact in facts[::-1] if amendment_first else facts:
            await handled(bus, database, fact)
    found = {each["value"]: each for each in await results_of(service, frozen)}
    assert not any(each["counts"] for each in found.values())
    assert {value: found[value]["refused"] for value in found if len(value) > 1} == {
        str(10 + at): why for at, why in enumerate(otherwise) if at < 4
    }
    assert all(found[str(at)]["superseded_by"] for at in range(6))


def id_of(told: ResultsReported) -> UUID:
    """The result's."""
    return told.results[0].result_id


async def test_a_verdict_that_turns_after_the_signature_reopens_and_marks_the_gate(
    service: Any, known: Any, frozen: str, feeds: Feeds, bus: Any, database: Any
) -> None:
    sent = [feeds.told("sending", value) for value in FOUND]
    received = [feeds.told("receiving", value) for value in ALIKE]
    await handled(bus, database, *sent, *received)
    await service.client.done(f"{frozen}/evaluation")
    passed = await service.second.done(f"{frozen}/conclusion")
    transfer = {"id": passed["transfer_id"]}
    assert "methods_for_batches" in await unmet(service, transfer, "process_development"), "nothing is told yet"
    entitlement = EntitlementChanged(
        entitlement_id=uuid4(),
        method_id=uuid4(),
        method_code="HPLC-014",
        method_version="2.1",
        laboratory_site_id=known.laboratory_site,
        laboratory_partner_id=known.laboratory,
        standing=EntitlementStanding.transferred,
        valid_from=passed["entitled_from"],
        proof_digest="0c" * 32,
        occurred_at=datetime.now(UTC),
    )
    await handled(bus, database, entitlement)
    assert "methods_for_batches" not in await unmet(service, transfer, "process_development")

    little = feeds.told("receiving", "100.3", supersedes=received[0].results[0].result_id)
    fifty = feeds.told("receiving", "50")
    await handled(bus, database, little, fifty)
    beside = (await service.client.get(frozen)).json()
    assert (beside["state"], beside["attributes"]) == ("passed", passed["attributes"])
    assert beside["reevaluated"][0]["difference"] != passed["attributes"][0]["difference"]
    late = feeds.told("receiving", "51", supersedes=fifty.results[0].result_id)
    await handled(bus, database, late, feeds.invalid(fifty))
    refused = {each["value"]: each["refused"] for each in await results_of(service, frozen)}
    assert (refused["50"], refused["51"]) == ("too_late", "amends_refused"), "nor does it come in by its amendment"
    still = (await service.client.get(frozen)).json()
    assert still["reevaluated_at"] == beside["reevaluated_at"], "what does not count changes nothing"
    much = feeds.told("receiving", "140", supersedes=little.results[0].result_id)
    await handled(bus, database, much)
    turned = (await service.client.get(frozen)).json()
    assert turned["state"] == "reopened"
    assert turned["suspended_from"] >= passed["entitled_from"], "the laboratory's day may have ended meanwhile"
    assert [each["holds"] for each in turned["signatures"]] == [True]
    (fact,) = await bus.told(MethodTransferRepeated, method_transfer_id=UUID(passed["id"]))
    assert (fact.outcome, fact.suspended_from.isoformat()) == ("passed", turned["suspended_from"])
    assert fact.report_digest == passed["report_digest"]
    suspended = {"entitlement_id": uuid4(), "standing": EntitlementStanding.suspended}
    await handled(bus, database, entitlement.model_copy(update=suspended))
    assert "methods_entitled" in await unmet(service, transfer, "validation")


async def test_results_and_their_investigations_wait_for_one_another(
    frozen: str, feeds: Feeds, bus: Any, database: Any
) -> None:
    """One that did not would miss what the other one keeps meanwhile."""
    result = feeds.told("receiving", "100")
    waiting = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""

    async def waits() -> bool:
        return bool(await database.fetchval(waiting))

    for fact in (result, feeds.invalid(result)):
        async with database.transaction():
            await database.execute(ONE_LOT_AT_A_TIME, [str(feeds.lot.id)])
            await bus.publish(fact)
            await bus.eventually(waits)
        await handled(bus, database, fact)
