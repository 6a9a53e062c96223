"""What other services tell of a batch that may be released, and what people do until it is."""

import asyncio
import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts import Fact, Lot, Recorded
from contracts.certifying import (
    MutualRecognitionChanged,
    QpCapacityChanged,
    QpCapacityState,
    QpRegime,
    QpSide,
    RecognisedWork,
    RecognisingRegime,
)
from contracts.data_integrity import DataIntegrityFlagged, FlaggedLot, FlagRule, FlagState
from contracts.partner_feeds import TestStage
from contracts.partner_registry import InspectionKind, Observed, RegulatoryInspectionRecorded
from contracts.qualifications import Purpose, QualificationState, SiteQualificationChanged
from contracts.registrations import RegisteredActivity, RegistrationChanged, RegistrationState, RegistrationStep
from contracts.sample_tracking import (
    EvaluatedResult,
    Evaluation,
    Limit,
    ResultApproved,
    ResultsReported,
    SpecificationApproved,
    SpecificationEffective,
    SpecificationFact,
)

NOON = datetime(2018, 1, 2, 12, tzinfo=UTC)
READ = {"digest": "0b" * 32}
"""The batch record as it was read."""
STATED = (
    *("yield_explained", "inputs_released", "agreement_effective", "excursions_decided", "within_times"),
    "samples_retained",
)


def qualified(world: Any, site: UUID, activity: str, **more: Any) -> SiteQualificationChanged:
    """A site may do this work."""
    given: dict[str, Any] = {
        "before": QualificationState.in_assessment, "after": QualificationState.approved,
        "valid_from": date(2018, 1, 2), "valid_to": date(2098, 1, 1), "qualification_id": uuid7(), "occurred_at": NOON,
    }  # fmt: skip
    partner = world.laboratory if site == world.laboratory_site else world.maker
    return SiteQualificationChanged(
        partner_id=partner, **(given | more), number="QUAL-1", site_id=site, activity=activity, dosage_form=None,
        product_ids=(), purpose=Purpose.commercial, conditions=(), waived=False, reason="x",
    )  # fmt: skip


def registered(world: Any, market: str) -> RegistrationChanged:
    """The product is registered with both sites."""
    sites = ((world.site, "drug_product"), (world.laboratory_site, "testing"))
    return RegistrationChanged(
        registration_id=uuid7(), number=f"REG-{market}", product_id=world.product, market=market, regime="x",
        holder=f"Holder {world.code}", authorisation_number="1", what=RegistrationStep.approved,
        state=RegistrationState.approved, effective_on=date(2018, 1, 1), occurred_at=NOON,
        sites=tuple(RegisteredActivity(site_id=site, activity=of, valid_from=date(2018, 1, 1)) for site, of in sites),
    )  # fmt: skip


def specified(world: Any, market: str | None = None, *tests: str) -> SpecificationApproved:
    """What is to be tested."""
    limits = tuple(Limit(test=each, stage=TestStage.release, unit="%", decimals=1) for each in tests or ("assay",))
    return SpecificationApproved(
        specification_id=uuid7(), product_id=world.product, market=market, revision=1, limits=limits, occurred_at=NOON
    )


def effective(world: Any, market: str | None, **said: Any) -> SpecificationEffective:
    """A revision that came into force on its day."""
    approved = specified(world, market).model_copy(update=said)
    return SpecificationEffective(**{name: getattr(approved, name) for name in SpecificationFact.model_fields})


def inspected(world: Any, *ours: bool | None) -> RegulatoryInspectionRecorded:
    """An authority left the maker's site, and noted so much; of each whether it concerns the sponsor's goods."""
    observations = tuple(Observed(text="x", ours=each) for each in ours)
    return RegulatoryInspectionRecorded(
        inspection_id=uuid7(), number="INS-1", site_id=world.site, partner_id=world.maker, authority="FDA",
        kind=InspectionKind.pre_approval, announced_at=NOON, told_sponsor_at=NOON, ended_on=date(2018, 12, 20),
        observations=observations, occurred_at="2018-12-20",
    )  # fmt: skip


def results_of(
    world: Any, lot: Lot, test: str = "assay", evaluation: Evaluation = Evaluation.passed, **more: Any
) -> list[Fact]:
    """A result of the lot, of a laboratory that was entitled for the method, and that it is approved."""
    id = more.pop("result_id", None) or uuid7()
    given: dict[str, Any] = {"test": test, "value": "99.1", "unit": "%", "evaluation": evaluation, "reportable": True}
    result = EvaluatedResult(result_id=id, **given | more)
    reported = ResultsReported(
        lot=lot, stage=TestStage.release, laboratory_site_id=world.laboratory_site,
        laboratory_partner_id=world.laboratory, results=(result,), occurred_at="2018-12",
    )  # fmt: skip
    return [reported, ResultApproved(result_id=id, lot=lot, test=test, occurred_at=NOON)]


def flagged(world: Any, lot: Lot, result_id: UUID, state: FlagState, id: UUID) -> DataIntegrityFlagged:
    """What speaks against the data of a result, and how far that is on its way."""
    of = FlaggedLot(id=lot.id, number=lot.number, material=lot.material, site_id=lot.site_id)
    return DataIntegrityFlagged(
        flag_id=id, rule=FlagRule.copied_values, state=state, result_id=result_id, set_id=result_id, lot=of,
        test="assay", stage=TestStage.release, laboratory_site_id=world.laboratory_site,
        laboratory_partner_id=world.laboratory, after_approval=True, occurred_at=NOON,
    )  # fmt: skip


