"""Partners' systems as the simulator has them: each sends CloudEvents to its feed, with its partner's token."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cli import installation
from cli.demo import cast
from cli.demo.cast import Company
from cli.failures import Failure
from cli.installation import Installation
from contracts import Role

BATCHES = "/api/quality-events/v1/batches"
DEVIATIONS = "/api/quality-events/v1/deviations"
INVESTIGATIONS = "/api/quality-events/v1/oos-investigations"
CODES = tuple(product.code for product in cast.SIMULATED_PRODUCTS)
"""The products of the story. What concerns any other is left to whoever brought it in."""

_BATCHED = "application/cloudevents-batch+json"


@dataclass(frozen=True, slots=True)
class System:
    """A MES or LIMS, and its feed."""

    platform: Installation
    feed: str

    def send(self, *events: dict[str, Any]) -> None:
        """Send events in one message. Raises Failure, also when one is refused: the simulator sends nothing wrong."""
        answer = self.platform.request(
            "POST",
            f"/api/partner-feeds/v1/feeds/{self.feed}/messages",
            content=json.dumps(events).encode(),
            headers={"Content-Type": _BATCHED},
        )
        if answer["errors"]:
            raise Failure(f"the feed {self.feed} refused {answer['errors'][0]}")


def event(kind: str, record_id: str, **data: Any) -> dict[str, Any]:
    """A record as a CloudEvent; it happened now unless the data say otherwise."""
    return {
        "specversion": "1.0",
        "id": f"{kind}:{record_id}",
        "source": "/simulator",
        "type": f"io.entente.feed.{kind}.v1",
        "data": {"record_id": record_id, "occurred_at": datetime.now(UTC).isoformat(), **data},
    }


def newest(platform: Installation, path: str, **filters: Any) -> list[dict[str, Any]]:
    """The newest records of a list, 50 unless told otherwise."""
    items: list[dict[str, Any]] = platform.get(path, **{"limit": 50, **filters})["items"]
    return items


class Partners:
    """The partners' systems and people, each with a token of its own partner."""

    def __init__(self, platform: Installation) -> None:
        """Look the partners up. Raises Failure where the demo was not seeded."""
        if platform.local is None:
            raise Failure("only a demo of this machine is simulated")
        self._url, self._folder = platform.url, platform.local
        found = {each["legal_name"]: each["id"] for each in platform.items("/api/partner-registry/v1/partners")}
        self._ids = {company: UUID(found[company.legal_name]) for company in cast.COMPANIES}
        self.mes = {company: System(self._as(Role.partner_system, company), feed) for company, feed in cast.MES.items()}
        laboratory = self._as(Role.partner_system, cast.LABORATORY)
        self.lims = {company: System(laboratory, feed) for company, feed in cast.LIMS.items()}
        quality = Role.partner_quality
        self._quality = {self._ids[company]: self._as(quality, company) for company in cast.COMPANIES}
        self._heads = {self._ids[company]: self._as(quality, company, "head") for company in cast.COMPANIES}
        self.chemist = self._as(Role.partner_lab, cast.LABORATORY)

    def quality_unit(self, partner_id: str) -> Installation:
        """A partner's quality unit."""
        return self._quality[UUID(partner_id)]

    def head_of_quality(self, partner_id: str) -> Installation:
        """Another person of it, who signs what the unit prepared."""
        return self._heads[UUID(partner_id)]

    def _as(self, role: Role, company: Company, person: str = "") -> Installation:
        return installation.signed(self._url, self._folder, [role], self._ids[company], person=person, signs=True)
