"""A version of an agreement and its lifecycle: both sides agree on it and sign it over one digest."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracting import authority
from contracting.agreement_versions.readiness import Missing, StepAhead, refuse
from contracting.agreement_versions.schemas import OPEN, VersionFields
from contracting.agreement_versions.schemas import VersionState as State
from contracting.agreement_versions.terms import AgreementTerms, Party, digest_of
from contracting.agreement_versions.told import tell
from contracting.authority import PARTNERS, QUALITY_UNITS, SIGNERS, SPONSORS
from contracting.metadata import Table
from contracts import Side
from contracts.contracting import AgreementAgreed, AgreementKind, AgreementSigned, ContractingBallHeld
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

PREPARERS: Final = frozenset({"prepared_by"})
_MEANING: Final = "the legal entity is bound by this version of the agreement"
_STEPS: Final = ("agreed_by", "agreed_at", "signed_by", "signed_at")
_SIGNED_LATER: Final = tuple(f"{side}_signed_{what}" for side in Party for what in ("by", "at"))


class AgreementVersion(VersionFields, Waiting, Versioned, Table, table=True):
    """What an agreement says from a day on. Its content is never changed once both sides agreed on it."""

    __tablename__ = "agreement_version"
    __table_args__ = (UniqueConstraint("agreement_id", "version_number"),)

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        "agreement": "agreement_number",
        "title": "title",
        "version": "version_number",
        "for the sponsor": "sponsor_entity",
        "for the partner": "partner_entity",
        "from": "effective_from",
        "until": "expires_on",
        "digest of the content and the matrix": "digest",
        "another agreement says otherwise": "contradictions",
        "nothing judges": "unjudged",
    }
    signed_with: ClassVar[Mapping[str, str]] = {"responsibility": "version_id"}
    signed_apart: ClassVar[Collection[str]] = ("state",)
    signed_later: ClassVar[Collection[str]] = (*_SIGNED_LATER, "took_effect_at", "effective_to")
    signed_former: ClassVar[Mapping[str, str]] = {"agreement_round": "version_id"}
    ball = ContractingBallHeld
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who wrote it or put it before the other side: somebody else signs."""

    @classmethod
    def propose(
        cls, terms: AgreementTerms, *, side: Party, by: str, now: datetime, partner_id: UUID, **given: Any
    ) -> Self:
        """A side puts it before the other for the first time."""
        stated = columns_of(terms) | {"submitted_at": now, "submitted_by": by, "drafted_by_side": side}
        return cls(partner_id=partner_id, parties=[partner_id], **stated, **given)

    @property
    def powerless(self) -> frozenset[str]:  # type: ignore[override]
        """Who does not act on an agreement of its kind."""
        return authority.powerless(self.kind)

    @transition(source={State.draft}, target=State.in_review, by=SPONSORS | PARTNERS)
    def propose_again(
        self,
        terms: AgreementTerms,
        said: Mapping[str, Any],
        changed_clauses: list[str],
        prepared_by: Collection[str],
        by: str,
        now: datetime,
    ) -> None:
        """It was given back, and its side puts it before the other once more; ``said`` of its matrix still stands."""
        for name, value in columns_of(terms, said).items():
            setattr(self, name, value)
        self.changed_clauses, self.round = changed_clauses, self.round + 1
        self.submitted_at, self.submitted_by = now, by
        self.prepared_by = sorted({*self.prepared_by, *prepared_by, by})

    @transition(source={State.in_review}, target=None, by=QUALITY_UNITS, when="awaits_first_consent")
    def state_responsibilities(self) -> None:
        """A side says whom it holds to be responsible: until one of them agrees, then it is given back to change it."""
        if not self.awaits_first_consent:
            what = "one side agreed on it: give it back to change its responsibility matrix"
            only = "only quality agreements have a responsibility matrix"
            raise RuleViolated(f"{self.called}: {what if self.kind == AgreementKind.quality else only}")

    def take_responsibilities(self, said: Mapping[str, Any], by: str) -> None:
        """Be bound to all that both sides said of its matrix: who read it before agrees to something else.

        Who said something of it prepared it, and does not sign it.
        """
        self.digest = digest_of(terms_of(self), said)
        self.prepared_by = sorted({*self.prepared_by, by})

    @transition(source={State.in_review, State.agreed}, target=State.draft, by=SPONSORS | PARTNERS)
    def send_back(self) -> None:
        """Either side gives it back. Who agreed and signed did so over what it said: that is undone, and kept."""
        for side in Party:
            for step in _STEPS:
                setattr(self, f"{side}_{step}", None)

    @transition(
        source={State.in_review}, target={State.in_review, State.agreed}, by=SIGNERS, when="awaits_sponsors_consent"
    )
    def agree(self, digest: str, unmet: Sequence[Missing], by: str, now: datetime) -> AgreementAgreed | None:
        """The sponsor agrees: its legal, or on a quality agreement its quality unit."""
        return self._agree(Party.sponsor, digest, unmet, by, now)

    @transition(
        source={State.in_review}, target={State.in_review, State.agreed}, by=PARTNERS, when="awaits_partners_consent"
    )
    def agree_as_partner(self, digest: str, unmet: Sequence[Missing], by: str, now: datetime) -> AgreementAgreed | None:
        """The partner agrees: who acts for its business, or on a quality agreement its quality unit."""
        return self._agree(Party.partner, digest, unmet, by, now)

    @transition(
        source={State.agreed},
        target={State.agreed, State.signed},
        by=SIGNERS,
        independent_of=PREPARERS,
        when="awaits_sponsors_signature",
        signed=_MEANING,
    )
    def sign(self, unmet: Sequence[Missing], by: str, now: datetime) -> AgreementSigned | None:
        """The sponsor's legal entity signs what both sides agreed on."""
        return self._sign(Party.sponsor, unmet, by, now)

    @transition(
        source={State.agreed},
        target={State.agreed, State.signed},
        by=PARTNERS,
        independent_of=PREPARERS,
        when="awaits_partners_signature",
        signed=_MEANING,
    )
    def sign_as_partner(self, unmet: Sequence[Missing], by: str, now: datetime) -> AgreementSigned | None:
        """The partner's legal entity signs what both sides agreed on."""
        return self._sign(Party.partner, unmet, by, now)

    @transition(source=OPEN, target=State.withdrawn, by=SPONSORS, when="is_sponsors")
    def withdraw(self, reason: str) -> None:
        """The sponsor takes back what it proposed."""
        self._withdraw(Party.sponsor, reason)

    @transition(source=OPEN, target=State.withdrawn, by=PARTNERS, when="is_partners")
    def withdraw_as_partner(self, reason: str) -> None:
        """The partner takes back what it proposed."""
        self._withdraw(Party.partner, reason)

    @transition(source={State.signed}, target=State.effective, by=())
    def take_effect(self, now: datetime) -> None:
        """Its first day came."""
        self.took_effect_at = now

    @transition(source={State.effective}, target=State.superseded, by=())
    def supersede(self, last_day: date) -> None:
        """A later version took effect."""
        self.effective_to = last_day

    @transition(source={State.effective}, target=State.ended, by=())
    def end(self, last_day: date) -> None:
        """Its agreement ended while it was in force."""
        self.effective_to = last_day

    @transition(source=OPEN | {State.signed}, target=State.withdrawn, by=())
    def lapse(self, reason: str) -> None:
        """Its agreement ended before it took effect."""
        self.withdrawal_reason = reason

    def turn(self) -> Collection[Side]:
        """Who has to agree, then who has to sign, in any order; who drafted it, once it was given back."""
        if self.state == State.draft:
            owing = {Party(self.drafted_by_side)}
        else:
            step = {State.in_review: "agreed_by", State.agreed: "signed_by"}.get(State(self.state))
            owing = {side for side in Party if step and self._is_awaited(side, step)}
        return {Side.sponsor if side is Party.sponsor else Side.acceptor for side in owing}

    @property
    def awaits_first_consent(self) -> bool:
        """Whether it is a quality agreement on which no side agreed yet."""
        return self.kind == AgreementKind.quality and all(self._is_awaited(side, "agreed_by") for side in Party)

    @property
    def awaits_sponsors_consent(self) -> bool:
        """Whether the sponsor did not agree yet."""
        return self._is_awaited(Party.sponsor, "agreed_by")

    @property
    def awaits_partners_consent(self) -> bool:
        """Whether the partner did not agree yet."""
        return self._is_awaited(Party.partner, "agreed_by")

    @property
    def awaits_sponsors_signature(self) -> bool:
        """Whether the sponsor did not sign yet."""
        return self._is_awaited(Party.sponsor, "signed_by")

    @property
    def awaits_partners_signature(self) -> bool:
        """Whether the partner did not sign yet."""
        return self._is_awaited(Party.partner, "signed_by")

    @property
    def first_consent_at(self) -> datetime | None:
        """When the first side agreed on it; None while none did."""
        return min((at for at in (self.sponsor_agreed_at, self.partner_agreed_at) if at), default=None)

    @property
    def is_sponsors(self) -> bool:
        """Whether the sponsor drafted it."""
        return self.drafted_by_side == Party.sponsor

    @property
    def is_partners(self) -> bool:
        """Whether the partner drafted it."""
        return not self.is_sponsors

    @property
    def called(self) -> str:
        """What people call it."""
        return f"version {self.version_number} of {self.agreement_number}"

    @property
    def signed_at(self) -> datetime | None:
        """When the last one signed; None before both did."""
        times = [at for at in (self.sponsor_signed_at, self.partner_signed_at) if at]
        return max(times) if len(times) == len(Party) else None

    def _agree(
        self, side: Party, digest: str, unmet: Sequence[Missing], by: str, now: datetime
    ) -> AgreementAgreed | None:
        if not self._is_awaited(side, "agreed_by"):
            raise RuleViolated(f"{self.called}: the {side} agreed on it already")
        if digest != self.digest:
            why = f"digest: {self.called} does not say that any more: read it again, and name {self.digest}"
            raise RuleViolated(why, fields=["digest"])
        refuse(self.called, unmet, StepAhead.agreement)
        setattr(self, f"{side}_agreed_by", by)
        setattr(self, f"{side}_agreed_at", now)
        if self.sponsor_agreed_by and self.partner_agreed_by:
            self.state = State.agreed
            return tell(AgreementAgreed, self, now)
        return None

    def _sign(self, side: Party, unmet: Sequence[Missing], by: str, now: datetime) -> AgreementSigned | None:
        if not self._is_awaited(side, "signed_by"):
            raise RuleViolated(f"{self.called}: the {side} signed it already")
        refuse(self.called, unmet, StepAhead.signature)
        setattr(self, f"{side}_signed_by", by)
        setattr(self, f"{side}_signed_at", now)
        if self.sponsor_signed_by and self.partner_signed_by:
            self.state = State.signed
            return tell(AgreementSigned, self, now, signers=(self.sponsor_signed_by, self.partner_signed_by))
        return None

    def _withdraw(self, side: Party, reason: str) -> None:
        if side != self.drafted_by_side:
            raise RuleViolated(f"{self.called} is the {self.drafted_by_side}'s: give it back, and say why")
        self.withdrawal_reason = reason

    def _is_awaited(self, side: Party, step: str) -> bool:
        return getattr(self, f"{side}_{step}") is None


def columns_of(terms: AgreementTerms, said: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Everything that a version says, as it is stored, with the digest of it and of what is said of its matrix."""
    written = terms.model_dump(mode="json")
    stated = {name: getattr(terms, name) for name in AgreementTerms.model_fields}
    parts = ("exit_terms", "contacts", "documents", "clauses")
    return stated | {name: written[name] for name in parts} | {"digest": digest_of(terms, said)}


def terms_of(version: AgreementVersion) -> AgreementTerms:
    """What a version says, as its side would write it."""
    return AgreementTerms.model_validate({name: getattr(version, name) for name in AgreementTerms.model_fields})
