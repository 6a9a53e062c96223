"""Lots of material in B2MML: their use in a batch, and their status."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from partner_feeds.readers.xml_text import Element
from partner_feeds.records.batch_records import LotStatus, MaterialUse
from partner_feeds.records.model import Record
from partner_feeds.translation.b2mml_words import Fault, Reading, id_of, revision_at, use_of, word_of, written

Content = tuple[type[Record], dict[str, Any]]


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

    def entry(self, id_: str, nth: int = 1) -> dict[str, Any]:
        """The id and revision of an entry with an EntryID, which is the record's only one; of its ``nth`` value."""
        return {"record_id": f"{self.record_id}/{id_}" + (f"[{nth}]" if nth > 1 else ""), "revision": self.revision}

    def unnamed(self, name: str) -> dict[str, Any]:
        """The id and revision of the next entry of this name, which has no id of its own."""
        self.seen[name] += 1
        return self.entry(name, self.seen[name])


def material_use(element: Element, around: Around, reading: Reading) -> Iterator[Content]:
    """The use of a lot, one element a lot. Raises Fault."""
    use = use_of(element)
    if use is None:
        return
    lots, quantities = element.all("MaterialLotID"), element.all("Quantity")
    if len(lots) != 1 or not lots[0].text:
        raise Fault("MaterialLotID", "", f"{len(lots)} lots are named, and one is wanted: write an element for each")
    if len(quantities) > 1:
        raise Fault("Quantity", "", f"{len(quantities)} quantities are given: which one was used?")
    sublot = element.text_at("MaterialSubLotID") or element.text_at("MaterialSublotID")
    yield (
        MaterialUse,
        around.unnamed("/".join(filter(None, (around.step, element.name))))
        | {
            "occurred_at": around.step_ended or around.made_at,
            "lot": around.lot,
            "material": reading.material(element.text_at("MaterialDefinitionID")),
            "number": lots[0].text,
            "sublot": sublot or None,
            "use": use,
            "quantity": reading.amount("Quantity", quantities[0]) if quantities else None,
            "step": around.step or None,
        },
    )


def lot_status(lot: Element, information_id: str, made_at: str, reading: Reading) -> Content:
    """The status of a lot of material; what was made later amends. Raises Fault."""
    of_itself = reading.mapping.lots_of == "MaterialDefinitionID"
    material = lot.text_at("MaterialDefinitionID") if of_itself else information_id
    if not material:
        reason = "of which material is the lot? Give it, or write lots_of: MaterialInformation in the mapping"
        raise Fault("MaterialDefinitionID", "", reason)
    named = {id_of(each): written(each) for each in lot.all("MaterialLotProperty")}
    named |= {each.name: each.text for each in lot.children if each.name in reading.mapping.expiry}
    expiry = next((named[name] for name in reading.mapping.expiry if named.get(name)), "")
    quantity = next(iter(lot.all("Quantity")), None)
    code, number = reading.material(material), lot.text_at("ID")
    return LotStatus, {
        "record_id": f"{code}/{number}",
        "revision": revision_at(made_at),
        "occurred_at": made_at,
        "lot": {"material": code, "number": number},
        "status": word_of(lot, "Status"),
        "expiry": reading.moment("ExpiryDate", expiry)[:10] if expiry else None,
        "quantity": reading.amount("Quantity", quantity) if quantity else None,
    }
