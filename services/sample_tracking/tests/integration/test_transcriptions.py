"""A certificate on paper is typed by two people, and what was typed wrong and approved is corrected by two."""

from typing import Any
from uuid import UUID

from contracts.data_integrity import DataIntegrityFlagged, FlagState

from .answering import explain
from .test_amendments import LIMIT, SEEN
from .test_entries import entry, lot_is_tested

PATH = "/transcriptions"
OF_RELEASE = {"stage": "release", "decimals": 0}
ASSAY = {"test": "assay", "value": "99.0", "unit": "%"}


def paper(body: dict[str, Any], *results: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A certificate as the first person types it."""
    of_it = {name: body[name] for name in ("lot", "laboratory_site_id", "stage", "occurred_at")}
    return of_it | {"certificate_digest": "c" * 64, "results": [*results]} | others


def again(body: dict[str, Any], *results: dict[str, Any]) -> dict[str, Any]:
    """The same as another one types it."""
    return {"lot_number": body["lot"]["number"], "occurred_at": body["occurred_at"], "results": [*results]}


def found(value: str) -> dict[str, Any]:
    return {"test": "dissolution_min", "value": value, "unit": "%"}


async def test_two_people_type_a_paper_and_the_second_does_not_see_the_first(
    tracking: Any, known: Any, specify: Any, bus: Any
) -> None:
    await specify(known.code, LIMIT)

    def person(name: str, role: str = "partner_lab") -> Any:
        return tracking.as_(role, partner_id=known.laboratory, subject=name)

    ana, bor, dora = person("ana"), person("bor"), person("dora")
    body = entry(known)
    await lot_is_tested(tracking, body)
    typed = await ana.done(PATH, paper(body, found("39.4173"), ASSAY))
    path = f"{PATH}/{typed['id']}"
    assert (typed["state"], typed["first"], typed["waiting_for"]["side"]) == ("keyed", None, "partner")
    for second in (bor, tracking.as_("lab", subject="spela")):
        for read in (path, f"{path}/history", f"/audit/{typed['id']}"):
            assert "39.4173" not in (await second.get(read)).text, f"the second types blind: {read}"
    own = await ana.post(f"{path}/verification", json=again(body, found("39.4173"), ASSAY))
    assert (own.status_code, own.json()["fields"]) == (403, ["keyed_by"])
    differing = await bor.done(f"{path}/verification", again(body, found("93"), ASSAY))
    assert differing["state"] == "differing"
    assert differing["differences"] == [
        {"test": "dissolution_min", "field": "value", "first": "39.4173", "second": "93"}
    ]
    of_lot = {"lot_id": typed["lot_id"]}

    async def tests() -> list[str]:
        return sorted(each["test"] for each in (await ana.get("/results", params=of_lot)).json()["items"])

    assert await tests() == ["water"], "nothing is recorded until both are the same"
    third = await dora.post(f"{path}/retyping", json=again(body, found("93"), ASSAY))
    assert (third.status_code, "ana or bor" in third.json()["detail"]) == (409, True)
    verified = await ana.done(f"{path}/retyping", again(body, found("93"), ASSAY))
    assert (verified["state"], verified["differences"], verified["keyed_by"], verified["verified_by"]) == (
        *("verified", [], "ana", "bor"),
    )
    assert [each["value"] for each in verified["first"]] == ["93", "99.0"]
    whole = await tracking.client.get(f"/audit/{typed['id']}")
    assert "39.4173" in whole.text, "auditors read all of it, once nobody types it any more"
    assert await tests() == ["assay", "dissolution_min", "water"]
    asked = of_lot | {"test": "dissolution_min"}
    (result,) = (await ana.get("/results", params=asked)).json()["items"]
    assert [result[name] for name in ("evaluation", "keyed_by", "verified_by", "state")] == [
        *("pass", "ana", "bor", "submitted")
    ]
    alone = await ana.post(f"/results/{result['id']}/amendment", json={"value": "99", "unit": "%", "reason": "x"})
    assert (alone.status_code, "two type it anew" in alone.json()["detail"]) == (409, True)
    of_set = f"/result-sets/{result['set_id']}"
    for name in ("ana", "bor"):
        refused = await person(name).post(f"{of_set}/review", json=SEEN)
        assert (refused.status_code, refused.json()["type"].endswith("second-person-required")) == (403, True), name
    await dora.done(f"{of_set}/review", SEEN)
    cene = person("cene", "partner_quality")
    await explain(tracking, bus, result["set_id"])
    await cene.done(f"{of_set}/approval")
    await _corrected(person, body, result)


async def _corrected(person: Any, body: dict[str, Any], result: dict[str, Any]) -> None:
    """What was typed wrong and approved has a way back: by two people, beside the original, reviewed anew."""
    ana, bor, dora, cene = person("ana"), person("bor"), person("dora"), person("cene", "partner_quality")
    why = {"corrects": result["id"], "reason": "the paper says 98"}
    other = await dora.post(PATH, json=paper(body, found("98") | {"test": "assay"}, **why))
    assert (other.status_code, other.json()["fields"]) == (409, ["test"])
    without = await dora.post(PATH, json=paper(body, found("98"), corrects=result["id"]))
    assert without.status_code == 422
    keyed = await dora.done(PATH, paper(body, found("98"), **why))
    await ana.done(f"{PATH}/{keyed['id']}/verification", again(body, found("98")))
    before = (await ana.get(f"/results/{result['id']}")).json()
    corrected = (await ana.get(f"/results/{before['superseded_by']}")).json()
    assert (before["value"], before["state"], corrected["value"], corrected["state"]) == (
        *("93", "approved", "98", "submitted"),
    )
    assert [corrected[name] for name in ("amendment_reason", "keyed_by", "verified_by", "set_id")] == [
        *("the paper says 98", "dora", "ana", result["set_id"])
    ]
    again_ = await dora.post(PATH, json=paper(body, found("97"), **why))
    assert (again_.status_code, corrected["id"] in again_.json()["detail"]) == (409, True)
    early = await dora.done(PATH, paper(body, found("97"), corrects=corrected["id"], reason="x"))
    await bor.done(f"{PATH}/{early['id']}/verification", again(body, found("97")))
    of_set = f"/result-sets/{result['set_id']}"
    assert (await dora.post(f"{of_set}/review", json=SEEN)).status_code == 403
    await person("eva").done(f"{of_set}/review", SEEN)
    refused = await cene.post(f"{of_set}/approval")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["edited_after_review"])


async def test_a_stage_that_was_typed_wrong_is_typed_anew_by_two(
    tracking: Any, known: Any, specify: Any, bus: Any
) -> None:
    """Of a stage that asks for more no unit is left out by one person; what was a slip is mended by two, and shown."""
    await specify(known.code, {"test": "dissolution", "unit": "%", "dissolution": {"q": "80"}} | OF_RELEASE)

    def units(first: str, mean: str) -> dict[str, Any]:
        return {"test": "dissolution", "value": mean, "unit": "%", "determinations": [first, *["84"] * 5]}

    petra, spela = (tracking.as_("lab", subject=name) for name in ("petra", "spela"))
    body, alone = entry(known), entry(known)
    keyed = await petra.done(PATH, paper(body, units("68", "81.3")))
    await spela.done(f"{PATH}/{keyed['id']}/verification", again(body, units("68", "81.3")))
    of_paper = (await petra.get("/results", params={"lot_id": keyed["lot_id"]})).json()["items"][0]
    by_hand = await petra.done("/results", alone | units("68", "81.3"))
    for before, of in ((of_paper, body), (by_hand, alone)):
        assert (before["pending"], before["certificate_digest"]) == (True, "c" * 64 if before["keyed_by"] else None)
        why = {"corrects": before["id"], "reason": "the paper says 86"}
        anew = await spela.done(PATH, paper(of, units("86", "84.3"), **why))
        await petra.done(f"{PATH}/{anew['id']}/verification", again(of, units("86", "84.3")))
        stands = (await petra.get(f"/results/{before['id']}")).json()["superseded_by"]
        mended = (await petra.get(f"/results/{stands}")).json()
        assert (mended["determinations"][0], mended["pending"], mended["verified_by"]) == ("86", True, "petra")
        (told,) = await bus.told(DataIntegrityFlagged, rule="units_dropped", result_id=UUID(stands))
        assert told.state == FlagState.open, "its quality unit says that it was a slip"


async def test_a_paper_is_the_laboratory_s_and_may_be_given_up(tracking: Any, known: Any) -> None:
    body = entry(known)
    await lot_is_tested(tracking, body)
    ana = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    typed = await ana.done(PATH, paper(body, ASSAY))
    maker = tracking.as_("partner_lab", partner_id=known.maker, subject="mojca")
    refused = await maker.post(f"{PATH}/{typed['id']}/verification", json=again(body, ASSAY))
    assert refused.status_code == 403
    assert (await maker.post(PATH, json=paper(body, ASSAY))).status_code == 404, "another's laboratory"
    given_up = await ana.done(f"{PATH}/{typed['id']}/withdrawal", {"reason": "typed before"})
    assert (given_up["state"], given_up["first"], given_up["second"]) == ("withdrawn", None, None)
    for read in ("history", "audit"):
        at = f"/audit/{typed['id']}" if read == "audit" else f"{PATH}/{typed['id']}/history"
        assert "99.0" not in (await tracking.client.get(at)).text, "it may be typed anew, and blind"
    twice = await ana.post(PATH, json=paper(body, ASSAY, ASSAY))
    assert (twice.status_code, "two originals of assay" in twice.text) == (422, True), "never to be verified"


async def test_a_login_alone_types_nothing_for_two(known: Any, bus: Any, results: Any, partners_login: Any) -> None:
    from .test_partners_line import result, set_of

    report = known.report("1.5", test="water")
    await bus.publish(report)
    await results(report.lot, 1)
    entered = result(known, report.lot, keyed_by="ana", verified_by="me")
    async with partners_login("sample_tracking", known.laboratory) as partner:
        assert await partner.insert("result_set", set_of(known, report.lot)) == "INSERT 0 1"
        assert await partner.insert("result", entered) == "INSERT 0 1"
        assert await partner.run("SET CONSTRAINTS ALL IMMEDIATE") == "refused", "no two people typed it alike"
