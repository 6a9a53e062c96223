"""A certificate says what is found: what came since its draft stops it, and what was issued is said not to be true."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from contracts.partner_feeds import ReportedResult, ResultRole
from contracts.quality_events import BatchStarted
from tests.entitling import entitled

from .certifying import LIMIT, PATH, Certifying, certifying

__all__ = ["certifying"]

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'
"""
RECORDS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('sample-tracking.products', 0))"


async def test_a_failure_that_is_reported_after_the_draft_stops_its_issue(certifying: Certifying) -> None:
    await certifying.found("99", 1, approve=True)
    draft = await certifying.draft()
    assert (draft["changed"], draft["results"][0]["method_version"]) == ([], "1.0")
    await certifying.found("80", 2, approve=False)
    refused = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["assay"])
    assert await certifying.is_changed(draft) == ["assay"]
    await certifying.tracking.second.done(f"{PATH}/{draft['id']}/withdrawal", {"reason": "assay failed"})
    anew = await certifying.tracking.client.post(PATH, json=certifying.asked)
    assert (anew.status_code, anew.json()["detail"].endswith("; not approved yet: assay")) == (409, True)


async def test_a_laboratory_is_stopped_by_what_another_found_and_learns_nothing_of_it(
    certifying: Certifying, tracking: Any, known: Any, partners_login: Any
) -> None:
    await certifying.found("99", 1, approve=True)
    draft = await certifying.draft()
    await entitled(tracking.client, certifying.method, known.site)
    lot = {"site_id": str(known.site), "material": known.code, "number": certifying.lot.number}
    elsewhere = {"lot": lot, "laboratory_site_id": str(known.site), "stage": "release", "test": "assay"}
    entry = elsewhere | {"value": "80", "unit": "%", "occurred_at": "2018-11-05"}
    await tracking.as_("partner_lab", partner_id=known.maker, subject="mojca").done("/results", entry)
    refused = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue")
    assert (refused.status_code, refused.json()["missing"], "assay" in refused.text) == (409, [], False)
    assert (await certifying.laboratory.get(f"{PATH}/{draft['id']}")).json()["changed"] == []
    rows = "SELECT FROM found_in_the_lot($1) AS found WHERE "
    of_another = "laboratory_partner_id IS NULL AND num_nonnulls(value, submitted_by, laboratory_site_id) = 0"
    async with partners_login("sample_tracking", known.laboratory) as login:
        for which, count in (("true", 2), (of_another, 1), ("value = 80 OR found::text LIKE '%mojca%'", 0)):
            assert await login.run(rows + which, UUID(draft["id"])) == f"SELECT {count}", "no more than how it counts"
    by_the_sponsor = await tracking.as_("quality", subject="cene").post(f"{PATH}/{draft['id']}/issue")
    assert (by_the_sponsor.status_code, by_the_sponsor.json()["missing"]) == (409, ["assay"])


