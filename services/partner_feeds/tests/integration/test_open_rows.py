"""Rows that somebody must look at: in conflict with what was reported before, or not to be judged."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest_asyncio

from contracts import SourceRecord, clock
from contracts.partner_feeds import TestResultsReported, TestStage
from contracts.sample_tracking import Evaluation, Limit, ResultInterpreted, SpecificationApproved


@pytest_asyncio.fixture
async def specify(bus: Any, business: Any, database: Any, eventually: Any) -> Any:
    """Let the service hear of limits of the product, from 80 % unless others are given."""

    async def approve(revision: int = 1, **limits: str) -> None:
        fact = SpecificationApproved(
            occurred_at=clock.now(),
            specification_id=uuid4(),
            product_id=business.product,
            market=None,
            revision=revision,
            limits=tuple(
                Limit(test=test, stage=TestStage.release, unit=unit, decimals=0, lower=Decimal(80))
                for test, unit in (limits or {"dissolution_min": "%", "dissolution_av": "%"}).items()
            ),
        )
        await bus.publish(fact)

        async def known() -> bool:
            return bool(
                await database.fetchval("SELECT id FROM known_specification WHERE id = $1", fact.specification_id)
            )

        await eventually(known)

    return approve


async def test_a_test_that_the_specification_does_not_have_is_taken_and_told(
    business: Any, specify: Any, published: Any
) -> None:
    await specify(dissolution="%")
    answer = await business.send(business.file(business.batch("B-1", dissolution_min=79)))
    assert (answer["state"], answer["unjudged"], answer["accepted"]) == ("partly_translated", 1, 0)
    (error,) = answer["errors"]
    assert (error["row"], error["field"], error["value"]) == (2, "dissolution_min", "dissolution_min")
    assert "nearest: dissolution" in error["reason"]
    kinds = {fact["_type"] for fact in await published(answer["message_id"])}
    assert "TestResultsReported" in kinds, "it was taken"
    assert "MessageQuarantined" not in kinds, "nothing was refused"

    await specify(2, dissolution_min="%")
    replayed = await business.lims.post(f"/messages/{answer['message_id']}/replay")
    assert [replayed.json()[name] for name in ("state", "unjudged", "duplicate")] == ["replayed", 0, 1]
    facts = await published(answer["message_id"])
    assert len([fact for fact in facts if fact["_type"] == "TestResultsReported"]) == 1, "nothing was taken twice"


async def test_what_quality_decided_about_is_no_open_row_any_more(
    business: Any, specify: Any, published: Any, bus: Any, database: Any, eventually: Any
) -> None:
    await specify(dissolution="%")
    file = business.file(*(business.batch(number, dissolution_min=79) for number in ("B-1", "B-2")))
    answer = await business.send(file)
    assert answer["unjudged"] == 2
    sets = [fact for fact in await published(answer["message_id"]) if fact["_type"] == "TestResultsReported"]
    one = TestResultsReported.model_validate_json(json.dumps(sets[0]))
    source = SourceRecord(
        id=one.results[0].id, revision=one.results[0].revision, feed_id=one.feed_id, message_id=one.message_id
    )
    decided = ResultInterpreted(
        occurred_at=clock.now(),
        result_id=uuid4(),
        lot=one.lot,
        test="dissolution_min",
        evaluation=Evaluation.passed,
        source=source,
    )
    await bus.publish(decided)
    kept = "SELECT count(*) FROM interpreted_result WHERE record_id = $1"
    await eventually(lambda: database.fetchval(kept, source.id))
    replayed = (await business.lims.post(f"/messages/{answer['message_id']}/replay")).json()
    assert [replayed[name] for name in ("state", "unjudged", "duplicate")] == ["partly_translated", 1, 1]
    again = await business.send(file + b"\n" if isinstance(file, bytes) else file + "\n")
    assert again["unjudged"] + again["duplicate"] == 2
    assert again["unjudged"] == 1, "of the other one nobody has decided"


async def test_a_dry_run_tells_what_would_not_be_judged(business: Any, specify: Any) -> None:
    await specify(2, dissolution="%")
    path = f"/feeds/{business.lims_feed}/messages?dry_run=true"
    file = business.file(business.batch(dissolution_min=79))
    answer = await business.lims.post(path, content=file, headers={"Content-Type": "text/csv"})
    assert answer.json()["unjudged"] == 1


async def test_other_content_under_a_known_revision_is_a_conflict_that_quality_settles(
    business: Any, published: Any, service: Any
) -> None:
    first = await business.send(business.file(business.batch("B-1", dissolution_min=88)))
    assert first["state"] == "translated"
    second = await business.send(business.file(business.batch("B-1", dissolution_min=79)))
    assert (second["state"], second["conflict"]) == ("partly_translated", 1)
    (error,) = second["errors"]
    record_id = error["value"]
    assert "correct it by a higher revision" in error["reason"]
    (told,) = [fact for fact in await published(second["message_id"]) if fact["_type"] == "RecordContradicted"]
    assert (told["record"], told["record_id"], told["row"]) == ("TestResult", record_id, 2)
    again = await business.send(business.file(business.batch("B-1", dissolution_min=79), business.batch("B-9")))
    assert again["conflict"] == 1
    repeated = await published(again["message_id"])
    assert not [fact for fact in repeated if fact["_type"] == "RecordContradicted"], "told once"

    quality, sender = service.as_("quality", subject="petra"), business.lims
    (listed,) = (await quality.get("/contradictions", params={"record_id": record_id})).json()["items"]
    assert (listed["content"]["value"], listed["state"], listed["waiting_for"]["side"]) == ("79", "open", "both")
    assert (listed["first_message_id"], listed["first_row"]) == (first["message_id"], 2), "what stays, and where it is"
    path = f"/contradictions/{listed['id']}"
    assert (await sender.post(f"{path}/settlement", json={"reason": "mine"})).status_code == 403
    assert (await quality.post(f"{path}/assignment", json={})).json()["owner"] == "petra"
    settled = await quality.post(f"{path}/settlement", json={"reason": "a slip of the pen; 88 is in the raw data"})
    assert settled.json()["state"] == "settled"
    replayed = await sender.post(f"/messages/{second['message_id']}/replay")
    assert [replayed.json()[name] for name in ("state", "conflict", "duplicate")] == ["replayed", 0, 1]


async def test_replicates_under_one_id_are_a_conflict_and_never_only_a_duplicate(business: Any) -> None:
    rows = [business.batch("B-1", dissolution_min=value) for value in (88, 79)]
    answer = await business.send(business.file(*rows))
    assert (answer["accepted"], answer["conflict"], answer["duplicate"]) == (1, 1, 0)
    (told,) = (await business.lims.get("/contradictions")).json()["items"]
    assert (told["first_message_id"], told["first_row"], told["row"]) == (answer["message_id"], 2, 3)


async def test_a_rival_sees_no_contradiction(business: Any, service: Any) -> None:
    await business.send(business.file(business.batch("B-1", dissolution_min=88)))
    await business.send(business.file(business.batch("B-1", dissolution_min=79)))
    own = (await business.lims.get("/contradictions")).json()["items"]
    assert len(own) == 1
    rival = service.as_("partner_quality", partner_id=uuid4())
    assert (await rival.get("/contradictions")).json()["items"] == []
    assert (await rival.get(f"/contradictions/{own[0]['id']}")).status_code == 404


async def test_a_sender_reads_its_mapping_and_the_names_of_the_tests_and_no_limit(
    business: Any, specify: Any, service: Any
) -> None:
    await specify(3, dissolution_min="%")
    path = f"/feeds/{business.lims_feed}"
    assert (await business.lims.get(f"{path}/tests")).json() == {"items": []}, "nothing came of the product yet"
    await business.send(business.file(business.batch(dissolution_min=88)))
    tests = await business.lims.get(f"{path}/tests")
    named = {"product": business.code, "test": "dissolution_min", "stage": "release", "unit": "%"}
    assert tests.json() == {"items": [named]}
    document = await business.lims.get(f"{path}/mapping")
    assert document.headers["content-type"] == "application/yaml"
    assert "code: tablets-laboratory" in document.text
    rival = service.as_("partner_quality", partner_id=uuid4())
    for what in ("tests", "mapping"):
        assert (await rival.get(f"{path}/{what}")).status_code == 404


async def test_limits_that_are_not_the_specifications_are_told_once(
    business: Any, specify: Any, service: Any, published: Any
) -> None:
    await specify(4, dissolution_min="%")

    def result(**others: Any) -> Any:
        given = {"test": "dissolution_min", "stage": "release", "value": "88", "unit": "%"}
        return business.event("TestResult", **given | others)

    limits = {"lower": "75", "upper": None}
    first = await business.send_events(result(laboratory_limits=limits), result(laboratory_limits={"lower": "80.0"}))
    assert (first["accepted"], len(first["notices"])) == (2, 1), first
    assert "75" not in first["notices"][0]
    again = await business.send_events(result(laboratory_limits=limits))
    told = [fact for sent in (first, again) for fact in await published(sent["message_id"])]
    (mismatch,) = [fact for fact in told if fact["_type"] == "SpecificationMismatchFound"]
    assert (mismatch["test"], mismatch["laboratory_limits"]["lower"]) == ("dissolution_min", "75")


async def test_a_replay_by_another_mapping_takes_nothing_twice_and_accuses_nobody(
    business: Any, specify: Any, service: Any, published: Any
) -> None:
    code = f"m-{uuid4().hex[:8]}"

    async def live(version: int, column: str) -> None:
        document = f"""
