"""Single values of B2MML and BatchML as a mapping reads them, and what is wrong with those that cannot be taken."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Self

from contracts.partner_feeds import Qualifier
from gxp.local_times import NotOneInstant, instant_of
from gxp.unit_names import why_no_unit
from partner_feeds.language.batch_records import BatchRecordMapping
from partner_feeds.readers.xml_text import Element
from partner_feeds.values.moments import read_moment
from partner_feeds.values.numbers import read_number
from partner_feeds.values.qualified import signed
from partner_feeds.values.texts import CannotRead, nearest

_NAIVE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)").fullmatch
_DAY_WITH_OFFSET = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])").fullmatch
_END_OF_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T24:00(?::00(?:\.0+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?").fullmatch


class Fault(ValueError):
    """What cannot be taken: at which path below an element, what stands there, and what would be right.

    ``all`` are it and the others that were found beside it.
    """

    def __init__(self, path: str, value: str, reason: str, *others: "Fault") -> None:
        super().__init__(reason)
        self.path, self.value, self.reason = path, value, reason
        self.all: tuple[Fault, ...] = (self, *others)

    @classmethod
    def of(cls, faults: Sequence["Fault"]) -> Self:
        """One that carries all of them."""
        first, *others = faults
        return cls(first.path, first.value, first.reason, *others)


def together(*parts: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the parts of a record give. Raises Fault with all that is wrong with any of them."""
    found, faults = dict[str, Any](), list[Fault]()
    for part in parts:
        try:
            found |= part()
        except Fault as fault:
            faults += fault.all
    if faults:
        raise Fault.of(faults)
    return found


class Reading:
    """Values as a mapping reads them. Each raises Fault."""

    def __init__(self, mapping: BatchRecordMapping, zone: tzinfo | None) -> None:
        self.mapping, self._zone = mapping, zone

    def moment(self, path: str, text: str) -> str:
        """An ISO 8601 instant with its offset, or a day."""
        try:
            given = _as_iso(text)
            if self._zone is not None and _NAIVE(given):
                return instant_of(datetime.fromisoformat(given), self._zone).isoformat()
            found = read_moment(given)
        except NotOneInstant as error:
            raise Fault(path, text, f"{error}; write the time with its offset") from error
        except OverflowError as error:
            raise Fault(path, text, "no calendar goes so far: write the year that is meant") from error
        except (CannotRead, ValueError) as error:
            raise Fault(path, text, str(error)) from error
        if isinstance(found, str):
            raise Fault(path, text, f"is a month: write at least the day, such as {found}-17")
        return found.isoformat()

    def number(self, path: str, text: str) -> Decimal:
        """A number as it is written."""
        if not text:
            raise Fault(path, "", "states no value, but is blank or nil: write the number, or leave the element out")
        try:
            return read_number(text)
        except CannotRead as error:
            raise Fault(path, text, str(error)) from error

    def unit(self, path: str, text: str) -> str:
        """The UCUM unit of the maker's."""
        unit = self.mapping.units.get(text, text)
        if not unit:
            blank = "states no unit: write it, or say under units in the mapping what a blank one is"
            raise Fault(path, "", f'{blank}, such as {{"": "1"}}')
        if reason := why_no_unit(unit):
            raise Fault(path, text, f"{reason}; or say under units in the mapping what it is")
        return unit

    def amount(self, path: str, value: Element) -> dict[str, Any]:
        """A number with its unit."""
        return self._with_unit(path, value, self.number)

    def quantity(self, path: str, value: Element) -> dict[str, Any]:
        """How much there is of a material, with its unit: never less than nothing."""
        return self._with_unit(path, value, self._not_negative)

    def _with_unit(self, path: str, value: Element, number: Callable[[str, str], Decimal]) -> dict[str, Any]:
        text = value.text_at("QuantityString") or value.text_at("ValueString")
        return together(lambda: {"value": number(path, text)}, lambda: self._unit_of(path, value))

    def _unit_of(self, path: str, value: Element) -> dict[str, str]:
        return {"unit": self.unit(f"{path}/UnitOfMeasure", value.text_at("UnitOfMeasure"))}

    def _not_negative(self, path: str, text: str) -> Decimal:
        found = self.number(path, text)
        if found < 0:
            raise Fault(path, text, "is negative: what came back is another use; write the quantity of this one")
        return found

    def material(self, code: str) -> str:
        """A material's code as it is known here."""
        return self.mapping.materials.get(code, code)

    def result(self, path: str, value: Element) -> dict[str, Any]:
        """A result: a number with its unit and perhaps a sign before it, or a word of the mapping's list.

        A word needs no unit. A blank or nil result is refused: a test that was done would else be lost in silence.
        """
        text = value.text_at("ValueString") or value.text
        if not text:
            raise Fault(path, "", "states no result, but is blank or nil: write it, or leave the element out")
        if (meaning := self.mapping.words.get(text)) is not None:
            if meaning in set(Qualifier):
                return {"text": text, "qualifier": meaning, "unit": "1"}
            unit = self._unit_of(path, value) if value.text_at("UnitOfMeasure") else {"unit": "1"}
            return {"text": meaning} | unit
        return together(lambda: self._number_with_sign(path, text), lambda: self._unit_of(path, value))

    def _number_with_sign(self, path: str, text: str) -> dict[str, Any]:
        qualifier, number = signed(text) or (None, text)
        try:
            return {"value": read_number(number), "qualifier": qualifier}
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


def _as_iso(text: str) -> str:
    """What XML Schema writes otherwise: a day with an offset is that day, and 24:00:00 the midnight at a day's end."""
    if day := _DAY_WITH_OFFSET(text):
        return day[1]
    if end := _END_OF_DAY(text):
        return f"{date.fromisoformat(end[1]) + timedelta(days=1)}T00:00:00{end[2] or ''}"
    return text
