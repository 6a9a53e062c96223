"""B2MML and BatchML, V0401 to V07: which names mean what."""

import re
from datetime import UTC, date, datetime
from typing import Final

from partner_feeds.readers.xml_text import Element, Plan

RECORD = "BatchProductionRecord"
RECORDS: Final = {RECORD, "ProductionResponse", "OperationsResponse", "WorkResponse", "JobResponse"}
STEPS: Final = {"SegmentResponse", "RecipeElement", "JobResponse"}
RECIPES: Final = {"ControlRecipe", "ExecutedControlRecipe"}
_AROUND: Final = {
    *("DataArea", "Events", "Samples", "Comments", "ChangeHistory", "PersonnelIdentification", "DataSets"),
    *("ControlRecipes", "RecipeElements", "BatchInformation", "MaterialInformation"),
    *("ProductionPerformances", "ProductionPerformance", "OperationsPerformances", "OperationsPerformance"),
    *("WorkPerformances", "WorkPerformance"),
}
_PLANS: Final = {
    *("MasterRecipes", "MasterRecipe", "ProductDefinitions", "ProductDefinition", "WorkMasters", "WorkDirectives"),
    *("ProductionSchedules", "ProductionSchedule", "OperationsSchedules", "OperationsSchedule", "WorkSchedules"),
    *("OperationsDefinitions", "OperationsDefinition", "WorkSchedule"),
}
"""What was to be done. It says nothing of what happened."""
MATERIALS: Final = {"MaterialActual", "MaterialConsumedActual", "MaterialProducedActual", "OpMaterialActual"}
PARAMETERS: Final = {
    *("Parameter", "ParameterValue", "OtherInformation", "ProductionData", "SegmentData", "OperationsData", "JobData")
}
RESULTS: Final = ("SampleTestResult", "TestResult", "Result")
STARTS: Final = {"StartTime", "ActualStartTime"}
ENDS: Final = {"EndTime", "ActualEndTime", "CompletionTime"}
_NAMESPACE = re.compile(
    r"http://www\.(wbf\.org/xml/(B2MML|BatchML)-V0[4-7][0-9]*|mesa\.org/xml/(B2MML|BatchML)(-V0[67][0-9]*)?)",
    re.IGNORECASE,
).fullmatch
_NAMESPACES: Final = (
    "http://www.mesa.org/xml/B2MML or /BatchML, with or without -V06 and later, "
    "and http://www.wbf.org/xml/B2MML-V0401 or /BatchML-V0401 and later"
)
USE_OF_EVENT: Final = {"consume": "consumed", "produce": "produced"}
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_USES: Final = {
    "consumed": "consumed", "materialconsumed": "consumed", "produced": "produced", "materialproduced": "produced",
    "byproduct": "byproduct", "byproductproduced": "byproduct",
}  # fmt: skip
_STAYS: Final = {
    *("consumable", "asset", "replacedasset", "sample", "returnedsample", "carrier", "returnedcarrier", "inventoried")
}
"""What neither went into a batch nor came out of it."""


def plan(*digested: str) -> Plan:
    """How a document is read; the digest is made of the elements of these names."""
    return Plan(_NAMESPACE, _NAMESPACES, RECORDS | STEPS | RECIPES | _AROUND, _PLANS, digested)


def word_of(element: Element, name: str) -> str:
    """A code of a list, or what stands beside ``Other`` in the attribute OtherValue."""
    found = next(iter(element.all(name)), None)
    return (found.attributes.get("OtherValue") or found.text) if found else ""


_CALLED_OFF: Final = {"invalid", "invalidated", "rejected", "cancelled", "canceled", "void", "voided", "aborted"}


def called_off(element: Element, *names: str) -> str:
    """The word in one of these fields by which an element says that it does not count; blank where it counts."""
    return next((text for name in names if (text := word_of(element, name)).lower() in _CALLED_OFF), "")


def use_of(material: Element) -> str | None:
    """What became of a material; None for what is neither consumed nor produced, such as a sample."""
    return _USES.get(_use(material))


def says_no_use(material: Element) -> bool:
    """Whether nothing that is known says what became of a material."""
    return _use(material) not in _USES.keys() | _STAYS


def _use(material: Element) -> str:
    given = word_of(material, "MaterialUse") or material.name.removeprefix("Material").removesuffix("Actual")
    return re.sub("[^a-z]", "", given.lower())


def id_of(element: Element) -> str:
    """What an element is called."""
    names = ("ID", "ParameterID", "OtherInfoID", "Name", "Key")
    return next((text for name in names if (text := element.text_at(name))), "")


def written(value: Element) -> str:
    """The text of a value, in whichever of its forms."""
    return value.text_at("ValueString") or value.text_at("Value", "ValueString") or value.text_at("Value") or value.text


def states_of(event: Element) -> set[str]:
    """The states that an event says were entered, in lower case."""
    if word_of(event, "EventSubType").lower() != "state change":
        return set()
    return {each.text_at("ValueString").lower() for each in event.all("Value")}


def kinds_of(event: Element) -> set[str]:
    """Its type and subtype in lower case."""
    return {word_of(event, name).lower() for name in ("EventType", "EventSubType")}


def is_excursion(event: Element) -> bool:
    """Whether it is an exception, or an alarm that names its limit."""
    kinds = kinds_of(event)
    return "exception" in kinds or ("alarm" in kinds and any(each.all("AlarmLimit") for each in event.all("AlarmData")))


def revision_at(moment: str) -> int:
    """A revision that rises with an instant: the seconds since 2000."""
    return max(1, int((datetime.fromisoformat(moment) - _BEGIN).total_seconds())) if "T" in moment else 1


def order_of(moment: str) -> float:
    """By which moments are ordered, instants and days alike."""
    if len(moment) > len("2026-01-01"):
        return datetime.fromisoformat(moment).timestamp()
    return (date.fromisoformat(moment) - date(1970, 1, 1)).days * 86_400.0


def named(element: Element) -> str:
    """An element with its id, where it has one."""
    entry = element.text_at("EntryID") or element.text_at("ID")
    return f"{element.name}[{entry}]" if entry else element.name
