"""A lot whose certificates are asked for while it is tested."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.partner_feeds import ReportedResult, ResultRole
from contracts.quality_events import OosConcluded, OosConclusion, OosReopened
from tests.entitling import entitled, registered

from .answering import explain

LIMIT = {"stage": "release", "unit": "%", "decimals": 1, "test": "assay", "lower": "95"}
PATH = "/certificates-of-analysis"


def measured(value: str, role: ResultRole = ResultRole.original) -> ReportedResult:
    return ReportedResult(id=uuid4().hex, role=role, test="assay", value=Decimal(value), unit="%")


@dataclass
class Certifying:
    """A lot whose assay is tested by an entitled laboratory."""

    tracking: Any
    known: Any
    bus: Any
    results: Any
    lot: Lot
    method: dict[str, Any]
    asked: dict[str, Any]

    @property
    def laboratory(self) -> Any:
        """Its quality unit."""
        return self.tracking.as_("partner_quality", partner_id=self.known.laboratory, subject="dora")

    async def found(
        self, value: str, count: int, role: ResultRole = ResultRole.original, *, approve: bool, amends: Any = None
    ) -> Any:
        """A result as it is reported, the lot's ``count``-th, or by that the next revision of one."""
        moment = datetime(2018, 11, count, 8, tzinfo=UTC)
        one = measured(value, role)
        if amends:
            one = one.model_copy(update={"id": amends["source_id"], "revision": amends["source_revision"] + 1})
        await self.bus.publish(self.known.together(one, lot=self.lot, occurred_at=moment))
        found = (await self.results(self.lot, count))[-1]
        if approve:
            path = f"/result-sets/{found['set_id']}"
            await self.tracking.as_("lab", subject="bor").done(f"{path}/review", {"raw_data_seen": True})
            if amends:
                await explain(self.tracking, self.bus, found["set_id"])
            await self.tracking.as_("quality", subject="cene").done(f"{path}/approval")
        return found

    async def draft(self) -> Any:
        """A certificate of what there is."""
        return await self.tracking.client.done(PATH, self.asked)

    async def is_changed(self, coa: Any) -> list[str]:
        """What of a certificate is not true any more."""
        found: list[str] = (await self.tracking.client.get(f"{PATH}/{coa['id']}")).json()["changed"]
        return found

    def concluded(self, result: Any, conclusion: str) -> Any:
        """How its investigation stands."""
        about: dict[str, Any] = {"investigation_id": UUID(int=UUID(result["id"]).int ^ 1), "number": "OOS-1"}
        about |= {"result_id": UUID(result["id"]), "batch_id": None, "lot": self.lot, "test": "assay"}
        about |= {"laboratory_site_id": self.known.laboratory_site, "laboratory_partner_id": self.known.laboratory}
        about |= {"opened_at": datetime(2018, 11, 2, tzinfo=UTC), "occurred_at": datetime(2018, 11, 9, tzinfo=UTC)}
        if conclusion == "reopened":
            again: dict[str, Any] = {"reason": "new", "evidence": "seen", "due_at": datetime(2018, 12, 2, tzinfo=UTC)}
            return OosReopened(before=OosConclusion.invalidated, **again, **about)
        return OosConcluded(conclusion=OosConclusion(conclusion), **about)


@pytest.fixture
async def certifying(tracking: Any, known: Any, specify: Any, bus: Any, results: Any) -> Certifying:
    """A lot of which nothing is found yet."""
    method = await registered(tracking.client, f"M-{known.code}")
    specification = await specify(known.code, LIMIT | {"method": method["code"]})
    await entitled(tracking.client, method, known.laboratory_site)
    lot = known.lot()
    asked = {"lot_id": str(lot.id), "market": "AT", "specification_id": specification["id"]}
    return Certifying(tracking, known, bus, results, lot, method, asked)
