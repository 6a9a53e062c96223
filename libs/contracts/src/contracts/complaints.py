"""Facts of quality_events about complaints, and about what authorities are to be notified of."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import DueAt, HappenedAt
from contracts.vocabulary import Classification, Lot


class ComplaintCategory(StrEnum):
    """What a complaint is about."""

    quality = "quality"
    counterfeit = "counterfeit"
    lack_of_effect = "lack_of_effect"
    adverse_event = "adverse_event"
    """Or what is suspected to be one."""


class ComplaintFact(Fact):
    """What every fact about one complaint carries. Nothing tells who complained."""

    complaint_id: UUID
    number: str
    product_id: UUID | None
    """None where it is not known."""
    batch_id: UUID | None
    lot: Lot | None
    """None until the batch is known."""
    site_id: UUID | None
    partner_id: UUID | None
    """Whose lot it is. That partner is a party from when the complaint is shared with it, and not before."""
    market: str
    """ISO 3166-1 alpha-2."""
    category: ComplaintCategory
    severity: Classification | None
    """None until quality has judged it; critical is what may have to be recalled as class I."""
    received_at: HappenedAt
    """When the sponsor received it."""
    due_at: DueAt
    """By when it is to be answered."""


@fact("io.entente.ComplaintReceived.v1", topic="quality-events.complaint", key="complaint_id")
class ComplaintReceived(ComplaintFact):
    """The sponsor received a complaint. Told again when it is triaged, joined to a batch, or shared with its maker.

    The newest counts. The maker is told once the complaint is shared with it.
    """


@fact("io.entente.ComplaintClosed.v1", topic="quality-events.complaint", key="complaint_id")
class ComplaintClosed(ComplaintFact):
    """Quality answered a complaint."""

    substantiated: bool | None
    """None where nobody can say."""


class AuthorityRegime(StrEnum):
    """Whose rules a market follows."""

    us = "us"
    eu_eea = "eu_eea"
    gb = "gb"
    ch = "ch"
    other = "other"


class NotificationCause(StrEnum):
    """What an authority is to be notified of."""

    complaint = "complaint"
    deviation = "deviation"
    oos = "oos"
    recall = "recall"


class NotificationKind(StrEnum):
    """Which notification it is, and so which clock runs."""

    us_field_alert = "us_field_alert"
    """21 CFR 314.81(b)(1): three working days, of a distributed product with an NDA or ANDA."""
    us_biological_deviation = "us_biological_deviation"
    """21 CFR 600.14: 45 calendar days, of a distributed product with a BLA."""
    defect_class_i = "defect_class_i"
    """EU GMP 8.15 and the rapid alert procedure: a defect that may be class I, 24 hours."""
    defect = "defect"
    """EU GMP 8.15: another defect that may lead to a recall, three working days."""
    unknown_rule = "unknown_rule"
    """Of a market whose rule is not known here: the strictest clock, 24 hours, until regulatory has looked it up."""


class AuthorityNotificationFact(Fact):
    """What every fact about one notification carries. It is the sponsor's alone."""

    notification_id: UUID
    number: str
    regime: AuthorityRegime
    market: str
    """ISO 3166-1 alpha-2, or EU."""
    kind: NotificationKind
    cause_type: NotificationCause
    cause_id: UUID
    aware_at: HappenedAt
    """When the sponsor knew of it, confirmed or not."""
    due_at: DueAt
    partner_id: UUID | None = None
    site_id: UUID | None = None
    product_id: UUID | None = None
    """None where it is not known, and, as partner and site, in facts from before this was told."""


@fact("io.entente.AuthorityNotificationDue.v1", topic="quality-events.authority-notification", key="notification_id")
class AuthorityNotificationDue(AuthorityNotificationFact):
    """An authority is to be notified. Told again where the sponsor proves to have known of it earlier, where its kind
    is assumed no more, and where it takes the place of another, or is due again in the place of that.
    """

    kind_assumed: bool = False
    """Nobody has said whether the product has an NDA, an ANDA or a BLA: the shorter clock runs."""
    replaces: UUID | None = None
    """The notification of another kind, which is not due any more."""


@fact(
    "io.entente.AuthorityNotificationSubmitted.v1", topic="quality-events.authority-notification", key="notification_id"
)
class AuthorityNotificationSubmitted(AuthorityNotificationFact):
    """An authority was notified at ``occurred_at``, in time or late."""

    reference: str
    """By which the authority knows it."""
