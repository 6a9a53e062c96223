"""What a batch record is made of (ISA-88.04, as B2MML and BatchML write it)."""

from enum import StrEnum

from contracts.fact import Part


class RecordCounts(Part):
    """How much of what a batch record holds, taken or not: a record of 12 phases and 3 exceptions says 12 and 3."""

    phases: int = 0
    events: int = 0
    exceptions: int = 0
    alarms: int = 0
    """Also those that name no limit, and become no fact."""
    materials: int = 0
    """Lots consumed and produced."""
    results: int = 0
    """In-process results."""
    values: int = 0
    """Named process values, of which only those that the mapping lists become facts."""
    data_sets: int = 0
    signatures: int = 0
    comments: int = 0
    changes: int = 0


class Use(StrEnum):
    """What became of a lot of material."""

    consumed = "consumed"
    produced = "produced"
    byproduct = "byproduct"
