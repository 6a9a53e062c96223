"""What a partner's own login reads of a batch: what its verdicts rest on, and nothing that the API hides from it."""

import json
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest_asyncio

from contracts.qualifications import QualificationState
from contracts.sample_tracking import Evaluation
from quality_events.readiness.conditions import judge
from quality_events.readiness.dossier import assembled
from quality_events.readiness.schemas import ReadinessCondition
from runtime.settings import Settings
from tests.dossiers import LOT, TODAY, WORLD, found, told, usual
from tests.releasing import qualified, registered, results_of, specified

MIGRATIONS = Path(__file__).parents[2] / "services/quality_events/migrations"
STATES = ("reported", "classified", "under_investigation", "awaiting_approval", "closed", "cancelled")
CONCLUSIONS = ["invalidated", "confirmed", "inconclusive"]
DECIDED = ("open", "confirmed", "released", "released_for_processing", "rejected", "stopped", "withdrawn")
STEPS = ("granulation", "press", "filling")
SECRET = "their secret"
SECRET_ID = str(uuid4())
ASKED = """
SELECT dossier_of_a_party(whole, $2) FROM jsonb_array_elements($1) WITH ORDINALITY AS listed (whole, at) ORDER BY at
"""
MARKETS = ("AT", "GB", "US")
STATEABLE = (
    *("site_qualified", "registered", "yield_explained", "inputs_released", "tests_approved", "confirmations"),
    "agreement_effective",
)


@pytest_asyncio.fixture
async def database(settings: Settings, postgres_dsn: str, make_database: Any) -> AsyncIterator[asyncpg.Connection]:
    """The service's database as its migrations make it, for its owner."""
    own = settings.model_copy(update={"database_url": settings.database_url + "_dossier"})
    connection = await asyncpg.connect(await make_database(own, "quality_events", MIGRATIONS))
    yield connection
    await connection.close()
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute(f'DROP DATABASE "{own.database_of("quality_events").rsplit("/", 1)[1]}" WITH (FORCE)')
    await administrator.close()


def invented(chance: random.Random) -> dict[str, Any]:
    """A batch with events, inputs and work of its maker's and of others."""
    maker = str(WORLD.maker)

    def whose(named: str) -> dict[str, Any]:
        own = chance.random() < 0.4
        number = f"{named}-{chance.randrange(10**6)}"
        since = datetime.fromtimestamp(1.7e9 + chance.randrange(10**6), UTC).isoformat()
        return {
            "id": str(uuid4()), "partner_id": maker if own else str(uuid4()), "since": since,
            "number": number if own else f"{SECRET} {number}", "own": chance.random() < 0.5,
        }  # fmt: skip

    def event(named: str) -> dict[str, Any]:
        side = chance.choice([None, "sponsor", "unknown", "maker", "owner"])
        return whose(named) | {"awaited_side": side, "due": chance.choice([None, "2018-12-08T08:00:00+00:00"])}

    def deviation(_: int) -> dict[str, Any]:
        said = {"state": chance.choice(STATES), "classification": chance.choice([None, "minor", "major", "critical"])}
        left_out = {"left_out_by_revision": chance.choice([None, None, 2])}
        return event("DEV") | said | left_out | {"impact": chance.choice([None, "", SECRET])}

    def investigation(_: int) -> dict[str, Any]:
        state = chance.choice(["phase_1", "phase_2", "concluded"])
        return event("OOS") | {
            "state": state, "result_id": str(uuid4()),
            "conclusion": chance.choice(CONCLUSIONS) if state == "concluded" else None,
            "whole": chance.random() < 0.5,
            "verdicts": chance.choice([None, {"AT": "pass"}, {"": "pass", "AT": "oos"}]),
        }  # fmt: skip

    def hold(_: int) -> dict[str, Any]:
        markets, side = chance.choice([[], ["AT"], ["US"], ["EU"]]), chance.choice(["sponsor", "maker"])
        return whose("HOLD") | {"by_side": side, "markets": markets, "reason": SECRET, "parent": SECRET}

    def part(_: int) -> dict[str, Any]:
        said = whose("LOT")
        bought: dict[str, Any] = {"batch_id": None, "partner_id": None, "number": "bought"}
        decided = [
            {"market": market, "state": chance.choice(DECIDED), "follow_up_closed": chance.random() < 0.5}
            for market in MARKETS
        ]
        own = said["number"][:6] if said["partner_id"] == maker else SECRET
        return {"material": own, "batch_id": said["id"], **{name: said[name] for name in ("number", "partner_id")},
                "dispositions": decided} | (bought | {"material": "API"} if chance.random() < 0.2 else {})  # fmt: skip

    several: dict[str, Callable[[int], dict[str, Any]]] = {
        "deviations": deviation,
        "investigations": investigation,
        "holds": hold,
        "inputs": part,
        "parents": lambda _: parent_of(whose("LOT"), chance),
        "overdrawn": lambda _: overdrawn(whose("LOT")),
    }
    lists = {name: [make(at) for at in range(chance.randrange(4))] for name, make in several.items()}
    work = {"started_at": "2018-11-05", "ended_at": "2018-11-06", "site_id": str(WORLD.site)}
    lists["stages"] = [work | {"step": each} for each in chance.sample(STEPS, chance.randrange(3))]
    lists["elsewhere"] = [elsewhere(chance) for _ in range(chance.randrange(3))]
    whole = found(told(*facts(chance)), **lists, reworked=chance.random() < 0.5)
    return whole | {"statements": statements(whole, chance)}


