"""Bodies of requests and answers about methods."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts import Day
from runtime.bodies import Body, Code, Digest, Line, Plain
from sample_tracking.methods.model import MethodFields
from serving.shown import Ref, Shown

Number = Annotated[int, Field(ge=0, le=9999), Plain]


class RegisterMethod(Body):
    """A version of a method, for one product or for all, and the report of its validation."""

    code: Code = Field(examples=["HPLC-014"])
    major: Number = Field(examples=[2])
    minor: Number = Field(examples=[0])
    title: Line = Field(examples=["Assay of amlodipine by HPLC"])
    product_id: UUID | None = None
    product: Code | None = None
    """The product's code, in the place of its id; for all products where neither is given."""
    effective_from: Day = Field(examples=["2026-02-01"])
    """The first day on which it is in use."""
    report: Line = Field(examples=["VAL-2026-014"])
    report_digest: Digest

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if self.product_id and self.product:
            raise ValueError("name the product by product_id or by product, its code; not by both")
        return self


class MethodRead(MethodFields, Shown):
    """A version of a method as its readers see it."""

    product: Ref | None
