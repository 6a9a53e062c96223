"""Whatever a test receives is held against the OpenAPI document of the service that answered."""

import re
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from jsonschema_rs import Draft202012Validator


class Answers:
    """The answers of one app."""

    def __init__(self, app: FastAPI) -> None:
        self._document = app.openapi()
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path)
            for path in sorted(self._document["paths"], key=lambda path: path.count("{"))
        ]
        self._validator = cache(self._validator_of)

    async def check(self, response: httpx.Response) -> None:
        """Fail for a status, a type or a body that the document does not know; for use as httpx's hook."""
        path = next((path for pattern, path in self._paths if pattern.fullmatch(response.url.path)), None)
        operation = self._document["paths"].get(path, {}).get(response.request.method.lower())
        if path is None or operation is None:
            return
        where = f"{response.request.method} {path} answered {response.status_code}"
        answer = self._answer(operation, response.status_code)
        assert answer is not None, f"{where}, which its document does not know"
        kind = response.headers.get("content-type", "").partition(";")[0]
        content = answer.get("content", {})
        assert not content or kind in content or "*/*" in content, (
            f"{where} with {kind}; its document says {', '.join(content)}"
        )
        if kind.endswith("json") and kind in content:
            await response.aread()
            validator = self._validator(path, response.request.method.lower(), response.status_code, kind)
            errors = validator.iter_errors(response.json())
            faults = [f"{error.instance_path}: {error.message[:300]}" for error in errors]
            assert not faults, f"{where}, and its document says otherwise: {'; '.join(faults[:5])}"

    def _answer(self, operation: Any, status: int) -> Any:
        """What the document says of a status; all refusals of one status are said in one place."""
        answer = operation["responses"].get(str(status))
        if answer and "$ref" in answer:
            return self._document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        return answer

    def _validator_of(self, path: str, method: str, status: int, kind: str) -> Any:
        answer = self._answer(self._document["paths"][path][method], status)
        schema = answer["content"][kind]["schema"]
        return Draft202012Validator(schema | {"components": self._document.get("components", {})})