def overdrawn(said: dict[str, Any]) -> dict[str, Any]:
    """What went in, and went on beyond all that was made of it."""
    own = said["partner_id"] == str(WORLD.maker)
    names = {name: said[name] for name in ("id", "number", "partner_id")}
    return names | {"material": "own" if own else SECRET, "work": uuid4().hex}


def elsewhere(chance: random.Random) -> dict[str, Any]:
    """A stage that another partner did, or is to do."""
    state = chance.choice(["planned", "started", "ended", "confirmed", "reviewed", "reviewed"])
    begun = None if state == "planned" else "2018-11-10"
    return {
        "id": SECRET_ID, "number": f"{SECRET} STG", "partner_id": SECRET_ID, "step": "packaging", "state": state,
        "site_id": str(chance.choice([WORLD.laboratory_site, WORLD.site])), "started_at": begun, "ended_at": begun,
        "since": "2018-11-10T08:00:00+00:00", "content": "1", "unnamed": [SECRET] * chance.randrange(2),
        "sold_at": chance.choice([None, "2018-11-09T12:00:00+00:00", "2018-11-11T12:00:00+00:00"]),
    }  # fmt: skip


def parent_of(said: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A batch that it came of, its maker's or another's."""
    rejected, own = chance.random() < 0.3, said["partner_id"] == str(WORLD.maker)
    reviewed = chance.choice([None, "maker", "sponsor", "sponsor"])
    word = "own" if own else SECRET
    decided = [{"number": word, "market": each, "state": chance.choice(["rejected", "stopped"])} for each in MARKETS]
    given = {
        "source": word, "revision": 1, "record_version": word, "digest": word, "complete": True, "authority": 2,
        "changed_at": "2018-12-03", "received_at": "2018-12-03T08:00:00+00:00", "set_aside_at": None,
    }  # fmt: skip
    stage = {"step": "granulation", "started_at": "2018-11-02", "ended_at": "2018-11-03"}
    return {name: said[name] for name in ("id", "number", "partner_id")} | {
        "material": word, "state": "under_review",
        "site_id": str(chance.choice([WORLD.site, WORLD.laboratory_site])),
        "started_at": "2018-11-01", "completed_at": "2018-11-03", "reviewed_side": reviewed,
        "record_version": reviewed and word, "record_digest": reviewed and chance.choice([word, f"{word} 2"]),
        "record_complete": True, "record_received_at": "2018-12-01T08:00:00+00:00",
        "rejected_at": said["since"] if rejected else None, "rejected_by": word if rejected else None,
        "came_by": chance.choice([[], ["split"], ["packed"]]),
        "whole": chance.random() < 0.5, "same": chance.random() < 0.5, "given": [given] * chance.randrange(2),
        "stages": [stage | {"site_id": str(WORLD.site)}] * chance.randrange(2),
        "dispositions": chance.sample(decided, chance.randrange(3)),
        "elsewhere": [elsewhere(chance)] * chance.randrange(2),
    }  # fmt: skip


def facts(chance: random.Random) -> list[Any]:
    """What is told of the sites, of which the laboratory's is another's."""
    of_it = {"reason": SECRET, "number": SECRET, "product_ids": (WORLD.product, uuid4())}
    first = qualified(WORLD, WORLD.laboratory_site, "testing").model_copy(update=of_it)
    ended = {"before": QualificationState.approved, "after": QualificationState.suspended}
    instant = chance.choice(["2018-12-02T12:00:00Z", "2019-01-01T00:00:00Z"])
    lost = first.model_copy(update=ended | {"occurred_at": datetime.fromisoformat(instant)})
    us = registered(WORLD, "US").model_copy(update={"holder": SECRET, "authorisation_number": SECRET})
    more = [
        us,
        specified(WORLD, "US", "assay", "dissolution"),
        *results_of(WORLD, LOT, evaluation=chance.choice([*Evaluation])),
    ]
    given = [
        *usual(),
        first,
        *chance.sample(more, chance.randrange(len(more))),
        *([lost] if chance.random() < 0.5 else []),
    ]
    holders = ({"holder": SECRET} if hasattr(each, "holder") else {} for each in given)
    return [each.model_copy(update=update) for each, update in zip(given, holders, strict=True)]


def statements(whole: dict[str, Any], chance: random.Random) -> list[dict[str, Any]]:
    """What quality states of what was found in some markets, or of something else."""
    given = []
    for market in MARKETS:
        for one in judge(assembled(whole), market, TODAY):
            if one.name in STATEABLE and one.stateable and chance.random() < 0.5:
                of = one.stated_of if chance.random() < 0.7 else ["something else"]
                said = {"market": market, "condition": str(one.name), "stated_of": of, "stated_by": SECRET}
                given.append(said | {"statement": SECRET, "id": str(uuid4()), "number": f"{SECRET} RST"})
    return given


def read(whole: dict[str, Any]) -> list[Any]:
    """What the maker reads of its batch over the API, in each market."""
    return [
        ReadinessCondition.of(each, WORLD.maker, "UTC").model_dump()
        for market in MARKETS
        for each in judge(assembled(whole), market, TODAY)
    ]


async def test_the_verdicts_are_those_of_the_whole_and_nothing_hidden_is_in_what_they_rest_on(database: Any) -> None:
    wholes = [invented(random.Random(seed)) for seed in range(200)]
    rows = await database.fetch(ASKED, json.dumps(wholes, default=str), str(WORLD.maker))
    verdicts = set()
    for seed, (whole, row) in enumerate(zip(wholes, rows, strict=True)):
        part = json.loads(row[0])
        assert read(part) == read(whole), seed
        text = json.dumps(hidden_of(part))
        events = (each for name in ("deviations", "investigations", "holds") for each in whole[name])
        others = {each["id"] for each in events if each["partner_id"] != str(WORLD.maker)}
        assert SECRET not in text, (seed, text[text.index(SECRET) - 200 :])
        assert not [each for each in (*others, str(WORLD.laboratory), SECRET_ID, "Holder") if each in text], seed
        verdicts |= {(each["name"], each["verdict"]) for each in read(whole)}
    assert len(verdicts) > 20, "what is compared is of many kinds"
    assert any("does not add up" in each["why"] for whole in wholes for each in read(whole))


def hidden_of(part: dict[str, Any]) -> dict[str, Any]:
    """All of it but what the maker wrote itself, or is told: the impact and the holds of its own."""
    own = str(WORLD.maker)
    left = {name: [each for each in part[name] if each["partner_id"] != own] for name in ("deviations", "holds")}
    return part | left