code: {code}
version: {version}
columns:
  lot: {{holds: text, required: true}}
  made: {{holds: date, format: YYYY-MM-DD, required: true}}
  Gehalt: {{holds: number, {column}}}
lots:
  batch: {{material: "{business.code}", number: "{{lot}}"}}
records:
  - {{record: TestResult, id: "{{lot}}/{{test}}", occurred_at: made, lot: batch, stage: release, tests: [Gehalt]}}
"""
        drafted = await service.client.post("/mappings", content=document)
        assert (await service.second.post(f"/mappings/{drafted.json()['id']}/approval")).status_code == 200

    await specify(5, assay="%")
    await live(1, 'unit: "%"')
    body = {"site_id": str(business.site), "kind": "lims", "format": "csv", "mapping": code, "code": code}
    assert (await service.client.post("/feeds", json=body)).status_code == 201
    sent = await service.client.post(
        f"/feeds/{code}/messages", content="lot,made,Gehalt\nB1,2024-01-31,79.1\n", headers={"Content-Type": "text/csv"}
    )
    message = sent.json()
    assert (message["unjudged"], message["errors"][0]["field"]) == (1, "Gehalt")
    for version, column in ((2, 'unit: "%", name: assay'), (3, "unit: mg")):
        await live(version, column)
        replayed = await service.client.post(f"/messages/{message['message_id']}/replay")
        assert [replayed.json()[name] for name in ("unjudged", "accepted", "conflict")] == [1, 0, 0]
    kinds = Counter(fact["_type"] for fact in await published(message["message_id"]))
    assert (kinds["TestResultsReported"], kinds["RecordContradicted"]) == (1, 0)
