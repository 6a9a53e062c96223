"""What is signed, as one text: the same content gives the same text, and so the same digest, years later."""

import hashlib
import json
from typing import Any


def canonical_json(said: Any) -> str:
    """JSON with its keys in order and no spaces between."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """The digest of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
