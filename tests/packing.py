"""What is stated of a stage that a packer does."""

from typing import Any

RECORD = {"record_version": "P-1", "digest": "0d" * 32}
BEGUN: dict[str, Any] = {"started_at": "2018-12-10", "equipment": ["BLISTER-02"]}
ENDED = BEGUN | {"ended_at": "2018-12-12", "actual_quantity": {"value": "7900", "unit": "{pack}"}}
