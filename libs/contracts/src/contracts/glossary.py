"""What the fields and parameters of the published language mean: one name means one thing, in every service."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


@cache
def glossary() -> Mapping[str, str]:
    """Each name with a sentence of what it means; ``Schema.field`` where a name means something else there."""
    text = files("contracts").joinpath("glossary.toml").read_text("utf-8")
    said = [each for words in tomllib.loads(text).values() for each in words.items()]
    return {name: sentence for names, sentence in said for name in _each(names)}


def _each(names: str) -> Iterator[str]:
    """``One|Other.field`` is a word of two schemas."""
    schemas, _, field = names.rpartition(".")
    return (f"{schema}.{field}".lstrip(".") for schema in schemas.split("|"))