async def test_no_certificate_leaves_out_a_failure_that_was_amended_before_it_is_found_invalid(
    certifying: Certifying, bus: Any, eventually: Any, results: Any
) -> None:
    failed = await certifying.found("39", 1, approve=False)
    for count, value in ((2, "96"), (3, "99")):
        again = ReportedResult(
            id=failed["source_id"], revision=count, test="assay", value=Decimal(value), unit="%", role=failed["role"]
        )
        await bus.publish(
            certifying.known.together(again, lot=certifying.lot, occurred_at=datetime(2018, 11, 1, 8, tzinfo=UTC))
        )
        found = (await results(certifying.lot, count))[-1]
    path = f"/result-sets/{found['set_id']}"
    await certifying.tracking.as_("lab", subject="bor").done(f"{path}/review", {"raw_data_seen": True})
    await certifying.tracking.as_("quality", subject="cene").done(f"{path}/approval")
    asked = certifying.tracking.client.post

    async def why(conclusion: str, sequence: int, says: str) -> bool:
        """Whether a draft, and the issue of what was drafted before, are refused with these words once it was told."""
        await bus.publish(certifying.concluded(failed, conclusion), sequence=str(sequence))

        async def refused() -> bool:
            answer = await asked(PATH, json=certifying.asked)
            return bool(answer.status_code == 409 and answer.json()["detail"].endswith(says))

        return bool(await eventually(refused))

    at_first = await asked(PATH, json=certifying.asked)
    assert (at_first.status_code, at_first.json()["missing"]) == (409, ["assay"])
    assert at_first.json()["detail"].startswith(f"result {failed['id']} of assay was out of specification")
    assert at_first.json()["detail"].endswith("its investigation is open")
    assert await why("confirmed", 3, "its investigation did not find it invalid")
    await bus.publish(certifying.concluded(failed, "invalidated"))

    async def drafted() -> Any:
        answer = await asked(PATH, json=certifying.asked)
        return answer.json() if answer.status_code == 201 else None

    draft = await eventually(drafted)
    assert ([one["result_id"] for one in draft["results"]], draft["changed"]) == ([found["id"]], [])
    await bus.publish(certifying.concluded(failed, "reopened"))

    async def changed() -> bool:
        return await certifying.is_changed(draft) == ["assay"]

    assert await eventually(changed)
    refused = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue")
    assert (refused.status_code, failed["id"] in refused.json()["detail"]) == (409, True)


async def test_nothing_is_certified_while_how_investigations_stand_is_unread(
    certifying: Certifying, database: Any
) -> None:
    await certifying.found("99", 1, approve=True)
    draft = await certifying.draft()
    of_type = "UPDATE handled SET registered = $1 WHERE type = 'io.entente.OosReopened.v1'"
    await database.execute(of_type, False)
    try:
        issue = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue")
        anew = await certifying.tracking.client.post(PATH, json=certifying.asked)
    finally:
        await database.execute(of_type, True)
    for refused in (issue, anew):
        assert (refused.status_code, "OosReopened.v1 is being read again" in refused.json()["detail"]) == (409, True)
    assert (await certifying.laboratory.done(f"{PATH}/{draft['id']}/issue"))["state"] == "issued"


async def test_a_later_revision_of_the_specification_stops_the_issue(certifying: Certifying, specify: Any) -> None:
    await certifying.found("99", 1, approve=True)
    draft = await certifying.draft()
    await specify(certifying.known.code, LIMIT | {"lower": "98", "method": certifying.method["code"]})
    refused = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue")
    assert (refused.status_code, refused.json()["fields"]) == (409, ["specification_id"])
    await certifying.tracking.second.done(f"{PATH}/{draft['id']}/withdrawal", {"reason": "it was revised"})
    anew = await certifying.draft()  # by the same revision, under which the lot was made
    assert (await certifying.laboratory.done(f"{PATH}/{anew['id']}/issue"))["state"] == "issued"


async def test_an_issue_waits_for_who_records_and_holds_nothing_that_another_issue_wants(
    certifying: Certifying, database: Any, eventually: Any
) -> None:
    await certifying.found("99", 1, approve=True)
    first = await certifying.draft()
    await certifying.laboratory.done(f"{PATH}/{first['id']}/issue")
    newer = await certifying.draft()

    async def waits() -> bool:
        await database.execute("SELECT pg_stat_clear_snapshot()")
        return bool(await database.fetchval(WAITING))

    async with database.transaction():
        await database.execute(RECORDS)
        issuing = asyncio.create_task(certifying.laboratory.done(f"{PATH}/{newer['id']}/issue"))
        await eventually(waits)
        again = await certifying.tracking.as_("quality", subject="cene").post(f"{PATH}/{first['id']}/issue")
        assert again.status_code == 409, "it waits for nobody, and holds the row of an earlier one no longer"
    assert (await issuing)["state"] == "issued"
    assert (await certifying.tracking.client.get(f"{PATH}/{first['id']}")).json()["state"] == "superseded"


TOLD = (("invalidated", 3), ("reopened", 4), ("invalidated", 5))


