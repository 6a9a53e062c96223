"""Which facts a reader asked for, and which it may see."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka.structs import ConsumerRecord

from contracts import contracts, to_structured
from runtime.problems import Problem


def full_types(names: Sequence[str]) -> frozenset[str]:
    """CloudEvents types of full or short names; a short name such as ``DeviationRaised`` means all its versions.

    Raises a 400 Problem for a name that no fact has: a typing error would otherwise be a stream that stays silent.
    """
    known = {contract.type: contract.type.split(".")[-2] for contract in contracts()}
    for name in names:
        if name not in known and name not in known.values():
            near = difflib.get_close_matches(name, {*known.values(), *known}, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise Problem(400, "unknown-type", f"there is no fact called {name}{hint}")
    return frozenset(type_ for type_, short in known.items() if not names or type_ in names or short in names)


def _mentions(data: Any, field: str, id: str) -> bool:
    """Whether ``field``, or a field such as ``laboratory_<field>``, holds the id anywhere in a fact."""
    if isinstance(data, dict):
        return any(
            (value == id and (name == field or name.endswith(f"_{field}"))) or _mentions(value, field, id)
            for name, value in data.items()
        )
    return isinstance(data, list) and any(_mentions(item, field, id) for item in data)


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for (None asks for everything) and ``party``, whose facts alone may be seen."""

    types: frozenset[str]
    partner: UUID | None = None
    site: UUID | None = None
    key: str | None = None
    party: UUID | None = None

    def topics(self) -> list[str]:
        """The topics that carry what is asked for."""
        return sorted({contract.topic for contract in contracts() if contract.type in self.types})

    def event(self, record: ConsumerRecord) -> dict[str, Any] | None:
        """The record as a CloudEvent in JSON, or None where it is not asked for or may not be seen.

        Raises ValueError for a record that is no CloudEvent.
        """
        # Headers first: most records end here, and none of them is parsed.
        headers = dict(record.headers)
        parties = headers.get("ce_parties", b"").decode("ascii", "replace").split(",")
        if headers.get("ce_type", b"").decode("utf-8", "replace") not in self.types:
            return None
        if self.key is not None and (record.key or b"") != self.key.encode():
            return None
        if self.party is not None and str(self.party) not in parties:
            return None
        event = to_structured(record.key, record.value, record.headers)
        wanted = str(self.partner)
        if self.partner and wanted not in parties and not _mentions(event["data"], "partner_id", wanted):
            return None
        if self.site and not _mentions(event["data"], "site_id", str(self.site)):
            return None
        return event
