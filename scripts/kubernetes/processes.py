"""What each service is to Kubernetes: its API, its worker, how they are found, and who they are to others.

What all processes have alike stands in deploy/k8s/components/alike, which kustomize lays over each of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cli.services import MOUNTED, WITH_A_LEDGER

IMAGE = "entente/platform"
_SPOOL = "/spool"
_OWN_WORDS = {"event-stream": [("ENTENTE_STREAM_TICKET_KEY", "event-stream-tickets", "key")]}
"""What a service alone must know: variable, secret, key."""
KEPT_ALIVE = 75
"""Seconds: longer than gateways keep a connection that they do not use, as the guide asks of them."""
_HOURS = 12
"""After which what people opened is closed."""
_TAKE_IN_FILES = frozenset({"partner-feeds", "contracting"})


def of(name: str) -> list[dict[str, Any]]:
    """Everything that Kubernetes is told of one service."""
    kinds = ("api", "worker") if name in WITH_A_LEDGER else ("api",)
    found: list[dict[str, Any]] = [_account(name), _found_as(name)]
    for kind in kinds:
        found += [_deployment(name, kind), _disruption(name, kind)]
    return found


def labels(name: str, kind: str) -> dict[str, str]:
    """By which the pods of a process are known."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": kind}


def metadata(name: str, **more: Any) -> dict[str, Any]:
    """A name, and to what it belongs."""
    return {"name": name, "labels": {"app.kubernetes.io/part-of": "entente"} | more}


def _account(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(name),
        "automountServiceAccountToken": False,
    }


def _found_as(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(f"{name}-api", **labels(name, "api")),
        "spec": {"selector": labels(name, "api"), "ports": [{"name": "http", "port": 8000, "targetPort": "http"}]},
    }


def _deployment(name: str, kind: str) -> dict[str, Any]:
    mine, keeps = labels(name, kind), name in WITH_A_LEDGER
    uses = {"entente.io/uses-kafka": "true"} | ({"entente.io/uses-database": "true"} if keeps else {})
    pod: dict[str, Any] = {"serviceAccountName": name, "topologySpreadConstraints": [_spread(mine)]}
    if keeps:
        pod["initContainers"] = [_migrated(name)]
    container: dict[str, Any] = {"name": "entente", "image": IMAGE, "args": [f"{name.replace('-', '_')}.main:create"]}
    container["env"] = _told(name, kind)
    if name in _TAKE_IN_FILES and kind == "api":
        # A message or a document that is too large for memory lies here while it is taken in.
        container["volumeMounts"] = [{"name": "spool", "mountPath": _SPOOL}]
        pod["volumes"] = [{"name": "spool", "emptyDir": {"sizeLimit": "4Gi"}}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(f"{name}-{kind}", **mine, **uses, **{"entente.io/process": "true"}),
        "spec": {
            "selector": {"matchLabels": mine},
            "template": {
                "metadata": {"labels": {"app.kubernetes.io/part-of": "entente"} | mine | uses},
                "spec": pod | {"containers": [container]},
            },
        },
    }


def _told(name: str, kind: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [{"name": "ENTENTE_ROLE", "value": kind}]
    if kind == "api":
        told.append({"name": "ENTENTE_DRAIN_SECONDS", "value": "15"})
        told.append({"name": "ENTENTE_KEEP_ALIVE_SECONDS", "value": str(KEPT_ALIVE)})
    if name in WITH_A_LEDGER:
        told += _database(name)
    told.append(secret("ENTENTE_KAFKA_PASSWORD", f"kafka-{name}", "password"))
    told += [secret(*each) for each in _OWN_WORDS.get(name, [])]
    if name in _TAKE_IN_FILES and kind == "api":
        told.append({"name": "TMPDIR", "value": _SPOOL})
    return told


def _database(name: str) -> list[dict[str, Any]]:
    package = name.replace("-", "_")
    url = f"postgresql://{package}:$(DATABASE_PASSWORD)@$(ENTENTE_DATABASE_HOST)/{package}"
    return [
        address("ENTENTE_DATABASE_HOST"),
        secret("DATABASE_PASSWORD", f"database-{name}", "password"),
        {"name": "ENTENTE_DATABASE_URL", "value": url},
    ]


def _migrated(name: str) -> dict[str, Any]:
    """Waits until the database is one of this release: pods of the release before it serve meanwhile."""
    command = ["entente", "install", "wait", name.replace("-", "_")]
    return {"name": "migrated", "image": IMAGE, "command": command, "env": _database(name)}


def _spread(mine: dict[str, str]) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": mine},
    }


