"""Quotas of Kafka's users, which no client library of ours can set: the request that does (AlterClientQuotas)."""

from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

_KEY = 49
_TEXT = String("utf-8")
_ENTITY = ("entity", Array(("entity_type", _TEXT), ("entity_name", _TEXT)))


class _Altered(Response):  # type: ignore[misc]
    API_KEY, API_VERSION = _KEY, 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32), ("entries", Array(("error_code", Int16), ("error_message", _TEXT), _ENTITY))
    )


class _Alter(RequestStruct):  # type: ignore[misc]
    API_KEY, API_VERSION, RESPONSE_TYPE = _KEY, 0, _Altered
    SCHEMA = Schema(
        ("entries", Array(_ENTITY, ("ops", Array(("key", _TEXT), ("value", Float64), ("remove", Boolean))))),
        ("validate_only", Boolean),
    )


class _AlterQuotas(Request[_Alter]):  # type: ignore[misc]
    API_KEY = _KEY

    def __init__(self, wanted: Mapping[str, Mapping[str, float]]) -> None:
        self._entries = [
            ([("user", user)], [(name, value, False) for name, value in limits.items()])
            for user, limits in wanted.items()
        ]

    def build(self, request_struct_class: type[_Alter]) -> _Alter:
        return request_struct_class(self._entries, False)


async def limit(admin: AIOKafkaAdminClient, wanted: Mapping[str, Mapping[str, float]]) -> None:
    """Give each user its limits. Raises a KafkaError for what the broker refuses."""
    answer: Any = await admin._send_to_controller(_AlterQuotas(wanted))
    for code, message, entity in answer.entries:
        if code:
            raise for_code(code)(f"{entity}: {message}")
