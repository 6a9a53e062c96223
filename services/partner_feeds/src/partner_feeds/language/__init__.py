"""The language of mappings: how a partner's columns become our records, declared in YAML."""

from partner_feeds.language.faults import MappingFault, MappingInvalid
from partner_feeds.language.load import load, shipped, shipped_documents
from partner_feeds.language.mapping import Mapping

__all__ = ["Mapping", "MappingFault", "MappingInvalid", "load", "shipped", "shipped_documents"]
