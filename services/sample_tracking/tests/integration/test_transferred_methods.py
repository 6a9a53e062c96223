"""Entitlements that follow from transfers of methods: from the signature's day on and not before, in any order."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Fact
from contracts.entitlements import EntitlementChanged
from contracts.method_transfers import (
    MethodTransferCompleted,
    MethodTransferKind,
    MethodTransferOutcome,
    MethodTransferRepeated,
)
from tests.entitling import registered
from tests.world import handled

LIMIT = {"test": "dissolution_min", "stage": "release", "unit": "%", "decimals": 0, "lower": "80"}


class Attempts:
    """Facts of attempts to transfer one method to the world's laboratory."""

    def __init__(self, known: Any, code: str) -> None:
        self._ids: dict[int, UUID] = {}
        self._given: dict[str, Any] = {
            "method": code,
            "method_version": "1.0",
            "transfer_id": uuid4(),
            "number": "TT-1",
        }
        self._given |= {"product_id": known.product, "sending_site_id": None, "sending_partner_id": None}
        self._given |= {"receiving_site_id": known.site, "receiving_partner_id": known.maker}
        self._given |= {"laboratory_site_id": known.laboratory_site, "laboratory_partner_id": known.laboratory}
        self._given |= {"sending_laboratory_site_id": None, "sending_laboratory_partner_id": None}
        self._given |= {"kind": MethodTransferKind.comparative, "report_digest": "0c" * 32}

    def completed(self, attempt: int, outcome: str, entitled_from: date | None) -> MethodTransferCompleted:
        """What came of an attempt."""
        return MethodTransferCompleted(
            **self._of(attempt), outcome=MethodTransferOutcome(outcome), entitled_from=entitled_from, signed_by="eva"
        )

    def repeated(self, attempt: int, outcome: str, suspended_from: date | None = None) -> MethodTransferRepeated:
        """That does not stand any more."""
        told: dict[str, Any] = {"outcome": MethodTransferOutcome(outcome), "suspended_from": suspended_from}
        told |= {"reason": "wrong column"}
        return MethodTransferRepeated(**self._of(attempt), **told)

    def _of(self, attempt: int) -> dict[str, Any]:
        id = self._ids.setdefault(attempt, uuid4())
        own = {"method_transfer_id": id, "method_transfer_number": f"MT-{attempt}", "attempt": attempt}
        return self._given | own | {"occurred_at": date(2026, 3, 1)}


@pytest.mark.parametrize("order", [[0, 1, 2, 3], *list(permutations(range(4)))[5::9]])
async def test_a_laboratory_that_failed_is_entitled_from_the_signature_of_the_next_attempt(
    order: Sequence[int], tracking: Any, known: Any, specify: Any, bus: Any, results: Any, database: Any
) -> None:
    """It failed in January, passed in March; the results of February are not reportable, those of April are."""
    code = f"M-{uuid4().hex[:8]}"
    await specify(known.code, LIMIT | {"method": code})
    attempts, lot = Attempts(known, code), known.lot()
    method = await registered(tracking.client, code) if order[0] % 2 else None
    facts: list[Fact] = [
        known.report("91", lot, id="R-1", occurred_at="2018-02-10"),
        attempts.completed(1, "failed", None),
        attempts.repeated(1, "failed"),
        attempts.completed(2, "passed", date(2018, 3, 1)),
    ]
    for n in order:
        await handled(bus, database, facts[n])
    await handled(bus, database, known.report("92", lot, id="R-2", occurred_at="2018-04-10"))
    if method is None:  # it was told before the method was registered
        method = await registered(tracking.client, code)
    before, after = sorted(await results(lot, 2), key=lambda each: str(each["source_id"]))
    assert (before["reportable"], after["reportable"]) == (False, True)
    (setting,) = (await tracking.client.get("/entitlements", params={"method_id": method["id"]})).json()["items"]
    assert (setting["standing"], setting["valid_from"], setting["set_by"]) == ("transferred", "2018-03-01", "eva")
    (fact,) = await bus.told(EntitlementChanged, method_id=UUID(method["id"]))
    assert (fact.standing, fact.proof_digest) == ("transferred", "0c" * 32)
    await handled(bus, database, *facts[1:])  # heard once more
    assert len(bus.of(EntitlementChanged, method_id=UUID(method["id"]))) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_verdict_that_turned_suspends(
    order: Sequence[int], tracking: Any, known: Any, specify: Any, bus: Any, results: Any, database: Any
) -> None:
    code = f"M-{uuid4().hex[:8]}"
    await specify(known.code, LIMIT | {"method": code})
    await registered(tracking.client, code)
    attempts, lot = Attempts(known, code), known.lot()
    facts = [attempts.completed(1, "passed", date(2018, 3, 1)), attempts.repeated(1, "passed", date(2018, 5, 1))]
    for n in order:
        await handled(bus, database, facts[n])
    for name, day in (("R-1", "2018-04-10"), ("R-2", "2018-05-10")):
        await handled(bus, database, known.report("91", lot, id=name, occurred_at=day))
    april, may = sorted(await results(lot, 2), key=lambda each: str(each["source_id"]))
    assert (april["reportable"], may["reportable"]) == (True, False)


async def test_a_method_of_a_products_own_entitles_for_no_other(
    tracking: Any, known: Any, bus: Any, database: Any
) -> None:
    code = f"M-{uuid4().hex[:8]}"
    for_all = await registered(tracking.client, code)
    own = await registered(tracking.client, code, product_id=str(known.product))
    await handled(bus, database, Attempts(known, code).completed(1, "passed", date(2018, 3, 1)))
    for method, count in ((own, 1), (for_all, 0)):
        found = (await tracking.client.get("/entitlements", params={"method_id": method["id"]})).json()["items"]
        assert len(found) == count
    (fact,) = await bus.told(EntitlementChanged, method_id=UUID(own["id"]))
    assert fact.product_id == known.product
