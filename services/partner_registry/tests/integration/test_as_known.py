"""What was known at an instant, over HTTP: whatever is told afterwards, it is answered as it was answered then."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.oversight import SegmentCriterion

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's
LONG_AGO = "1990-01-01T00:00:00Z"
LATE, AHEAD = str(TODAY - timedelta(10)), str(TODAY + timedelta(100))
DAYS: tuple[dict[str, str], ...] = ({}, {"on": LATE}, {"on": AHEAD})
LEFT = {"activities": ["drug_product"], "dosage_forms": ["capsule"], "effective_on": LATE, "reason": "told late"}
Answers = dict[str, Any]
Tell = tuple[str, Callable[[], Awaitable[Any]]]


@pytest.fixture
def answers(registry: Any, site: Any, product: Any) -> Any:
    """What is answered of the site on several days, perhaps as it was known at an instant."""

    async def read(client: Any = None, days: Any = DAYS, **as_of: str) -> Answers:
        found: Answers = {}
        of = {"product_id": product["id"], "site_id": site["id"], "market": "AT", "activity": "drug_product"}
        for day in days:
            for path, asked in (
                ("/registrations/answer", of),
                ("/sites/approved", {"activity": "drug_product", "dosage_form": "tablet"}),
            ):
                answer = await (client or registry.client).get(path, params=asked | day | as_of)
                assert answer.status_code == 200, answer.text
                found[f"{path} {day}"] = _of_the_site(answer.json(), site)
        return found

    return read


def _of_the_site(answer: Any, site: Any) -> Any:
    return next((each for each in answer.get("items", ()) if each["site"]["id"] == site["id"]), answer)


UNHEARD = """
SELECT count(*) FROM outbox WHERE type LIKE '%.PartnerStatusChanged.%' AND id NOT IN (SELECT id FROM history_entry)
"""


@pytest.fixture
def settled(eventually: Any, database: Any) -> Any:
    """An answer and its instant, once facts about it are heard, too: since when a status holds comes of these."""

    async def run(read: Callable[..., Awaitable[Any]]) -> Any:
        async def look() -> Any:
            if await database.fetchval(UNHEARD):
                return None
            answer, at = await read(), datetime.now(UTC)
            return (answer, at) if answer == await read(as_of=at.isoformat()) else None

        return await eventually(look)

    return run


@pytest.fixture
def replayed(settled: Any) -> Any:
    """Let things be told one after the other; each answer in between is given again as of its instant."""

    async def run(told: Iterable[Tell], read: Callable[..., Awaitable[Any]]) -> None:
        given = [("nothing", await read(), datetime.now(UTC))]
        for name, tell in told:
            await tell()
            given.append((name, *await settled(read)))
        changed = [name for (name, one, _), (_, before, _) in zip(given[1:], given, strict=False) if one != before]
        assert changed == [name for name, _ in told], "each of it changes an answer"
        for name, answer, at in given:
            assert await read(as_of=at.isoformat()) == answer, name

    return run


async def test_each_answer_about_a_site_is_given_again_as_of_its_instant(
    registry: Any, qualify: Any, site: Any, other: Any, third: Any, sold: Any, merged: Any, answers: Any, replayed: Any
) -> None:
    client, made = registry.client, {}
    why = {"reason": "told late"}

    async def certified() -> None:
        made["gmp"] = (await qualify.certified(site))["id"]

    async def authorised() -> None:
        made["mia"] = (await qualify.authorised(site))["id"]

    async def suspended() -> None:
        await client.done(f"/partners/{site['partner_id']}/suspension", why)

    async def corrected() -> None:
        await client.done(f"/sites/{site['id']}/correction", why | {"name": f"Works {uuid4().hex}"})

    def of_the(name: str, step: str, **said: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: client.done(f"/certificates/{made[name]}/{step}", said)

    told = [
        ("certified", certified),
        ("qualified", lambda: qualify.approved(site)),
        ("authorised", authorised),
        ("taken back", of_the("mia", "withdrawal", effective_on=LATE, non_compliance=False, **why)),
        ("corrected", corrected),
        ("suspended", suspended),
        ("restricted", of_the("gmp", "restriction", **LEFT)),
        ("sold", lambda: sold(other["id"], 5)),
        ("merged", lambda: merged(other["id"], third["id"], 2)),
    ]
    await replayed(told, answers)


async def test_what_a_partner_reads_as_of_an_instant_is_its_own(
    registry: Any, qualify: Any, site: Any, other: Any, sold: Any, answers: Any, settled: Any
) -> None:
    certificate = await qualify.certified(site)
    await qualify.approved(site)
    old = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]))
    said, at = await settled(partial(answers, old))
    before = at.isoformat()
    await registry.client.done(f"/certificates/{certificate['id']}/restriction", LEFT)
    assert await answers(old) != said, "it lost something"
    assert await answers(old, as_of=before) == said
    await sold(other["id"], 5)
    owner = (await registry.client.get(f"/partners/{site['partner_id']}")).json()
    new = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    for answer in (await answers(new, [{}, {"on": AHEAD}], as_of=before)).values():
        assert not [each for each in (owner["number"], owner["id"]) if each in str(answer)], "of the seller nothing"
        assert answer.get("allowed") is not True
    asked = {"activity": "drug_product", "dosage_form": "tablet", "as_of": before}
    (found,) = [
        each["why_not"]
        for each in (await new.get("/sites/approved", params=asked)).json()["items"]
        if each["site"]["id"] == site["id"]
    ]
    assert [each.partition(" before ")[0] for each in found] == [f"nothing was recorded of {site['number']}"]
    listed = (await old.get("/sites/approved", params=asked)).json()["items"]
    assert [each for each in listed if each["site"]["id"] == site["id"]] == [], "it lost the site"
    assert (await answers(as_of=before))["/sites/approved {}"]["partner"]["id"] == site["partner_id"]


async def test_a_successor_is_given_no_answer_of_before_it_owned_the_site(
    registry: Any, qualify: Any, site: Any, other: Any, merged: Any, answers: Any, settled: Any
) -> None:
    await qualify.certified(site)
    await qualify.authorised(site)
    await qualify.approved(site)
    before = datetime.now(UTC).isoformat()
    await merged(site["partner_id"], other["id"], 5)
    new = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    today, at = await settled(partial(answers, new, [{}]))
    await registry.client.done(f"/sites/{site['id']}/correction", {"name": f"Works {uuid4().hex}", "reason": "x"})
    assert await answers(new, [{}], as_of=at.isoformat()) == today
    for path, said in (await answers(new, [{}], as_of=before)).items():
        met = {each["verdict"] for each in said.get("conditions", ())}
        assert (met <= {"unknown", "unjudged"}, said["allowed"]) == (True, False), path


async def test_before_anything_was_kept_nobody_can_say(registry: Any, site: Any, product: Any, answers: Any) -> None:
    words = f"nothing was recorded of {site['number']} before"
    for answer in (await answers(as_of=LONG_AGO)).values():
        if "conditions" in answer:
            judged = [each for each in answer["conditions"] if each["verdict"] != "unjudged"]
            assert {each["verdict"] for each in judged} == {"unknown"}
            assert all(each["heal"].startswith(words) for each in judged)
            assert (len(judged), answer["allowed"]) == (6, False)
        else:
            assert (answer["allowed"], len(answer["why_not"])) == (False, 1)
            assert answer["why_not"][0].startswith(words)
    of = {"subject": "eva", "regime": "eu_eea", "site_id": site["id"], "as_of": LONG_AGO}
    said = (await registry.client.get("/qp-capacities/answer", params=of)).json()
    assert (said["kept"], said["allowed"], said["why_not"][0].startswith(words)) == (False, False, True)
    of = {"regime": "eu", "country": "NZ", "covers": "inspection", "product_kind": "chemical", "as_of": LONG_AGO}
    said = (await registry.client.get("/mutual-recognitions/answer", params=of)).json()
    assert (said["kept"], said["recognised"]) == (False, False)
    assert said["why_not"][0].startswith("nothing was recorded of mutual recognition before")


async def test_what_will_be_known_nobody_is_told(registry: Any, site: Any) -> None:
    for ahead in (timedelta(minutes=5), timedelta(days=400)):
        asked = {"activity": "drug_product", "as_of": (datetime.now(UTC) + ahead).isoformat()}
        refused = await registry.client.get("/sites/approved", params=asked)
        assert (refused.status_code, "has not come" in refused.text) == (422, True)


async def test_who_may_certify_is_answered_as_it_was_known(registry: Any, site: Any, replayed: Any) -> None:
    subject, made = f"eva {uuid4().hex}", {}
    said: dict[str, Any] = {
        "subject": subject,
        "printed_name": "Dr. Eva Novak",
        "regime": "eu_eea",
        "legal_entity": "Alpine GmbH",
    }
    said |= {"authorisation": "AT-MIA-7", "site_ids": [site["id"]], "valid_from": "2025-01-01", "evidence": "0" * 64}

    async def proposed() -> None:
        made["path"] = f"/qp-capacities/{(await registry.client.done('/qp-capacities', said))['id']}"

    async def read(**as_of: str) -> Any:
        of = {"subject": subject, "regime": "eu_eea", "site_id": site["id"]}
        return [(await registry.client.get("/qp-capacities/answer", params=of | day | as_of)).json() for day in DAYS]

    told = [
        ("proposed", proposed),
        ("named", lambda: registry.second.done(f"{made['path']}/confirmation")),
        ("ended", lambda: registry.client.done(f"{made['path']}/end", {"valid_to": LATE, "reason": "left"})),
        ("withdrawn", lambda: registry.client.done(
            f"{made['path']}/withdrawal", {"effective_on": "2025-06-01", "reason": "never was"})),
    ]  # fmt: skip
    await replayed(told, read)


async def test_what_is_recognised_is_answered_as_it_was_known(registry: Any, replayed: Any) -> None:
    rita, roman = (registry.as_("regulatory", subject=f"{name} {uuid4().hex}") for name in ("rita", "roman"))
    made: dict[str, str] = {}
    said = {"covers": ["inspection"], "valid_from": "2002-06-01", "source": "chapter 15"}

    async def recorded() -> None:
        row = await rita.done("/mutual-recognitions", said | {"regime": "gb", "country": "BV"})
        made["path"] = f"/mutual-recognitions/{row['id']}"

    async def confirmed() -> None:
        await rita.done(f"{made['path']}/check", said)
        await roman.done(f"{made['path']}/confirmation")

    async def read(**as_of: str) -> Any:
        of = {"regime": "gb", "country": "BV", "covers": "inspection", "product_kind": "chemical"} | as_of
        answer = "/mutual-recognitions/answer"
        return [(await registry.client.get(answer, params=of | day)).json() for day in DAYS]

    end = {"valid_to": LATE, "reason": "denounced"}
    told = [("recorded", recorded), ("confirmed", confirmed)]
    told.append(("ended", lambda: rita.done(f"{made['path']}/end", end)))
    await replayed(told, read)


async def test_how_closely_a_site_was_looked_at_is_answered_as_it_was_known(
    registry: Any, site: Any, replayed: Any, eventually: Any
) -> None:
    rater, made = registry.as_("quality", subject="rater"), {}
    use = {"effective_on": "2025-01-01", "shared": False, "segregation": ["none"], "batch_min": "1", "batch_max": "9"}
    use |= {"batch_unit": "kg"}
    line = await registry.client.done(
        "/lines", use | {"site_id": site["id"], "code": uuid4().hex[:8], "activity": "drug_product"}
    )
    of_line = f"/lines/{line['id']}"
    drafted = await rater.done("/risk-assessments", {"site_id": site["id"], "occasion": "yearly"})
    made["risk"] = f"/risk-assessments/{drafted['id']}"

    async def read(**as_of: str) -> Any:
        asked = [("/site-risks/answer", {"site_id": site["id"]}), (f"{of_line}/content", {})]
        asked += [("/oversight-plans/answer", {"site_id": site["id"]} | day) for day in DAYS]
        asked.append(("/segmentations/answer", {"partner_id": site["partner_id"]}))
        asked.append((f"{made['risk']}/content", {}))
        found = [await registry.client.get(path, params=of | as_of) for path, of in asked]
        assert {each.status_code for each in found} == {200}, [each.text for each in found]
        return [{name: said for name, said in each.json().items() if name != "as_of"} for each in found]

    async def rated() -> None:
        points = {"severity": 3, "probability": 3, "detectability": 3, "rationale": "seen", "dimension": "quality"}
        await rater.done(f"{made['risk']}/ratings", {"ratings": [points]})

    async def signed() -> None:
        await registry.client.done(f"{made['risk']}/signature", {})

        async def derived() -> Any:
            return (await registry.client.get("/oversight-plans/answer", params={"site_id": site["id"]})).json()["plan"]

        made["plan"] = f"/oversight-plans/{(await eventually(derived))['id']}"

    async def segmented() -> None:
        criteria = [{"criterion": each, "points": 9, "rationale": "x"} for each in SegmentCriterion]
        body = {"partner_id": site["partner_id"], "criteria": criteria}
        proposed = await registry.client.done("/segmentations", body)
        await registry.second.done(f"/segmentations/{proposed['id']}/confirmation")

    retired = {"valid_until": LATE, "reason": "sold for scrap"}
    told = [
        ("rated", rated),
        ("signed", signed),
        ("acknowledged", lambda: registry.client.done(f"{made['plan']}/acknowledgement")),
        ("segmented", segmented),
        ("used", lambda: registry.client.done(f"{of_line}/use", use | {"effective_on": LATE, "batch_max": "12"})),
        ("retired", lambda: registry.client.done(f"{of_line}/retirement", retired)),
    ]
    await replayed(told, read)
    long_ago = await read(as_of=LONG_AGO)
    assert {each["kept"] for each in long_ago} == {False}
    assert all(each["why_not"][0].startswith("nothing was recorded of ") for each in long_ago)
