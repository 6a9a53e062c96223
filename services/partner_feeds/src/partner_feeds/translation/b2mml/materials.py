"""Lots of material in B2MML: their use in a batch, and their status."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from partner_feeds.readers.xml_text import Element
from partner_feeds.records.batch_records import LotStatus, MaterialUse
from partner_feeds.records.model import Record
from partner_feeds.translation.b2mml.reading import Fault, Reading, together
from partner_feeds.translation.b2mml.words import id_of, revision_at, use_of, word_of, written

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
    if len(lots) != 1 or not lots[0].text:
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
    properties = {id_of(each): written(each) for each in lot.all("MaterialLotProperty")}
    properties |= {each.name: each.text for each in lot.children if each.name in reading.mapping.expiry}
    expiry = next((properties[name] for name in reading.mapping.expiry if properties.get(name)), "")
    return reading.moment("ExpiryDate", expiry)[:10] if expiry else None
