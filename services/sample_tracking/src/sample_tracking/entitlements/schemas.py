"""Bodies of requests and answers about entitlements."""

from typing import Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts import Day
from contracts.entitlements import EntitlementStanding
from runtime.bodies import Body, Digest, Line
from sample_tracking.entitlements.model import EntitlementFields
from serving.shown import Ref, Shown

NEED_A_REASON: Final = frozenset({EntitlementStanding.waived, EntitlementStanding.suspended})


class SetEntitlement(Body):
    """How a laboratory stands to a version of a method, and to the minor ones after it, from a day on."""

    method_id: UUID
    laboratory_site_id: UUID
    standing: EntitlementStanding = Field(examples=["transferred"])
    valid_from: Day = Field(examples=["2026-02-01"])
    """The first local day of the laboratory on which it holds."""
    proof: Line = Field(examples=["TT-2026-008, report of the transfer"])
    proof_digest: Digest
    reason: Line | None = None
    """Why: needed of one that is waived or suspended."""

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if self.standing in NEED_A_REASON and self.reason is None:
            raise ValueError(f"{self.standing} needs a reason")
        return self


class EntitlementRead(EntitlementFields, Shown):
    """A setting as its readers see it."""

    laboratory: Ref | None
    partner: Ref | None
    """Whose laboratory it is."""
