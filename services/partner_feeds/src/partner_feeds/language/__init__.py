"""The language of mappings: how a partner's columns become our records, declared in YAML."""

from partner_feeds.language.batch_records import BatchRecordMapping
from partner_feeds.language.faults import MappingFault, MappingInvalid
from partner_feeds.language.load import AnyMapping, load, load_any, shipped, shipped_documents
from partner_feeds.language.mapping import Mapping

__all__ = [
    "AnyMapping",
    "BatchRecordMapping",
    "Mapping",
    "MappingFault",
    "MappingInvalid",
    "load",
    "load_any",
    "shipped",
    "shipped_documents",
]
