"""Text into YAML, so that it is read back as it was."""

import re
from collections.abc import Iterable, Mapping

import yaml

_PLAIN = re.compile(r"[^\W\d][\w ./-]*(?<! )").fullmatch
_WORDS = ("yes", "no", "true", "false", "null", "on", "off")


def quoted(text: str) -> str:
    """A text as a key or value: in quotes where it could be taken for anything else."""
    if _PLAIN(text) and text.isascii() and text.lower() not in _WORDS:
        return text
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**6).strip()


def in_list(texts: Iterable[str]) -> str:
    """A list in one line."""
    return f"[{', '.join(map(quoted, texts))}]"


def in_pairs(pairs: Mapping[str, str]) -> str:
    """A mapping in one line."""
    return f"{{{', '.join(f'{quoted(key)}: {quoted(value)}' for key, value in pairs.items())}}}"
