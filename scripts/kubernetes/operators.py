"""What the operators of a production cluster are told: topics, rights, what counts as lag, which path leads where."""

from typing import Any

from cli.installing import Installing, states
from cli.origin.security import HEADERS
from cli.services import MOUNTED
from contracts import PARTITIONS
from contracts import topics as all_topics
from installation.rights import Needs, Right, needs_of, quotas, rights
from runtime.settings import Settings
from runtime.topics import CONFIGURATION
from scripts.kubernetes.processes import metadata

COPIES = 3
_OF_STRIMZI = {"strimzi.io/cluster": "kafka"}
_STRIMZI = "kafka.strimzi.io/v1beta2"
_KAFKA = "kafka-kafka-bootstrap.entente.svc:9092"
"""As KEDA finds it, from its own namespace."""
_QUOTAS = {"producer_byte_rate": "producerByteRate", "consumer_byte_rate": "consumerByteRate"}
_LAG = 1000
"""Facts that wait, for each further worker: what one applies in some ten seconds."""

_INSTALLATION = Installing.model_fields["admin_kafka_username"].default

Documents = list[dict[str, Any]]


def files() -> dict[str, Documents]:
    """By file under deploy/k8s/components what stands in it."""
    needs, settings = [needs_of(state) for state in states()], Settings(local=True)
    return {
        "strimzi/topics.yaml": [_topic(name) for name in all_topics()],
        "strimzi/users.yaml": [*(_user(each, settings, needs) for each in needs), _installation()],
        "keda/workers.yaml": [document for each in needs if each.in_group for document in _scaled(each, settings)],
        "autoscaling/apis.yaml": [_autoscaled(name) for name in MOUNTED],
        "gateway-api/routes.yaml": [*(_route(name) for name in MOUNTED), _others()],
    }


def _topic(name: str) -> dict[str, Any]:
    """As ``entente install kafka`` makes it, and three times over."""
    kept: dict[str, Any] = {
        key: int(value) if value.lstrip("-").isdigit() else value for key, value in CONFIGURATION.items()
    }
    return {
        "apiVersion": _STRIMZI,
        "kind": "KafkaTopic",
        "metadata": metadata(name, **_OF_STRIMZI),
        "spec": {"partitions": PARTITIONS, "replicas": COPIES, "config": kept | {"min.insync.replicas": 2}},
    }


def _installation() -> dict[str, Any]:
    """The login of operations: it sees what every topic holds, and writes nothing: topics and rights are Strimzi's."""
    every = {"type": "topic", "name": "*", "patternType": "literal"}
    rule = {"resource": every, "operations": ["Read", "Describe", "DescribeConfigs"]}
    return _login(_INSTALLATION, {"name": "kafka-administrators", "key": "installation"}, [rule])


def _user(needs: Needs, settings: Settings, every: list[Needs]) -> dict[str, Any]:
    """A service's login and its rights: no more than ``installation.rights`` says."""
    user = settings.kafka_user_of(needs.service)
    allowed = sorted(rights(settings, [needs]), key=lambda right: (right.kind, right.name, right.operation))
    more = {"quotas": {_QUOTAS[name]: int(value) for name, value in quotas(settings, every)[user].items()}}
    secret = {"name": f"kafka-{needs.service}", "key": "password"}
    return _login(user, secret, [_rule(right) for right in allowed], **more)


def _login(user: str, secret: dict[str, str], rules: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": _STRIMZI,
        "kind": "KafkaUser",
        "metadata": metadata(user, **_OF_STRIMZI),
        "spec": {
            "authentication": {"type": "scram-sha-512", "password": {"valueFrom": {"secretKeyRef": secret}}},
            "authorization": {"type": "simple", "acls": rules},
            **more,
        },
    }


def _rule(right: Right) -> dict[str, Any]:
    what = {"type": right.kind.lower(), "name": right.name, "patternType": "literal"}
    return {"resource": what, "operations": [right.operation]}


def _scaled(needs: Needs, settings: Settings) -> Documents:
    """More workers while facts wait in Kafka; never more than a topic has partitions, for they would have nothing."""
    name = needs.service
    known = [("username", f"kafka-{name}", "username"), ("password", f"kafka-{name}", "password")]
    known += [("ca", "kafka-cluster-ca-cert", "ca.crt")]
    asked = {"bootstrapServers": _KAFKA, "consumerGroup": settings.topic(name), "lagThreshold": str(_LAG)}
    asked |= {"sasl": "scram_sha512", "tls": "enable"}
    settled = {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 600}}}
    return [
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "TriggerAuthentication",
            "metadata": metadata(f"kafka-{name}"),
            "spec": {"secretTargetRef": [{"parameter": it, "name": of, "key": key} for it, of, key in known]},
        },
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": metadata(f"{name}-worker"),
            "spec": {
                "scaleTargetRef": {"name": f"{name}-worker"},
                "minReplicaCount": 2,
                "maxReplicaCount": PARTITIONS,
                "advanced": {"horizontalPodAutoscalerConfig": settled},
                "triggers": [{"type": "kafka", "metadata": asked, "authenticationRef": {"name": f"kafka-{name}"}}],
            },
        },
    ]


def _autoscaled(name: str) -> dict[str, Any]:
    used = {"type": "Utilization", "averageUtilization": 70}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(f"{name}-api"),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-api"},
            "minReplicas": 2,
            "maxReplicas": 6,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": used}}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 600}},
        },
    }


def _route(name: str) -> dict[str, Any]:
    """A service's API under the path that the service itself puts before what it names, and the page about it."""
    rules = [
        {"matches": [_path("Exact", f"/api/{name}/docs")], "backendRefs": _to("front")},
        _rule_of(
            _path("PathPrefix", f"/api/{name}"),
            f"{name}-api",
            {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"},
        ),
    ]
    return _http_route(name, rules)


def _others() -> dict[str, Any]:
    """What is no service's alone: who I am, the stream of facts, which never ends, and the pages."""
    me = {"type": "ReplaceFullPath", "replaceFullPath": "/v1/me"}
    stream = {"type": "ReplaceFullPath", "replaceFullPath": "/v1/events"}
    rules = [
        _rule_of(_path("Exact", "/api/me"), "partner-registry-api", me),
        _rule_of(_path("Exact", "/events"), "event-stream-api", stream) | {"timeouts": {"request": "0s"}},
        {"matches": [_path("PathPrefix", "/")], "backendRefs": _to("front")},
    ]
    return _http_route("entente", rules)


def _http_route(name: str, rules: Documents) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": metadata(name),
        "spec": {"parentRefs": [{"name": "entente"}], "rules": rules},
    }


def _rule_of(match: dict[str, Any], service: str, path: dict[str, str]) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in HEADERS.items()]
    filters = [
        {"type": "URLRewrite", "urlRewrite": {"path": path}},
        {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": headers}},
    ]
    return {"matches": [match], "filters": filters, "backendRefs": _to(service)}


def _path(kind: str, value: str) -> dict[str, Any]:
    return {"path": {"type": kind, "value": value}}


def _to(service: str) -> Documents:
    return [{"name": service, "port": 8000}]
