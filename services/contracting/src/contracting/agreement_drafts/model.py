"""A draft and its lifecycle. Its side writes it as often as it likes, and nothing of that reaches the other."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracting import authority
from contracting.agreement_drafts.schemas import DraftFields
from contracting.agreement_drafts.schemas import DraftState as State
from contracting.agreement_versions.terms import AgreementTerms, Party
from contracting.authority import PARTNERS, SPONSORS
from contracting.metadata import Table
from contracts import Side
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned


class AgreementDraft(DraftFields, Waiting, Versioned, Table, table=True):
    """What one side writes before it puts it before the other."""

    __tablename__ = "agreement_draft"

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who wrote any of it."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    """The partner where it is the partner's own; nobody where it is the sponsor's."""

    @classmethod
    def begin(cls, content: AgreementTerms, *, side: Party, partner_id: UUID, by: str, **given: Any) -> Self:
        """Somebody begins to write."""
        own: dict[str, Any] = {"drafted_by_side": side, "partner_id": partner_id, "prepared_by": [by]}
        readers = [partner_id] if side is Party.partner else []
        return cls(content=content.model_dump(mode="json"), parties=readers, **own, **given)

    @property
    def powerless(self) -> frozenset[str]:  # type: ignore[override]
        """Who does not act on an agreement of its kind."""
        return authority.powerless(self.kind)

    @transition(source={State.open}, target=None, by=SPONSORS | PARTNERS)
    def write(self, content: AgreementTerms, side: Party, by: str) -> None:
        """It says something else."""
        self.refuse_other(side)
        self.content = content.model_dump(mode="json")
        self.prepared_by = sorted({*self.prepared_by, by})

    @transition(source={State.open}, target=State.submitted, by=SPONSORS | PARTNERS)
    def submit(self, agreement_id: UUID, version_id: UUID) -> None:
        """It is put before the other side: from now on both read the version that it became."""
        self.agreement_id, self.version_id = agreement_id, version_id

    @transition(source={State.open}, target=State.discarded, by=SPONSORS | PARTNERS)
    def discard(self, side: Party) -> None:
        """It is not wanted any more."""
        self.refuse_other(side)

    def turn(self) -> Collection[Side]:
        """Its side's, until it is put before the other."""
        if self.state != State.open:
            return set()
        return {Side.sponsor if self.drafted_by_side == Party.sponsor else Side.acceptor}

    def refuse_other(self, side: Party) -> None:
        """Raise RuleViolated for the sponsor on a draft of the partner's, which it reads."""
        if side != self.drafted_by_side:
            raise RuleViolated(f"this draft is the {self.drafted_by_side}'s: only that side writes and submits it")

    @property
    def terms(self) -> AgreementTerms:
        """What it says."""
        return AgreementTerms.model_validate(self.content)
