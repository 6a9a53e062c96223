"""Lots of material in B2MML: their use in a batch, and their status."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from partner_feeds.readers.xml_text import Element
from partner_feeds.records.batch_records import LotStatus, MaterialUse
from partner_feeds.records.model import Record
from partner_feeds.translation.b2mml.reading import Fault, Reading, together
from partner_feeds.translation.b2mml.words import id_of, revision_at, says_no_use, use_of, word_of, written

Content = tuple[type[Record], dict[str, Any]]
Make = Callable[[], Content]
"""Gives the content of one of an element's records, or raises Fault."""


@dataclass(slots=True)
class Around:
    """What stands around an entry: its record and its step."""

    record_id: str
    revision: int
    lot: dict[str, str] | None
    made_at: str
    """When the message was made: dates what carries no time of its own."""
    step: str = ""
    step_ended: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    """Entries so far that have no id, by name: what happened twice is two."""
    told: list[str] = field(default_factory=list)
    """What the sender should know of the entry that is being read, though it is taken."""

    def entry(self, id_: str, nth: int = 1) -> dict[str, Any]:
        """The id and revision of an entry with an EntryID, which is the record's only one; of its ``nth`` value."""
        return {"record_id": f"{self.record_id}/{id_}" + (f"[{nth}]" if nth > 1 else ""), "revision": self.revision}

    def unnamed(self, name: str) -> dict[str, Any]:
        """The id and revision of the next entry of this name, which has no id of its own.

        Asked for before anything of the entry is read: one that is refused must not give its id to the next.
        """
        self.seen[name] += 1
        return self.entry(name, self.seen[name])

    def batch(self) -> dict[str, Any]:
        """The lot that the record is of. Raises Fault."""
        if self.lot is None:
            raise Fault("", "", "the record names no batch: give LotID or BatchID, and MaterialDefinitionID")
        return {"lot": self.lot}


def material_use(element: Element, around: Around, reading: Reading) -> Iterator[Make]:
    """The use of a lot, one element a lot."""
    use = use_of(element)
    if says_no_use(element):
        said = word_of(element, "MaterialUse")
        around.told.append(
            f"{f'says {said}' if said else 'does not say'} what became of it, and nothing follows from it"
        )
    if use is None:
        return
    sublot = element.text_at("MaterialSubLotID") or element.text_at("MaterialSublotID")
    stated = around.unnamed("/".join(filter(None, (around.step, element.name)))) | {
        "occurred_at": around.step_ended or around.made_at,
        "lot": around.lot,
        "material": reading.material(element.text_at("MaterialDefinitionID")),
        "sublot": sublot or None,
        "use": use,
        "step": around.step or None,
    }
    yield lambda: (
        MaterialUse,
        stated | together(lambda: {"number": one_lot(element)}, lambda: {"quantity": one_quantity(element, reading)}),
    )


def one_lot(element: Element) -> str:
    """The number of the lot that was used or produced. Raises Fault."""
    lots = element.all("MaterialLotID")
    if len(lots) == 1 and not lots[0].text:
        raise Fault("MaterialLotID", "", "is empty: write the number of the lot that was used or produced")
    if len(lots) != 1:
        raise Fault("MaterialLotID", "", f"{len(lots)} lots are named, and one is wanted: write an element for each")
    return lots[0].text


def one_quantity(element: Element, reading: Reading) -> dict[str, Any] | None:
    """How much; None where nothing is said of it. Raises Fault."""
    quantities = element.all("Quantity")
    if len(quantities) > 1:
        raise Fault("Quantity", "", f"{len(quantities)} quantities are given: which one is meant?")
    return reading.quantity("Quantity", quantities[0]) if quantities else None


def lot_status(lot: Element, information_id: str, made_at: str, reading: Reading) -> Content:
    """The status of a lot of material; what was made later amends. Raises Fault."""
    of_itself = reading.mapping.lots_of == "MaterialDefinitionID"
    material = lot.text_at("MaterialDefinitionID") if of_itself else information_id
    if not material:
        reason = "of which material is the lot? Give it, or write lots_of: MaterialInformation in the mapping"
        raise Fault("MaterialDefinitionID", "", reason)
    code, number = reading.material(material), lot.text_at("ID")
    stated = {"record_id": f"{code}/{number}", "lot": {"material": code, "number": number}}
    return LotStatus, stated | {"status": word_of(lot, "Status")} | together(
        lambda: _told_at(made_at, reading),
        lambda: {"expiry": _expiry(lot, reading)},
        lambda: {"quantity": one_quantity(lot, reading)},
    )


def _told_at(made_at: str, reading: Reading) -> dict[str, Any]:
    moment = reading.moment("CreationDateTime", made_at)
    return {"occurred_at": moment, "revision": revision_at(moment)}


def _expiry(lot: Element, reading: Reading) -> str | None:
    """The day on which the lot expires; None where that is not said."""
    stated = [(name, text) for name, text in _named(lot) if name in reading.mapping.expiry and text]
    days = {reading.moment("ExpiryDate", text)[:10] for _, text in stated}
    if len(days) > 1:
        texts = ", ".join(f"{text} ({name})" for name, text in dict.fromkeys(stated))
        raise Fault("ExpiryDate", texts, f"{len(days)} days of expiry: write the one that holds, and no other")
    return next(iter(days), None)


def passed_over_as_expiry(lot: Element, reading: Reading) -> Iterator[str]:
    """What to tell of properties that differ from a name of the mapping's expiry in case or blanks alone."""
    names = reading.mapping.expiry
    alike = {_as_one_word(name) for name in names}
    for name, text in dict.fromkeys(_named(lot)):
        if text and name not in names and _as_one_word(name) in alike:
            yield (
                f"has {name} {text}, which is not taken as its expiry: it is called {' or '.join(names)}; "
                f"write it so, or list {name} under expiry in the mapping"
            )


def _named(lot: Element) -> Iterator[tuple[str, str]]:
    """The properties of a lot and its own fields, each with its text."""
    yield from ((id_of(each), written(each)) for each in lot.all("MaterialLotProperty"))
    yield from ((each.name, each.text) for each in lot.children)


def _as_one_word(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
