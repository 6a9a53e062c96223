"""What facts say of whom and what a record is about."""

from typing import Any, Final
from uuid import UUID

_NAMES: Final = ("partner_id", "site_id", "product_id")


def about(record: Any) -> dict[str, UUID | None]:
    """The partner, site and product of a batch, or of a record that is a cause; None where there is no record."""
    return {name: getattr(record, name, None) for name in _NAMES}
