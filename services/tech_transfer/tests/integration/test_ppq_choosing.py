"""Batches that are chosen by what they show, on real facts; what is restated of them, and designs that are left."""

from typing import Any
from uuid import UUID, uuid4

from contracts.quality_events import OosConclusion
from contracts.transfer_batches import PpqSeriesFailed
from services.tech_transfer.tests.designing import CQA
from services.tech_transfer.tests.qualifying_series import Qualifying
from tests.qualifying_batches import ASSAY, PARAMETERS, PROTOCOL, capa_planned, made, out_of_specification
from tests.qualifying_batches import started as begun

CONFIRMED = OosConclusion.confirmed
FORCE: dict[str, Any] = {"parameter": "CPP-1", "unit": "kN", "value": "12", "lower": "10", "upper": "15"}
WRONG: dict[str, Any] = {"parameters": [FORCE | {"value": "99"}], "evidence": "0c" * 32}
CAUSE = {"root_cause": "impeller speed"}


async def fails(qualifying: Qualifying, place: int = 0) -> str:
    """A batch fails; gives a CAPA against that."""
    bad, capa = qualifying.known.lot(), uuid4()
    await qualifying.named(bad)
    await qualifying.tell(begun(bad, place), *out_of_specification(bad, CONFIRMED), capa_planned(capa, bad))
    assert (await qualifying.read())["state"] == "failed"
    return str(capa)


def naming(qualifying: Qualifying, lot: str) -> dict[str, str]:
    """A body that names a lot for the series."""
    of_it = {"transfer_id": qualifying.transfer["id"], "series_id": qualifying.series, "kind": "ppq"}
    return of_it | {"lot": lot, "strength": "10 mg", "scale": "200 kg"}


async def test_a_restart_counts_nothing_that_was_begun_before_it(qualifying: Qualifying) -> None:
    client, path = qualifying.service.client, f"/ppq-series/{qualifying.series}"
    early, told_later, new = (qualifying.known.lot() for _ in range(3))
    await qualifying.tell(*made(early, -1))
    capa = await fails(qualifying)
    before = made(told_later, -1)
    restarted = await client.done(f"{path}/restart", CAUSE | {"capa_id": capa})
    refused = await client.post("/transfer-batches", json=naming(qualifying, early.number))
    assert (refused.status_code, refused.json()["fields"]) == (409, ["lot"])
    assert "before the run in which it is named, which a restart began" in refused.json()["detail"]
    batch = await qualifying.named(told_later)
    assert batch["run_began_at"] == restarted["run_began_at"]
    await qualifying.tell(*before)
    found = (await client.get(f"/transfer-batches/{batch['id']}")).json()
    why = "its making began before the run in which it is named, which a restart began"
    assert (found["state"], found["why"]) == ("excluded", [why])
    await qualifying.named(new)
    await qualifying.tell(*made(new, 1))
    assert await qualifying.stands() == ("running", 2, 1)
    await fails(qualifying, 2)
    refused = await client.post(f"{path}/restart", json=CAUSE | {"capa_id": capa})
    assert (refused.status_code, refused.json()["fields"]) == (409, ["capa_id"])
    assert "taken for run 1 of design 1 already" in refused.json()["detail"]


async def test_a_batch_named_after_its_results_counts_by_quality_alone(qualifying: Qualifying) -> None:
    client, lot = qualifying.service.client, qualifying.known.lot()
    await qualifying.tell(*made(lot))
    batch = await qualifying.named(lot)
    path = f"/transfer-batches/{batch['id']}"
    why = ["it was named after its results were known, and quality has not justified that"]
    assert (batch["state"], batch["why"], batch["named_after_results"]) == ("excluded", why, True)
    assert await qualifying.stands() == ("running", 1, 0)
    said = {"justification": "the protocol names it; it was entered a week late"}
    assert (await client.post(f"{path}/choice-justification", json=said)).status_code == 403, "who chose it"
    async with qualifying.service.as_("msat", subject="mona") as msat:
        assert (await msat.post(f"{path}/choice-justification", json=said)).status_code == 403
    justified = await qualifying.service.second.done(f"{path}/choice-justification", said)
    assert (justified["state"], justified["choice_justified_by"]) == ("conforming", "second")
    series = await qualifying.read()
    assert (series["count"], series["chosen_afterwards"]) == (1, [f"{lot.number}: {said['justification']}"])
    other = lot.number.upper() if lot.number != lot.number.upper() else lot.number.lower()
    refused = await client.post("/transfer-batches", json=naming(qualifying, other))
    assert (refused.status_code, refused.json()["fields"]) == (409, ["lot"])
    assert f"names {lot.number}, as {batch['number']}" in refused.json()["detail"]


