"""A mapping of batch records in B2MML or BatchML: the standard says where things stand, the mapping what they mean."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator

from contracts.partner_feeds import NEED_A_VALUE
from partner_feeds.language.columns import Unit
from partner_feeds.language.head import Head

_KEY = {"material", "number"}


def _by_name(names: Any) -> Any:
    """A plain list is a crosswalk in which each name means itself."""
    return {name: name for name in names} if isinstance(names, list) else names


Names = Annotated[dict[str, str], BeforeValidator(_by_name)]


class BatchRecordMapping(Head):
    """One version of a mapping of batch records."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    format: Literal["b2mml"]
    """B2MML or BatchML, V0401 to V07, in whichever namespace prefix."""
    complete: tuple[str, ...] = Field(("Complete", "Completed"), min_length=1)
    """Words of RecordStatus or ResponseState that mean that a record lacks nothing, in whichever case. The standard has
    none: without one of them no completion of a batch is reported, and any other word is told."""
    units: dict[str, Unit] = Field(default_factory=dict)
    """What the maker's units are in UCUM; UCUM's own need not be listed. A blank one, ``""``, is that of quantities and
    results which state none, and are refused without it; a parameter may have none. For: ``{KG: kg, EA: "{tablet}"}``,
    and ``{"": "{tablet}"}`` of a MES that counts tablets and says so nowhere."""
    parameters: Names = Field(default_factory=dict)
    """The parameters that become process data, and what they are called in our records. All others are counted. A value
    with a unit must be a number; one that is blank or nil becomes nothing. For:
    ``{MainCompressionForce: main_compression_force}``."""
    tests: Names | None = None
    """What the codes of in-process tests mean; any other is refused. Where nothing is said they are taken as they are.
    For: ``{HARD: hardness}``."""
    words: dict[str, str] = Field(default_factory=dict)
    """What results in words mean; any other is refused. Signs need none. For: ``{Pass: complies, ND:
    not_detected}``."""
    materials: dict[str, str] = Field(default_factory=dict)
    """What the maker's codes of materials are here; one that is not listed is taken as it is. For: the numbers of an
    ERP."""
    material_key: str | None = None
    """How the Key of a Consume or Produce event names its lot. For: ``VEL-100/24-0117`` with
    ``"{material}/{number}"``."""
    lots_of: Literal["MaterialDefinitionID", "MaterialInformation"] = "MaterialDefinitionID"
    """Where a MaterialLot's material stands: in the lot itself, or as the ID of the information around it. For: a
    MaterialInformation that lists a material's lots."""
    expiry: tuple[str, ...] = ("ExpirationDate", "ExpiryDate")
    """Properties of a MaterialLot that are the day on which it expires; those of a lot must say the same one. For:
    ``[ShelfLifeEnd]``."""

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
