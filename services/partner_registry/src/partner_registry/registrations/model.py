"""A product's registration for a market and its lifecycle (Directive 2001/83/EC articles 6 and 8; ICH Q12)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role, Side
from contracts.complaints import AuthorityRegime
from contracts.partner_registry import PartnerRegistryBallHeld
from contracts.registrations import ApplicationType, RegistrationChanged, SiteRegistrationChanged
from contracts.registrations import RegistrationState as State
from contracts.registrations import RegistrationStep as Step
from partner_registry.metadata import Table
from partner_registry.products.model import Product
from partner_registry.registrations.course import begins, course, within
from partner_registry.registrations.schemas import RegisteredContent, RegisteredSiteFields, RegistrationFields
from partner_registry.sites.model import Activity, Site
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

REGULATORY: Final = frozenset({Role.regulatory})
OF_THE_US: Final = frozenset({ApplicationType.nda, ApplicationType.anda, ApplicationType.bla})
_VERSIONS: Final = ("specification_version", "method_versions", "process_version")


class Registration(RegistrationFields, Waiting, Versioned, Table, table=True):
    """What an authority registered of a product for a market. Changes are appended, none is overwritten."""

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.submitted: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """A partner sees its own rows, and not whom else a registration names."""
        return ()

    @classmethod
    def submit(cls, *, submitted_on: date, by: str, now: datetime, **given: Any) -> tuple[Self, RegistrationChanged]:
        """The authority was asked. Nothing is registered yet."""
        registration = cls(**given)
        registration._fits(registration.application_type)
        return registration, registration._tell(Step.submitted, submitted_on, by, now)

    @transition(source={State.submitted}, target=State.approved, by=REGULATORY)
    def approve(
        self, authorisation_number: str, effective_on: date, content: RegisteredContent, by: str, now: datetime
    ) -> RegistrationChanged:
        """The authority approved it, with these sites and versions."""
        self._not_before(Step.submitted, effective_on)
        self.authorisation_number, self.state = authorisation_number, State.approved
        return self._tell(Step.approved, effective_on, by, now, content)

    @transition(source={State.approved, State.withdrawn}, target=None, by=REGULATORY)
    def vary(
        self, variation: str, effective_on: date, content: RegisteredContent, reason: str, by: str, now: datetime
    ) -> RegistrationChanged:
        """A variation was approved; it may be told late, also after a withdrawal, for the days before that."""
        self._not_before(Step.approved, effective_on)
        ended = begins(Step.withdrawn, self.entries)
        if ended and effective_on >= ended:
            raise RuleViolated(f"{self.number} is withdrawn from {ended} on: a variation holds from before that")
        return self._tell(Step.varied, effective_on, by, now, content, variation=variation, reason=reason)

    @transition(source={State.submitted, State.approved}, target=State.withdrawn, by=REGULATORY)
    def withdraw(self, effective_on: date, reason: str, by: str, now: datetime) -> RegistrationChanged:
        """It is registered no more from a day on, or never will be."""
        self._not_before(Step.submitted, effective_on)
        self.state = State.withdrawn
        return self._tell(Step.withdrawn, effective_on, by, now, reason=reason)

    @transition(source={State.submitted, State.approved, State.withdrawn}, target=None, by=REGULATORY)
    def classify(self, application_type: ApplicationType, now: datetime) -> RegistrationChanged:
        """Somebody says by which application it was, at any time: what was told last is told again with it."""
        self._fits(application_type)
        self.application_type = application_type
        return self._changed(self.entries[-1], now)

    @transition(source={State.submitted, State.approved, State.withdrawn}, target=None, by=())
    def held_by(self, legal_entity_id: UUID, now: datetime) -> RegistrationChanged:
        """Its holder merged into another entity, which has its place: what was told last is told again with that."""
        self.legal_entity_id = legal_entity_id
        return self._changed(self.entries[-1], now)

    def _fits(self, application_type: ApplicationType | None) -> None:
        if application_type in OF_THE_US and self.regime != AuthorityRegime.us:
            raise RuleViolated(f"application_type: {application_type} is of the US, and {self.market} is {self.regime}")
        if application_type == ApplicationType.maa and self.regime == AuthorityRegime.us:
            raise RuleViolated("application_type: the US know nda, anda and bla, and other, but no maa")

    def _not_before(self, earlier: Step, effective_on: date) -> None:
        day = begins(earlier, self.entries)
        if day and effective_on < day:
            raise RuleViolated(f"{self.number} was {earlier} on {day}: effective_on is not before that")

    def _tell(
        self, what: Step, on: date, by: str, now: datetime, content: RegisteredContent | None = None, **more: Any
    ) -> RegistrationChanged:
        said = content.model_dump(mode="json") if content else None
        entry = {"what": what, "effective_on": on.isoformat(), "recorded_at": now.isoformat(), "by": by}
        self.entries = [*self.entries, entry | {"reason": None, "variation": None, "content": said} | more]
        return self._changed(self.entries[-1], now)

    def _changed(self, entry: Mapping[str, Any], now: datetime) -> RegistrationChanged:
        content = entry["content"]
        versions: dict[str, Any] = {name: content[name] for name in ("sites", *_VERSIONS)} if content else {}
        told: dict[str, Any] = {name: entry[name] for name in ("what", "effective_on", "variation")}
        return RegistrationChanged.of(self, now, **told, **versions)


class RegisteredSite(RegisteredSiteFields, Versioned, Table, table=True):
    """One site and activity in a registration: all of it that the site's partner sees."""

    __tablename__ = "registered_site"

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def of(cls, registration: Registration, product: Product, site: Site, activity: Activity) -> Self:
        """The row of a site that a registration names for the first time."""
        return cls(
            registration_id=registration.id,
            registration_number=registration.number,
            product_id=product.id,
            product_code=product.code,
            dosage_form=product.dosage_form,
            market=registration.market,
            site_id=site.id,
            partner_id=site.partner_id,
            activity=activity,
            holds_from=site.owned_since,
            parties=[site.partner_id],
        )

    def follow(self, registration: Registration, on: date, now: datetime) -> SiteRegistrationChanged | None:
        """Take what is registered from all that was told; the fact, where that changed for this site and activity."""
        told = course(registration.entries, self.site_id, self.activity)
        steps = within(told, self.holds_from, self.holds_until)
        if steps == (self.known[-1]["steps"] if self.known else []):
            return None
        self.known = [*self.known, {"recorded_at": now.isoformat(), "steps": steps}]
        part = next((each["part"] for each in reversed(steps) if each["on"] <= on.isoformat()), None)
        names = ("valid_from", "valid_to", *_VERSIONS)
        own = {name: part[name] for name in names} if part else {}
        return SiteRegistrationChanged.of(self, now, registered=part is not None, effective_on=on, **own)
