"""A partner, and how the relation with it may go."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from contracts.partner_registry import (
    PartnerKind,
    PartnerRegistered,
    PartnerRegistryBallHeld,
    PartnerStatus,
    PartnerStatusChanged,
)
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

_LEGAL_FORMS = re.compile(r"(\s+(gmbh|ag|ltd|limited|inc|llc|plc|sa|sas|bv|nv|spa|srl|oy|ab|as|co|corp|kg|doo))+$")


def normalised(legal_name: str) -> str:
    """A name without case, accents, punctuation and a legal form at its end: two spellings of one company meet."""
    plain = unicodedata.normalize("NFKD", legal_name).encode("ascii", "ignore").decode() or legal_name
    words = re.sub(r"[^\w\s]", "", plain.lower())
    return " ".join(_LEGAL_FORMS.sub("", words).split()) or words.strip()


class PartnerFields(SQLModel):
    """What readers see of a partner."""

    number: str
    legal_name: str
    kind: PartnerKind = Field(sa_type=String)
    country: str
    duns: str | None = None
    state: PartnerStatus = Field(default=PartnerStatus.prospect, sa_type=String)


class Partner(PartnerFields, Waiting, Versioned, Table, table=True):
    """A company that makes or tests for the sponsor."""

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        PartnerStatus.prospect: {Side.sponsor},
        PartnerStatus.suspended: {Side.sponsor},
    }

    normalised_name: str
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(cls, *, legal_name: str, now: datetime, **given: Any) -> tuple[Self, PartnerRegistered]:
        """A new partner begins as a prospect and is the only party to its own record."""
        partner = cls(legal_name=legal_name, normalised_name=normalised(legal_name), parties=[], **given)
        partner.parties = [partner.id]
        return partner, PartnerRegistered.of(partner, now)

    def take_name(self, legal_name: str) -> None:
        """Be known by what its principal entity is called."""
        self.legal_name, self.normalised_name = legal_name, normalised(legal_name)

    @transition(
        source={PartnerStatus.prospect, PartnerStatus.suspended},
        target=PartnerStatus.active,
        by={Role.quality, Role.sourcing},
    )
    def activate(self, reason: str, qualified: bool, now: datetime) -> PartnerStatusChanged:
        """Work may be given to the partner, of which a site is qualified."""
        if not qualified:
            raise RuleViolated(f"no site of {self.number} is qualified: the first qualification makes it active")
        return self._changed(PartnerStatus.active, reason, now)

    @transition(source={PartnerStatus.active}, target=PartnerStatus.suspended, by={Role.quality})
    def suspend(self, reason: str, now: datetime) -> PartnerStatusChanged:
        """No new work until quality lifts the suspension."""
        return self._changed(PartnerStatus.suspended, reason, now)

    @transition(source={PartnerStatus.active, PartnerStatus.suspended}, target=PartnerStatus.exited, by={Role.sourcing})
    def exit(self, reason: str, now: datetime) -> PartnerStatusChanged:
        """The relation ended."""
        return self._changed(PartnerStatus.exited, reason, now)

    def _changed(self, after: PartnerStatus, reason: str, now: datetime) -> PartnerStatusChanged:
        return PartnerStatusChanged.of(self, now, before=PartnerStatus(self.state), after=after, reason=reason)
