"""Kafka's users, rights and quotas: brought to what ``installation.rights`` says, no right more and none less."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import confluent_kafka.admin

from installation import quotas
from installation.rights import Needs, Right, rights
from installation.rights import quotas as wanted_quotas
from runtime.settings import Settings
from runtime.topics import administration

_kafka: Any = confluent_kafka.admin
_OPERATIONS = {"Write": "WRITE", "Read": "READ", "DescribeConfigs": "DESCRIBE_CONFIGS"}
_EVERYWHERE = "*"
_ITERATIONS = 8192
"""Of SCRAM, twice what Kafka asks for at least; the passwords are random anyhow."""
_PATIENCE = 30.0


async def grant(
    settings: Settings, administrator: Settings, services: Iterable[Needs], passwords: Mapping[str, str]
) -> list[str]:
    """Let each service log in with its password and do what it must; take away from it what is too much.

    ``settings`` are those of the services. Gives a sentence for each right that was given or taken. What others than
    these services may do on the cluster stays as it is. Raises a KafkaException or KafkaError for what is refused.
    """
    needs = list(services)
    logins = {settings.kafka_user_of(each.service): passwords[each.service] for each in needs}
    changed = await asyncio.to_thread(_grant, administrator, logins, rights(settings, needs))
    async with administration(administrator) as admin:
        await quotas.limit(admin, wanted_quotas(settings, needs))
    return changed


def _as_administrator(settings: Settings) -> dict[str, Any]:
    """As ``runtime.kafka.client`` says it, in the words of the other library."""
    given = {
        "bootstrap.servers": settings.kafka_bootstrap_servers,
        "security.protocol": settings.kafka_security_protocol,
        "sasl.mechanism": settings.kafka_sasl_mechanism,
        "sasl.username": settings.kafka_user_of(""),
        "sasl.password": settings.kafka_password.get_secret_value(),
        "ssl.ca.location": settings.kafka_ca_file,
    }
    return {name: value for name, value in given.items() if value}


def _grant(administrator: Settings, logins: Mapping[str, str], allowed: set[Right]) -> list[str]:
    admin = _kafka.AdminClient(_as_administrator(administrator))
    mechanism = _kafka.ScramMechanism[administrator.kafka_sasl_mechanism.replace("-", "_")]
    how = _kafka.ScramCredentialInfo(mechanism, _ITERATIONS)
    upserts = [_kafka.UserScramCredentialUpsertion(user, how, text.encode()) for user, text in logins.items()]
    _done(admin.alter_user_scram_credentials(upserts))
    present = {each for each in admin.describe_acls(_any()).result(_PATIENCE) if _user_of(each) in logins}
    wanted = {_binding(right) for right in allowed}
    missing, too_many = sorted(wanted - present, key=_said), sorted(present - wanted, key=_said)
    if missing:
        _done(admin.create_acls(missing))
    if too_many:
        _done(admin.delete_acls([_exactly(each) for each in too_many]))
    return [f"given: {_said(each)}" for each in missing] + [f"taken: {_said(each)}" for each in too_many]


def _any() -> Any:
    resource = _kafka.ResourceType.ANY, None, _kafka.ResourcePatternType.ANY
    return _kafka.AclBindingFilter(*resource, None, None, _kafka.AclOperation.ANY, _kafka.AclPermissionType.ANY)


def _binding(right: Right) -> Any:
    resource = _kafka.ResourceType[right.kind.upper()], right.name, _kafka.ResourcePatternType.LITERAL
    operation = _kafka.AclOperation[_OPERATIONS[right.operation]]
    return _kafka.AclBinding(*resource, f"User:{right.user}", _EVERYWHERE, operation, _kafka.AclPermissionType.ALLOW)


def _exactly(found: Any) -> Any:
    resource = found.restype, found.name, found.resource_pattern_type
    return _kafka.AclBindingFilter(*resource, found.principal, found.host, found.operation, found.permission_type)


def _user_of(found: Any) -> str:
    return str(found.principal).removeprefix("User:")


def _said(one: Any) -> str:
    """One right in words, its pattern too: one that was too much may have been for whatever begins with a name."""
    what = f"{one.operation.name} {one.restype.name} {one.name} ({one.resource_pattern_type.name})"
    return f"{_user_of(one)} from {one.host}: {one.permission_type.name} {what}"


def _done(futures: Mapping[Any, Any]) -> None:
    for future in futures.values():
        future.result(_PATIENCE)
