"""A mapping of batch records in B2MML or BatchML: the standard says where things stand, the mapping what they mean."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from contracts.partner_feeds import NEED_A_VALUE
from partner_feeds.language.columns import Unit
from partner_feeds.language.mapping import known_zone

_KEY = {"material", "number"}


def _by_name(names: Any) -> Any:
    """A plain list is a crosswalk in which each name means itself."""
    return {name: name for name in names} if isinstance(names, list) else names


Names = Annotated[dict[str, str], BeforeValidator(_by_name)]


class BatchRecordMapping(BaseModel):
    """One version of a mapping of batch records."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["b2mml"]
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
    version: int = Field(ge=1, le=2**31 - 1)
    title: str = ""
    time_zone: Annotated[str | None, AfterValidator(known_zone)] = None
    """IANA name for times that carry no offset; None is the time zone of the feed's site."""
    complete: tuple[str, ...] = Field(("Complete", "Completed"), min_length=1)
    """Words of RecordStatus or ResponseState that mean that a record lacks nothing. The standard has none."""
    units: dict[str, Unit] = Field(default_factory=dict)
    """What the maker's units are in UCUM, such as ``{KG: kg, EA: "{tablet}"}``. UCUM's own need not be listed."""
    parameters: Names = Field(default_factory=dict)
    """The parameters that become process data, and what they are called in our records. All others are counted."""
    tests: Names | None = None
    """What the codes of in-process tests mean; any other is refused. None takes them as they are."""
    words: dict[str, str] = Field(default_factory=dict)
    """What results in words mean: ``{Pass: complies, ND: not_detected}``; any other is refused. Signs need none."""
    materials: dict[str, str] = Field(default_factory=dict)
    """What the maker's codes of materials are here; one that is not listed is taken as it is."""
    material_key: str | None = None
    """How the Key of a Consume or Produce event names its lot, such as ``"{material}/{number}"``."""
    lots_of: Literal["MaterialDefinitionID", "MaterialInformation"] = "MaterialDefinitionID"
    """Where a MaterialLot's material stands: in the lot itself, or as the ID of the information around it."""
    expiry: tuple[str, ...] = ("ExpirationDate", "ExpiryDate")
    """Properties of a MaterialLot that are the day on which it expires."""

    @field_validator("words")
    @classmethod
    def _need_no_number(cls, words: dict[str, str]) -> dict[str, str]:
        for word, means in words.items():
            if means in NEED_A_VALUE:
                raise ValueError(f"{word!r} cannot mean {means}, which is said of a number: such results have its sign")
        return words

    @field_validator("material_key")
    @classmethod
    def _names_a_lot(cls, key: str | None) -> str | None:
        if key is not None and any(key.count(f"{{{part}}}") != 1 for part in _KEY):
            raise ValueError('must hold {material} and {number} once each, such as "{material}/{number}"')
        return key
