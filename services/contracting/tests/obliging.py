"""Agreements in force with a test's maker, and facts of what happened at its plant."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.schemas import VersionPurpose, VersionState
from contracting.agreement_versions.terms import Party
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import AgreementState
from contracting.clauses.catalogue import defaults
from contracting.clauses.model import AgreementClause
from contracting.clauses.terms import Clause
from contracting.obligations.commands import recompute_for
from contracts import Fact
from contracts.contracting import AgreementKind, Renewal
from contracts.quality_events import DeviationRaised
from gxp.clocks import Unit
from runtime.database import Context
from runtime.principal import worker

JUNE = date(2026, 6, 1)
NOTIFY = {"notify_deviation": {"critical": 24, "major": 72}}


def clauses(*codes: str, **amounts: dict[str, int]) -> list[Clause]:
    """Clauses of the catalogue, by Austria's holidays; ``notify_deviation={"critical": 36}`` with other amounts."""
    said = {each.code: each.model_dump(include=set(Clause.model_fields)) for each in defaults()}
    found = [*codes, *(code for code in amounts if code not in codes)]
    return [
        Clause.model_validate(
            said[code]
            | {"calendar": "AT" if said[code]["unit"] == Unit.working_days else None}
            | ({"amounts": amounts[code]} if code in amounts else {})
        )
        for code in found
    ]


class Accord:
    """An agreement with a partner and its versions, put in force as the clock puts them."""

    def __init__(self, service: Any, partner_id: UUID, kind: AgreementKind = AgreementKind.quality) -> None:
        self.service, self.partner_id, self.kind = service, partner_id, kind
        self.id, self.number = uuid7(), f"AGR-2026-{str(uuid7())[-6:]}"
        self.versions = list[UUID]()

    async def takes_effect(
        self,
        on: date,
        given: Sequence[Clause],
        sites: Sequence[UUID] = (),
        until: date | None = None,
        meanwhile: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        """A version takes effect on a day, the one before ends the day before, and all is judged anew.

        ``meanwhile`` is done before that is committed.
        """
        async with self.service.app.state.store.work(Context(worker("contracting"))) as work:
            agreement = await work.session.get(Agreement, self.id) or work.add(self._agreement())
            await work.session.flush()
            for former in self.versions[-1:]:
                version = await work.get(AgreementVersion, former)
                version.state, version.effective_to = VersionState.superseded, on - timedelta(days=1)
            version = work.add(self._version(on, sites, until))
            await work.session.flush()
            self.versions.append(version.id)
            for clause in given:
                of_it = {"agreement_id": self.id, "version_id": version.id}
                work.add(AgreementClause(**clause.model_dump(), **of_it))
            await recompute_for(work, agreement)
            if meanwhile:
                await meanwhile()

    async def ends(self, on: date) -> None:
        """Its last day was this one."""
        async with self.service.app.state.store.work(Context(worker("contracting"))) as work:
            (await work.get(AgreementVersion, self.versions[-1])).effective_to = on
            await recompute_for(work, await work.get(Agreement, self.id))

    def _agreement(self) -> Agreement:
        return Agreement(
            id=self.id,
            number=self.number,
            kind=self.kind,
            title="Agreement",
            state=AgreementState.effective,
            partner_id=self.partner_id,
            sponsor_entity="Entente",
            partner_entity="Maker",
            parties=[self.partner_id],
        )

    def _version(self, on: date, sites: Sequence[UUID], until: date | None) -> AgreementVersion:
        return AgreementVersion(
            agreement_id=self.id,
            agreement_number=self.number,
            kind=self.kind,
            partner_id=self.partner_id,
            version_number=len(self.versions) + 1,
            state=VersionState.effective,
            purpose=VersionPurpose.first,
            drafted_by_side=Party.sponsor,
            digest="0" * 64,
            title="Agreement",
            sponsor_entity="Entente",
            partner_entity="Maker",
            site_ids=list(sites),
            product_ids=[],
            services=[],
            markets=[],
            governing_law="AT",
            effective_from=on,
            effective_to=until,
            renewal=Renewal.none,
            exit_terms={},
            contacts=[],
            documents=[],
            clauses=[],
            submitted_at=datetime.fromisoformat(f"{on}T00:00Z"),
            submitted_by="tester",
            took_effect_at=datetime.fromisoformat(f"{on}T00:00Z"),
            parties=[self.partner_id],
        )


class Departure:
    """A deviation at a plant, in facts as quality_events publishes them."""

    def __init__(self, partner_id: UUID, site_id: UUID, product_id: UUID | None, aware: str) -> None:
        self.id, self.aware = uuid7(), datetime.fromisoformat(aware)
        self.of = {"deviation_id": self.id, "number": f"DEV-2026-{str(self.id)[-6:]}", "site_id": site_id}
        self.of |= {"partner_id": partner_id, "product_id": product_id}

    def raised(self, told: str, class_: str | None = "critical", **more: Any) -> Any:
        """The sponsor was told of it at an instant."""
        at = datetime.fromisoformat(told)
        said = {"title": "Weight", "category": "process", "sponsor_aware_at": at, "due_at": at + timedelta(days=30)}
        return self.said(DeviationRaised, told, proposed_classification=class_, **said | more)

    def said(self, model: type[Any], happened: str, **more: Any) -> Any:
        """Another fact about it."""
        at = {"partner_aware_at": self.aware, "occurred_at": datetime.fromisoformat(happened)}
        fact: Fact = model(**self.of | at | more)
        return fact


async def owed(caller: Any, departure: Departure, clause: str = "notify_deviation") -> Any:
    """What a clause says of a deviation; None where there is no such obligation that the caller sees."""
    answer = await caller.get("/obligations", params={"subject_id": str(departure.id), "clause": clause})
    found = answer.json()["items"]
    assert len(found) < 2
    return found[0] if found else None