async def test_what_was_stated_wrongly_quality_restates(qualifying: Qualifying) -> None:
    client, lot = qualifying.service.client, qualifying.known.lot()
    batch = await client.done("/transfer-batches", naming(qualifying, lot.number))
    path = f"/transfer-batches/{batch['id']}"
    await client.done(f"{path}/parameters", WRONG)
    await qualifying.tell(*made(lot))
    assert await qualifying.stands() == ("failed", 1, 0)
    wider = WRONG | {"parameters": [FORCE | {"value": "99", "upper": "100"}]}
    async with qualifying.service.as_("msat", subject="mona") as msat:
        for otherwise in (PARAMETERS, wider):
            refused = await msat.post(f"{path}/parameters", json=otherwise)
            assert (refused.status_code, refused.json()["fields"]) == (409, ["parameters"])
        assert (await msat.post(f"{path}/restatement", json=PARAMETERS | {"reason": "x"})).status_code == 403
    power = {"cause": "utilities", "reason": "power failure", "evidence": "0c" * 32}
    assert (await client.done(f"{path}/cause", power))["state"] == "excluded"
    second = qualifying.service.second
    higher = WRONG | {"parameters": [FORCE | {"value": "120"}], "reason": "it was 120"}
    assert (await client.post(f"{path}/restatement", json=higher)).status_code == 403, "who stated it"
    assert (await second.done(f"{path}/restatement", higher))["state"] == "failed", "quality looked at 99"
    assert (await second.post(f"{path}/restatement", json=PARAMETERS)).status_code == 422, "it takes a reason"
    async with qualifying.service.as_("quality", subject="quin") as third:
        restated = await third.done(f"{path}/restatement", PARAMETERS | {"reason": "read in the wrong line"})
    assert (restated["state"], await qualifying.stands()) == ("conforming", ("running", 1, 1))


async def test_a_design_is_left_with_what_is_known_and_answered_for_later(qualifying: Qualifying) -> None:
    client, path = qualifying.service.client, f"/ppq-series/{qualifying.series}"
    of_it, doubtful = {"transfer_id": qualifying.transfer["id"]}, qualifying.known.lot()
    wide = CQA | {"name": "Assay", "lower": "90", "upper": "110"}
    cqa = await client.done("/cqas", wide | of_it | {"code": "CQA-ASSAY"})
    await qualifying.named(doubtful)
    oos = out_of_specification(doubtful, OosConclusion.invalidated, None, CONFIRMED)
    await qualifying.tell(begun(doubtful), *oos[:3])
    narrow = {"lower": "98", "upper": "102"}
    await client.done(f"/cqas/{cqa['id']}/revision", wide | narrow | {"reason": "the authority asks for it"})
    another: dict[str, Any] = PROTOCOL | {"limits": [ASSAY | narrow], "root_cause": "the attribute was tightened"}
    refused = await client.post(f"{path}/redesign", json=another)
    assert (refused.status_code, refused.json()["missing"]) == (409, [doubtful.number])
    await qualifying.tell(oos[3])
    assert (await client.done(f"{path}/redesign", another))["design"] == 2
    await qualifying.tell(*oos[4:])
    found = await qualifying.read()
    assert (found["state"], found["fails"], found["ended_by"]) == ("planned", True, [doubtful.number])
    await qualifying.bus.told(PpqSeriesFailed, series_id=UUID(qualifying.series))
    assert (await client.post(f"{path}/redesign", json=another)).json()["fields"] == ["capa_id"]
    capa = uuid4()
    await qualifying.tell(capa_planned(capa, doubtful))
    answered = await client.done(f"{path}/redesign", another | {"capa_id": str(capa)})
    assert (answered["fails"], answered["design"]) == (False, 3)