@pytest.mark.parametrize("order", list(permutations(range(3)))[:4])
async def test_a_result_that_is_found_invalid_stands_on_no_certificate_in_whatever_order_that_is_told(
    order: Any, certifying: Certifying, eventually: Any, database: Any
) -> None:
    failed = await certifying.found("80", 1, approve=True)
    retest = await certifying.found("99", 2, ResultRole.retest, approve=True)
    issued = await certifying.laboratory.done(f"{PATH}/{(await certifying.draft())['id']}/issue")
    assert [one["result_id"] for one in issued["results"]] == [failed["id"], retest["id"]]

    async def told(conclusion: str, sequence: int) -> bool:
        """Whether it is invalid once that was taken; twice, as facts may come."""
        fact, id = certifying.concluded(failed, conclusion), str(uuid4())
        for _ in range(2):
            await certifying.bus.publish(fact, sequence=str(sequence), id=id)

        async def taken() -> bool:
            return bool(await database.fetchval("SELECT count(*) FROM inbox WHERE event_id LIKE $1", f"{id}%"))

        assert await eventually(taken)
        found = (await certifying.tracking.client.get(f"/results/{failed['id']}")).json()
        return found["invalidated_at"] is not None

    *_, invalid = [await told(*TOLD[n]) for n in order]
    assert invalid
    assert await certifying.is_changed(issued) == ["assay"], "it is not true any more"
    anew = await certifying.draft()
    assert [one["result_id"] for one in anew["results"]] == [retest["id"]]
    assert not await told("reopened", 6)
    refused = await certifying.laboratory.post(f"{PATH}/{anew['id']}/issue")
    assert (refused.status_code, await certifying.is_changed(issued)) == (409, [])


async def test_a_batch_that_is_known_lacks_all_its_tests(certifying: Certifying, eventually: Any) -> None:
    nothing = await certifying.tracking.client.post(PATH, json=certifying.asked)
    assert (nothing.status_code, "party" in nothing.text) == (404, False)
    began = datetime(2018, 11, 1, 6, tzinfo=UTC)
    lot = certifying.lot
    await certifying.bus.publish(BatchStarted(batch_id=lot.id, lot=lot, occurred_at=began))

    async def refused() -> Any:
        answer = await certifying.tracking.client.post(PATH, json=certifying.asked)
        return answer if answer.status_code == 409 else None

    lacking = (await eventually(refused)).json()
    assert (lacking["missing"], lacking["detail"].endswith("; lacking: assay")) == (["assay"], True)


async def test_who_signs_reads_names(certifying: Certifying) -> None:
    await certifying.found("99", 1, approve=True)
    draft = await certifying.draft()
    asked = await certifying.laboratory.post(f"{PATH}/{draft['id']}/issue", auth=None)
    assert asked.status_code == 401
    text = asked.json()["text"]
    assert "manufacturer: Maker, Plant (" in text
    assert "product: Tablets" in text
    assert [id for id in (certifying.known.site, certifying.known.maker) if str(id) in text] == []


async def test_who_signs_reads_what_was_found_by_which_test_and_that_its_investigation_is_open(
    certifying: Certifying,
) -> None:
    await certifying.found("80", 1, approve=True)
    await certifying.found("99", 2, ResultRole.retest, approve=True)
    draft = await certifying.draft()
    path = f"{PATH}/{draft['id']}"
    text = (await certifying.laboratory.post(f"{path}/issue", auth=None)).json()["text"]
    (found,) = (line for line in text.splitlines() if line.startswith("found: "))
    said = ["result: 80.0 % (reported 80 %)", "verdict: oos", "its investigation is open", "role: retest", "99.0 %"]
    assert [each for each in said if each not in found] == [], found
    assert [(each["role"], each["investigation"]) for each in draft["results"]] == [
        ("original", "open"),
        ("retest", None),
    ]
    issued = await certifying.laboratory.done(f"{path}/issue")
    answer = await certifying.laboratory.get(f"{PATH}/{issued['id']}/pdf")
    paper = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    assert all(each in paper for each in ("out of specification; its investigation is open", "(retest)")), paper
