"""How a partner's columns become our records: declared in YAML, versioned, approved by quality."""

from partner_feeds.mappings.faults import MappingFault, MappingInvalid
from partner_feeds.mappings.load import load, shipped, shipped_documents
from partner_feeds.mappings.model import Mapping
from partner_feeds.mappings.translate import translate

__all__ = ["Mapping", "MappingFault", "MappingInvalid", "load", "shipped", "shipped_documents", "translate"]