def _disruption(name: str, kind: str) -> dict[str, Any]:
    """Of processes that may be one alone, too: what is moved waits for nothing, but is moved one by one."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(f"{name}-{kind}", **labels(name, kind)),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels(name, kind)}},
    }


def secret(variable: str, name: str, key: str) -> dict[str, Any]:
    """A variable whose value stands in a Secret."""
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def address(variable: str) -> dict[str, Any]:
    """A variable that an overlay says for jobs and processes alike."""
    return {"name": variable, "valueFrom": {"configMapKeyRef": {"name": "addresses", "key": variable}}}


def databases(names: Sequence[str]) -> dict[str, Any]:
    """The job that makes databases and logins, and runs the migrations."""
    return _job("databases", "database", [*_as_owner(names), *_as_pods()])


def operations(names: Sequence[str]) -> dict[str, Any]:
    """Where people run ``entente``, after a restore say: a job is made of it by hand, and waits for them."""
    known = [*_as_owner(names), *_as_pods()]
    known.append(secret("ENTENTE_ADMIN_KAFKA_PASSWORD", "kafka-administrators", "installation"))
    container = {"name": "install", "image": IMAGE, "command": ["sleep", str(_HOURS * 3600)], "env": known}
    mine = labels("operations", "installation")
    uses = {f"entente.io/uses-{what}": "true" for what in ("database", "kafka")}
    template = {
        "metadata": {"labels": {"app.kubernetes.io/part-of": "entente"} | mine | uses},
        "spec": {"serviceAccountName": "installation", "containers": [container]},
    }
    job = {"backoffLimit": 0, "activeDeadlineSeconds": _HOURS * 3600, "ttlSecondsAfterFinished": 60}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata("operations", **mine),
        # Never by itself: Kubernetes has no other template of a job.
        "spec": {"schedule": "0 0 1 1 *", "suspend": True, "jobTemplate": {"spec": job | {"template": template}}},
    }


def _as_owner(names: Sequence[str]) -> list[dict[str, Any]]:
    """Each database with its login, and the server as its superuser."""
    passwords = {name.replace("-", "_"): f"database-{name}" for name in names}
    env = [address("ENTENTE_DATABASE_HOST"), *_passwords("ENTENTE_PASSWORDS", passwords)]
    env += [secret("ADMIN_USERNAME", "postgres-superuser", "username")]
    env += [secret("ADMIN_PASSWORD", "postgres-superuser", "password")]
    admin = "postgresql://$(ADMIN_USERNAME):$(ADMIN_PASSWORD)@$(ENTENTE_DATABASE_HOST)/postgres"
    own = "postgresql://{service}:{password}@$(ENTENTE_DATABASE_HOST)/{service}"
    env += [{"name": "ENTENTE_ADMIN_DATABASE_URL", "value": admin}, {"name": "ENTENTE_DATABASE_URL", "value": own}]
    return env


def topics(names: Sequence[str]) -> dict[str, Any]:
    """The job that makes topics, logins, rights and quotas, where nothing else does."""
    passwords = {name: f"kafka-{name}" for name in names}
    env = [*_passwords("ENTENTE_KAFKA_PASSWORDS", passwords), {"name": "ENTENTE_PASSWORDS", "value": "{}"}]
    env += [secret("ENTENTE_ADMIN_KAFKA_PASSWORD", "kafka-administrators", "installation")]
    return _job("kafka", "kafka", [*env, *_as_pods()])


def _as_pods() -> list[dict[str, Any]]:
    return [address(name) for name in ("ENTENTE_KAFKA_BOOTSTRAP_SERVERS", "ENTENTE_KAFKA_SECURITY_PROTOCOL")]


def _passwords(variable: str, secrets: dict[str, str]) -> list[dict[str, Any]]:
    """One variable of JSON that Kubernetes puts together of the passwords of many secrets."""
    names = {key: f"{variable}_{key.upper().replace('-', '_')}" for key in secrets}
    text = ", ".join(f'"{key}": "$({name})"' for key, name in names.items())
    return [
        *(secret(names[key], name, "password") for key, name in secrets.items()),
        {"name": variable, "value": f"{{{text}}}"},
    ]


def _job(what: str, uses: str, env: list[dict[str, Any]]) -> dict[str, Any]:
    """Its name ends with the release, which the overlay puts there: a job that has run cannot be changed."""
    container = {"name": "install", "image": IMAGE, "command": ["entente", "install", what], "env": env}
    mine = labels(what, "installation")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(f"{what}-dev", **mine, **{"entente.io/job": "true"}),
        "spec": {
            "backoffLimit": 20,
            "ttlSecondsAfterFinished": 86400,
            "template": {
                "metadata": {
                    "labels": {"app.kubernetes.io/part-of": "entente"} | mine | {f"entente.io/uses-{uses}": "true"}
                },
                "spec": {"serviceAccountName": "installation", "containers": [container]},
            },
        },
    }


def passwords() -> Iterator[str]:
    """A line for each secret of the services: its name, what stands in it, and the keys that get a random word."""
    for name in MOUNTED:
        if name in WITH_A_LEDGER:
            yield f"database-{name} username={name.replace('-', '_')} password"
        yield f"kafka-{name} username={name} password"
    yield "kafka-administrators broker installation"
    for secrets in _OWN_WORDS.values():
        yield from (f"{name} {key}" for _, name, key in secrets)