def named(world: Any, subject: str, regime: QpRegime = QpRegime.eu_eea) -> QpCapacityChanged:
    """An authorisation names a qualified person."""
    return QpCapacityChanged(
        qp_capacity_id=uuid7(), number=f"QP-{subject}", side=QpSide.sponsor, partner_id=None, subject=subject,
        printed_name=f"Dr. {subject}", regime=regime, legal_entity=f"Holder {world.code}", authorisation="A-1",
        valid_from=date(2018, 1, 1), valid_to=None, state=QpCapacityState.named, site_ids=(world.site,),
        evidence="0b" * 32, occurred_at=NOON,
    )  # fmt: skip


def recognised(regime: str, country: str, **of: Any) -> MutualRecognitionChanged:
    """Batch tests of a country are recognised."""
    return MutualRecognitionChanged(
        mutual_recognition_id=uuid7(), number=f"MR-{country}", regime=RecognisingRegime(regime), country=country,
        covers=(RecognisedWork.batch_testing,), valid_from=date(2018, 1, 1), source="a treaty", occurred_at=NOON, **of,
    )  # fmt: skip


def recorded(fact: Fact, sequence: int, key: str) -> Recorded[Any]:
    """A fact as a consumer is given it."""
    return Recorded(uuid4(), "x", "/x", NOON, key, sequence, "c", None, None, (), fact)


async def reviewed(service: Any, world: Any, path: str) -> None:
    """The record is handed in, and reviewed by both sides."""
    body = READ | {"record_version": "1.0", "complete": True}
    maker = {"partner_id": world.maker}
    async with service.as_("partner_quality", subject="cid", **maker) as author:
        await author.done(f"{path}/record", body)
    async with service.as_("partner_quality", subject="ana", **maker) as quality:
        await quality.done(f"{path}/record-review", READ)
    await service.client.done(f"{path}/record-review", READ)


async def stated(client: Any, batch_id: str, market: str) -> None:
    """Quality states what no fact tells."""
    for condition in STATED:
        body = {
            "batch_id": batch_id,
            "market": market,
            "condition": condition,
            "statement": "seen",
            "evidence": "0c" * 32,
        }
        await client.done("/readiness-statements", body)


async def readiness(client: Any, batch_id: str, market: str) -> dict[str, Any]:
    """How the batch stands in a market, with its conditions by name."""
    answer = await client.get(f"/batches/{batch_id}/readiness", params={"market": market})
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["markets"]
    found: dict[str, Any] = one | {"by_name": {each["name"]: each for each in one["conditions"]}}
    return found


async def all_that_blocks_says_since_when(quality: Any, id: str, *markets: str) -> None:
    """Whoever reads what keeps a batch from its release reads since when, too."""
    for market in markets:
        blocks = [each for each in (await readiness(quality, id, market))["conditions"] if each["blocks"]]
        assert blocks
        assert [each["name"] for each in blocks if each["since"] is None] == []


async def disposition(client: Any, batch_id: str, market: str) -> str:
    """The path of a disposition."""
    (one,) = (await client.get("/dispositions", params={"batch_id": batch_id, "market": market})).json()["items"]
    return f"/dispositions/{one['id']}"


async def _something_is_under_way(client: Any) -> bool:
    status = (await client.get("/status")).json()
    return bool(status["outbox_pending"] or status["lag"])


async def decision(client: Any, batch_id: str, market: str, **more: Any) -> dict[str, Any]:
    """The body of a decision by what the readiness is, once nothing that was told is under way."""

    deadline = time.monotonic() + 40
    while await _something_is_under_way(client):
        assert time.monotonic() < deadline, "something that was told is under way, which may make another readiness"
        await asyncio.sleep(0.02)
    digest = (await readiness(client, batch_id, market))["digest"]
    return {"readiness_digest": digest, "justification": "all is met"} | more


async def made(bus: Any, world: Any, service: Any, found: Any, *facts: Any, markets: tuple[str, ...] = ("AT",)) -> Any:
    """The id and the lot of a batch that is made, tested and reviewed; ``facts`` tell of its sites."""
    lot = world.lot()
    await bus.publish(world.start(lot), world.completion(lot), *facts, *results_of(world, lot))
    batch = await found("batches", lot=lot.number, state="manufactured")
    await reviewed(service, world, f"/batches/{batch['id']}")
    await service.client.done(f"/batches/{batch['id']}/intent", {"markets": list(markets)})
    return batch["id"], lot


def usual(world: Any, *markets: str) -> list[Any]:
    """Both sites are qualified, and registered in the markets."""
    sites = [qualified(world, world.site, "drug_product"), qualified(world, world.laboratory_site, "testing")]
    return [*sites, specified(world), *(registered(world, market) for market in markets)]


async def settled(bus: Any, client: Any, batch_id: str, market: str, *blocking: str) -> dict[str, Any]:
    """The readiness, as soon as only these stand against it."""

    async def look() -> Any:
        one = await readiness(client, batch_id, market)
        return one if sorted(one["blocking"]) == sorted(blocking) else None

    try:
        found: dict[str, Any] = await bus.eventually(look)
    except Exception as error:
        now = await readiness(client, batch_id, market)
        raise AssertionError(
            [each["name"] + ": " + each["why"] for each in now["conditions"] if each["blocks"]]
        ) from error
    return found
