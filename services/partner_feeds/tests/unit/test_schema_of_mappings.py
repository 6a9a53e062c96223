"""The JSON Schema of the language takes what the language takes: an editor must not mark what loads."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from partner_feeds.language.load import load_any, shipped_documents

ROOT = Path(__file__).parents[4]
SCHEMA = json.loads((ROOT / "docs/mapping.schema.json").read_text("utf-8"))
_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def _documents() -> list[str]:
    """Mappings that are shipped, and those of the guides that are whole."""
    guides = [(ROOT / "docs/guides" / name).read_text("utf-8") for name in ("connect-a-lims.md", "write-a-mapping.md")]
    blocks = [block for guide in guides for block in _BLOCK.findall(guide) if re.match(r"(?:#.*\n)*code:", block)]
    return [*shipped_documents(), *blocks]


@pytest.mark.parametrize("document", _documents(), ids=lambda text: re.search(r"^code: *(\S+)", text, re.M)[1])  # type: ignore[index]
def test_what_loads_is_valid(document: str) -> None:
    load_any(document)
    given: Any = yaml.safe_load(document)
    wrong = Draft202012Validator(SCHEMA).iter_errors(given)
    assert [f"{error.instance_path}: {error.message[:200]}" for error in wrong] == []


def test_a_misspelt_word_is_not() -> None:
    given = yaml.safe_load(_documents()[0])
    given["columms"] = given.pop("columns")
    assert not Draft202012Validator(SCHEMA).is_valid(given)
