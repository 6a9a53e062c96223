"""Whatever a test receives is held against the OpenAPI document of the service that answered."""

import re
from functools import cache
from urllib.parse import quote

import httpx
from fastapi import FastAPI
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

DOCUMENT = "urn:entente:document"


class Answers:
    """The answers of one app."""

    def __init__(self, app: FastAPI) -> None:
        self._document = app.openapi()
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path)
            for path in sorted(self._document["paths"], key=lambda path: path.count("{"))
        ]
        # Read once: with a copy of the document for each, the validators were dearer than all that they look at.
        self._registry = Registry([(DOCUMENT, self._document)], draft=Draft202012)
        self._validator = cache(self._validator_of)

    async def check(self, response: httpx.Response) -> None:
        """Fail for a status, a type or a body that the document does not know; for use as httpx's hook."""
        path = next((path for pattern, path in self._paths if pattern.fullmatch(response.url.path)), None)
        method = response.request.method.lower()
        operation = self._document["paths"].get(path, {}).get(method)
        if path is None or operation is None:
            return
        where = f"{response.request.method} {path} answered {response.status_code}"
        answer = operation["responses"].get(str(response.status_code))
        assert answer is not None, f"{where}, which its document does not know"
        place: tuple[str, ...] = ("paths", path, method, "responses", str(response.status_code))
        if "$ref" in answer:  # all refusals of one status are said in one place
            place = tuple(answer["$ref"].split("/")[1:])
            answer = self._document["components"]["responses"][place[-1]]
        kind = response.headers.get("content-type", "").partition(";")[0]
        content = answer.get("content", {})
        assert not content or kind in content or "*/*" in content, (
            f"{where} with {kind}; its document says {', '.join(content)}"
        )
        if kind.endswith("json") and kind in content:
            await response.aread()
            errors = self._validator(*place, "content", kind, "schema").iter_errors(response.json())
            faults = [f"{error.instance_path}: {error.message[:300]}" for error in errors]
            assert not faults, f"{where}, and its document says otherwise: {'; '.join(faults[:5])}"

    def _validator_of(self, *place: str) -> Draft202012Validator:
        """Of the schema at a place of the document."""
        pointer = "/".join(quote(each.replace("~", "~0").replace("/", "~1"), safe="~") for each in place)
        return Draft202012Validator({"$ref": f"{DOCUMENT}#/{pointer}"}, registry=self._registry)
