"""A sub-supplier that a site uses (EU GMP 7.10; ICH Q10 2.7). What the sponsor agreed to is an agreement's to say."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Role, Side
from contracts.partner_registry import PartnerRegistryBallHeld
from contracts.sites import Criticality, SubSupplierAuditor, SubSupplierUsed
from partner_registry.days import not_ahead
from partner_registry.metadata import Table
from partner_registry.partners.naming import normalised
from partner_registry.sub_suppliers.schemas import SubSupplierFields
from partner_registry.sub_suppliers.schemas import UseState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

TELLERS: Final[frozenset[Role | Grant]] = frozenset(
    {Role.quality, Role.supply, Side.owner(Role.partner_quality), Side.owner(Role.partner_operations)}
)


class SubSupplierUse(SubSupplierFields, Waiting, Versioned, Table, table=True):
    """That a site has something from somebody else."""

    __tablename__ = "sub_supplier_use"

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    ball = PartnerRegistryBallHeld
    # To agree, or not, is the sponsor's; of no use a consent is on record.
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.in_use: {Side.sponsor}}
    normalised_supplier: str
    """By which two spellings of one company meet."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def begin(cls, *, partner_id: UUID, zone: str, now: datetime, **said: Any) -> tuple[Self, SubSupplierUsed]:
        """A site uses it since a day, or will."""
        use = cls(partner_id=partner_id, parties=[partner_id], normalised_supplier=normalised(said["supplier"]), **said)
        use._audited(use.last_audit_on, use.audited_by, zone, now)
        return use, SubSupplierUsed.of(use, now)

    @transition(source={State.in_use}, target=None, by=TELLERS)
    def judge(
        self,
        criticality: Criticality,
        audited_by: SubSupplierAuditor,
        last_audit_on: date | None,
        zone: str,
        now: datetime,
    ) -> SubSupplierUsed:
        """It is more or less critical, or was audited."""
        self._audited(last_audit_on, audited_by, zone, now)
        self.criticality, self.audited_by, self.last_audit_on = criticality, audited_by, last_audit_on
        return SubSupplierUsed.of(self, now)

    @transition(source={State.in_use}, target=State.ended, by=TELLERS)
    def end(self, ended_on: date, reason: str, zone: str, now: datetime) -> SubSupplierUsed:
        """It is not used any more from a day on."""
        not_ahead(ended_on, zone, now, "ended_on")
        if ended_on < self.used_since:
            raise RuleViolated(f"{self.number} is used since {self.used_since}: it does not end before that")
        self.ended_on, self.reason = ended_on, reason
        return SubSupplierUsed.of(self, now)

    @transition(source={State.in_use}, target=State.ended, by=())
    def cease(self, on: date, reason: str, now: datetime) -> SubSupplierUsed:
        """Its site is closed or sold."""
        self.ended_on, self.reason = max(on, self.used_since), reason
        return SubSupplierUsed.of(self, now)

    def _audited(self, on: date | None, by: SubSupplierAuditor, zone: str, now: datetime) -> None:
        if on:
            not_ahead(on, zone, now, "last_audit_on")
        if on and by == SubSupplierAuditor.nobody:
            raise RuleViolated("last_audit_on names an audit: say in audited_by whose it was")


def _company(use: SubSupplierUse) -> tuple[str, str]:
    return use.normalised_supplier, use.supplier_country


def points_of_failure(uses: Iterable[SubSupplierUse]) -> list[Sequence[SubSupplierUse]]:
    """The uses of each company on which more than one partner rests, those of most partners first."""
    companies = [[*each] for _, each in groupby(sorted(uses, key=lambda one: (_company(one), one.number)), _company)]
    shared = [each for each in companies if _partners(each) > 1]
    return sorted(shared, key=lambda each: (-_partners(each), _company(each[0])))


def _partners(uses: Sequence[SubSupplierUse]) -> int:
    return len({each.partner_id for each in uses})
