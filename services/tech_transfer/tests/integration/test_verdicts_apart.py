"""What laboratories read over HTTP of each other's results, and of what these came to."""

from typing import Any
from uuid import UUID

import pytest

from contracts.method_transfers import MethodTransferCompleted

from .method_transferring import FOUND, Laboratories


@pytest.fixture
def laboratories(service: Any, known: Any) -> Laboratories:
    """The people who transfer a method."""
    return Laboratories(service, known)


async def evaluated(laboratories: Laboratories, transfer: Any) -> str:
    """The path of a method transfer of which all results are there, and are evaluated."""
    path = await laboratories.planned(transfer)
    await laboratories.frozen(path)
    await laboratories.report(path)
    await laboratories.service.client.done(f"{path}/evaluation")
    return path


async def sent(service: Any, path: str) -> list[str]:
    """The ids of the sending laboratory's three results."""
    of_it = {"method_transfer_id": path.rpartition("/")[2]}
    everything = (await service.client.get("/method-transfer-results", params=of_it)).json()["items"]
    theirs = [each["id"] for each in everything if each["side"] == "sending"]
    assert (len(everything), len(theirs)) == (6, 3)
    return theirs


async def test_no_laboratory_sees_the_others_results(
    service: Any, started: Any, laboratories: Laboratories, known: Any
) -> None:
    path = await evaluated(laboratories, await started())
    theirs = await sent(service, path)
    readers = {
        "receiving": laboratories.receiving(),
        "maker": service.as_("partner_quality", partner_id=known.maker, subject="mia"),
    }
    for name, reader in readers.items():
        async with reader as one:
            listed = (await one.get("/method-transfer-results", params={"count": "true"})).json()
            assert {each["side"] for each in listed["items"]} == ({"receiving"} if name == "receiving" else set())
            assert listed["total"] == len(listed["items"])
            for id in theirs:
                for route in (f"/method-transfer-results/{id}", f"/method-transfer-results/{id}/history"):
                    assert (await one.get(route)).status_code == 404
            text = (await one.get(path)).text + (await one.get(f"{path}/history")).text
            assert not any(f'"{value}"' in text for value in FOUND)
            assert '"verdict"' not in text, "nothing of an evaluation before it is concluded"
            if name == "receiving":
                read = (await one.get(path)).json()
                assert (read["state"], read["attributes"], read["did_not_pass"]) == ("evaluated", [], None)
                assert "did_not_pass" not in (await one.get(f"{path}/history")).text
                assert (await one.get("/method-transfers", params={"sort": "did_not_pass"})).status_code == 422


async def test_partners_read_a_verdict_and_no_number_of_both_until_they_read_the_results(
    service: Any, started: Any, laboratories: Laboratories, bus: Any, database: Any
) -> None:
    """Nor what is signed beside them, by which a digest could be tried."""
    path = await evaluated(laboratories, await started())
    concluded = await service.second.done(f"{path}/conclusion")
    (exact,), id = concluded["attributes"], UUID(concluded["id"])
    assert exact["difference"].startswith("0.10"), "the sponsor reads all"
    (fact,) = await bus.told(MethodTransferCompleted, method_transfer_id=id)
    heard = fact.attributes[0]
    assert (heard.verdict, heard.difference, heard.limit) == (exact["verdict"], None, None)
    salt = await database.fetchval("SELECT salt FROM method_transfer WHERE id = $1", id)
    assert salt in await database.fetchval("SELECT statement FROM signature WHERE record_id = $1", id)
    secret = (salt, *exact["ci90"], *(exact[name] for name in ("difference", "precision_ratio", "precision_upper95")))
    for laboratory in (laboratories.sending(), laboratories.receiving()):
        async with laboratory as one:
            text = "".join([(await one.get(each)).text for each in (path, f"{path}/history", f"/audit/{id}")])
            (read,) = (await one.get(path)).json()["attributes"]
            told = (read["verdict"], read["why"], read["difference"], read["ci90"], read["limit"], read["lots"])
            assert told == (exact["verdict"], exact["why"], None, None, None, [])
            assert [each for each in secret if each in text] == []
    one_of_theirs = (await sent(service, path))[0]
    await service.client.done(f"{path}/result-release")
    async with laboratories.receiving() as receiving:
        assert (await receiving.get(f"/method-transfer-results/{one_of_theirs}")).json()["value"] in FOUND
        assert (await receiving.get(path)).json()["attributes"] == [exact], "who reads all results reads all numbers"
    async with laboratories.sending() as sending:
        assert (await sending.get(path)).json()["attributes"] == [read]
        own = (await sending.get("/method-transfer-results")).json()["items"]
        assert {each["side"] for each in own} == {"sending"}
