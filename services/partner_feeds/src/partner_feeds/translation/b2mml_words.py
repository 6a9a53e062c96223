"""B2MML and BatchML, V0401 to V07: which names mean what, and how single values are read by a mapping."""

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from contracts.partner_feeds import Qualifier
from gxp.local_times import NotOneInstant, instant_of
from gxp.unit_names import why_no_unit
from partner_feeds.language.batch_records import BatchRecordMapping
from partner_feeds.readers.xml_text import Element, Plan
from partner_feeds.values.moments import read_moment
from partner_feeds.values.numbers import read_number
from partner_feeds.values.qualified import signed
from partner_feeds.values.texts import CannotRead, nearest

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
REFUSED_VERBS: Final = {
    "Get": "asks for data",
    "Acknowledge": "acknowledges what was sent",
    "Confirm": "confirms what was sent",
    "Cancel": "voids what was reported, which is not taken here: correct the record in a higher version",
}
_NAMESPACE = re.compile(
    r"http://www\.(wbf\.org/xml/(B2MML|BatchML)-V0[4-7][0-9]*|mesa\.org/xml/(B2MML|BatchML)(-V0[67][0-9]*)?)",
    re.IGNORECASE,
).fullmatch
USE_OF_EVENT: Final = {"consume": "consumed", "produce": "produced"}
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_NAIVE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)").fullmatch
_USES: Final = {
    "consumed": "consumed", "materialconsumed": "consumed", "produced": "produced", "materialproduced": "produced",
    "byproduct": "byproduct", "byproductproduced": "byproduct",
}  # fmt: skip


def plan(*digested: str) -> Plan:
    """How a document is read; the digest is made of the elements of these names."""
    return Plan(_NAMESPACE, RECORDS | STEPS | RECIPES | _AROUND, _PLANS, digested)


def word_of(element: Element, name: str) -> str:
    """A code of a list, or what stands beside ``Other`` in the attribute OtherValue."""
    found = next(iter(element.all(name)), None)
    return (found.attributes.get("OtherValue") or found.text) if found else ""


def use_of(material: Element) -> str | None:
    """What became of a material; None for what is neither consumed nor produced, such as a sample."""
    given = word_of(material, "MaterialUse") or material.name.removeprefix("Material").removesuffix("Actual")
    return _USES.get(re.sub("[^a-z]", "", given.lower()))


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


class Fault(ValueError):
    """An element that cannot be taken: at which path below it, what stands there, and what would be right."""

    def __init__(self, path: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.path, self.value, self.reason = path, value, reason


class Reading:
    """Values as a mapping reads them. Each raises Fault."""

    def __init__(self, mapping: BatchRecordMapping, zone: tzinfo | None) -> None:
        self.mapping, self._zone = mapping, zone

    def moment(self, path: str, text: str) -> str:
        """An ISO 8601 instant with its offset, or a day."""
        try:
            if self._zone is not None and _NAIVE(text):
                return instant_of(datetime.fromisoformat(text), self._zone).isoformat()
            found = read_moment(text)
        except NotOneInstant as error:
            raise Fault(path, text, f"{error}; write the time with its offset") from error
        except (CannotRead, ValueError) as error:
            raise Fault(path, text, str(error)) from error
        return found if isinstance(found, str) else found.isoformat()

    def number(self, path: str, text: str) -> Decimal:
        """A number as it is written."""
        try:
            return read_number(text)
        except CannotRead as error:
            raise Fault(path, text, str(error)) from error

    def unit(self, path: str, text: str) -> str:
        """The UCUM unit of the maker's."""
        unit = self.mapping.units.get(text, text) or "1"
        if reason := why_no_unit(unit):
            raise Fault(path, text, f"{reason}; or say under units in the mapping what it is")
        return unit

    def amount(self, path: str, value: Element) -> dict[str, Any]:
        """A quantity with its unit."""
        text = value.text_at("QuantityString") or value.text_at("ValueString")
        number = self.number(path, text)
        return {"value": number, "unit": self.unit(f"{path}/UnitOfMeasure", value.text_at("UnitOfMeasure"))}

    def material(self, code: str) -> str:
        """A material's code as it is known here."""
        return self.mapping.materials.get(code, code)

    def result(self, path: str, value: Element) -> dict[str, Any]:
        """A result: a number with its unit and perhaps a sign before it, or a word of the mapping's list."""
        text = value.text_at("ValueString") or value.text
        unit = self.unit(f"{path}/UnitOfMeasure", value.text_at("UnitOfMeasure"))
        if (meaning := self.mapping.words.get(text)) is not None:
            if meaning in set(Qualifier):
                return {"text": text, "qualifier": meaning, "unit": "1"}
            return {"text": meaning, "unit": unit}
        qualifier, number = signed(text) or (None, text)
        try:
            return {"value": read_number(number), "qualifier": qualifier, "unit": unit}
        except CannotRead as error:
            near = nearest(text, self.mapping.words)
            raise Fault(path, text, f"{error}; or list the word under words in the mapping{near}") from error

    def lot(self, key: str) -> dict[str, str]:
        """The material and lot that an event's Key names."""
        form = self.mapping.material_key
        if form is None:
            reason = (
                'which lot is it? say under material_key in the mapping how a Key names it, as "{material}/{number}"'
            )
            raise Fault("Value/Key", key, reason)
        before, between, behind = form.replace("{number}", "{material}").split("{material}")
        inside = key.removeprefix(before).removesuffix(behind)
        first, found, second = inside.partition(between) if between else (inside, "", "")
        if not (found and first and second and key == before + inside + behind) or between in second:
            raise Fault("Value/Key", key, f"is not of the form {form}, by which the mapping names a lot")
        material, number = (first, second) if form.index("{material}") < form.index("{number}") else (second, first)
        return {"material": self.material(material), "number": number}
