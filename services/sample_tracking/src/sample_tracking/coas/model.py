"""A certificate of analysis, and how it is issued (21 CFR 211.194; EU GMP Annex 16)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Grant, Lot, Role, Side
from contracts.certificates_of_analysis import CoaIssued, CoaSuperseded, CoaWithdrawn
from runtime.lifecycle import transition
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.metadata import Table
from serving.canonical import canonical_json, sha256

ISSUERS: Final[frozenset[Role | Grant]] = frozenset({Side.laboratory(Role.partner_quality), Role.quality})


class CoaState(StrEnum):
    """Where a certificate stands."""

    draft = "draft"
    issued = "issued"
    superseded = "superseded"
    withdrawn = "withdrawn"


LIVE: Final = frozenset({CoaState.draft, CoaState.issued})
"""Those that are to say what is found."""


MANUFACTURER: Final = "manufacturer"
"""What is not true any more of a certificate whose lot turned out to be another maker's."""
_MAKER: Final = ("partner_id", "parties", "named_maker_id")


class CoaFields(SQLModel):
    """What readers see of a certificate as it is stored."""

    number: str
    state: CoaState = Field(default=CoaState.draft, sa_type=String)
    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID
    site_id: UUID
    partner_id: UUID
    """Who made the lot; what it says of that it was drafted with."""
    laboratory_partner_id: UUID | None = None
    """Who found all of it; None where there were several laboratories, whose results are not for each other."""
    market: str
    """ISO 3166-1 alpha-2."""
    specification_id: UUID
    revision: int
    """That of the specification."""
    digest: str
    """SHA-256 over canonical JSON of what it says, in hexadecimal."""
    partner_pdf_digest: str | None = None
    """SHA-256 of the certificate that the laboratory wrote itself, in hexadecimal: as it was given at the draft, else
    of the only paper from which results of it were typed."""
    drafted_by: str
    issued_by: str | None = None
    issued_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    superseded_by: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("coa.id", deferrable=True, initially="DEFERRED")]
    )
    withdrawal_reason: str | None = None


class Coa(CoaFields, Waiting, Versioned, Table, table=True):
    """What was found in a lot, as evaluated for one market by one revision. It is never edited: a newer one follows."""

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {CoaState.draft: {Side.laboratory, Side.sponsor}}
    signed_as: ClassVar[Mapping[str, str]] = {
        "lot": "lot_number",
        "material": "material",
        "product": "product_name",
        "market": "market",
        "revision of the specification": "revision",
        "manufacturer": "manufacturer",
        "found": "findings",
        "digest of what it says": "digest",
    }
    signed_apart: ClassVar[Collection[str]] = ("state", "superseded_by", "withdrawal_reason", *_MAKER)
    about: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """What the lot, its maker and the specification are called; None of those from before this was kept."""
    named_maker_id: UUID | None = None
    """Whom it says to have made the lot, where that turned out to be, or to have been, another."""
    results: list[dict[str, Any]] = Field(sa_type=JSONB)
    revised_before: bool | None = None
    """Whether a newer revision had taken the specification's place by the draft; None where it was not kept."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def draft(
        cls,
        lot: Lot,
        about: dict[str, Any],
        results: Sequence[dict[str, Any]],
        laboratory_partner_id: UUID | None,
        **given: Any,
    ) -> Self:
        """A certificate with its contents, as they will be signed."""
        of: dict[str, Any] = {
            "lot_id": lot.id,
            "lot_number": lot.number,
            "material": lot.material,
            "product_id": lot.product_id,
        }
        of |= {"site_id": lot.site_id, "market": given["market"], "revision": given["revision"]}
        of |= {"specification_id": given["specification_id"]}
        said = {name: str(value) for name, value in of.items()} | {"about": about, "results": list(results)}
        return cls(
            **of | given,
            partner_id=lot.partner_id,
            laboratory_partner_id=laboratory_partner_id,
            about=about,
            results=list(results),
            digest=sha256(canonical_json(said)),
            parties=sorted({lot.partner_id, laboratory_partner_id or lot.partner_id}),
        )

    @property
    def lot(self) -> Lot:
        """The lot in the published words."""
        about = {"number": self.lot_number, "material": self.material, "product_id": self.product_id}
        return Lot.model_validate({"id": self.lot_id, "site_id": self.site_id, "partner_id": self.partner_id} | about)

    @property
    def names_its_maker(self) -> bool:
        """Whether it says who made the lot."""
        return self.named_maker_id in (None, self.partner_id)

    def turn(self) -> Collection[Side]:
        """The sponsor's alone, where no single laboratory answers for it."""
        return super().turn() if self.laboratory_partner_id else set(super().turn()) - {Side.laboratory}

    @transition(
        source={CoaState.draft},
        target=CoaState.issued,
        by=ISSUERS,
        independent_of={"drafted_by"},
        signed="certificate of analysis issued",
    )
    def issue(self, by: str, now: datetime) -> CoaIssued:
        """The quality unit stands by what it says."""
        self.issued_by, self.issued_at = by, now
        return CoaIssued.of(self, now)

    @property
    def asked_for(self) -> bool:
        """No: it follows from the issue of another one."""
        return False

    @transition(source={CoaState.issued}, target=CoaState.superseded, by=ISSUERS, when="asked_for")
    def supersede(self, successor: UUID, now: datetime) -> CoaSuperseded:
        """A newer one of the same lot and market is issued in the same moment."""
        self.superseded_by = successor
        return CoaSuperseded.of(self, now)

    @transition(source={CoaState.draft, CoaState.issued}, target=CoaState.withdrawn, by={Role.quality})
    def withdraw(self, reason: str, now: datetime) -> CoaWithdrawn | None:
        """It holds no more, and nothing takes its place. Of a draft nobody was told."""
        self.withdrawal_reason = reason
        return CoaWithdrawn.of(self, now, reason=reason) if self.issued_at else None
