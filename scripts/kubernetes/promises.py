"""What holds for everything that we tell Kubernetes, and no schema says."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.services import MOUNTED, WITH_A_LEDGER
from scripts.kubernetes import connections, reach, spoken
from scripts.kubernetes.processes import KEPT_ALIVE

Document = Mapping[str, Any]
_LISTS = Path(__file__).parents[2] / "deploy/k8s/components"
_OF_OPERATORS = {"kafka-cluster-ca-cert", "postgres-superuser"}
"""Secrets that operators write: Strimzi and CloudNativePG."""
_BROUGHT = {"documents/id", "documents/secret"}
"""Secrets that whoever runs it brings: with what its store of objects is opened."""
_OF_KUBERNETES = {"kube-root-ca.crt"}


def broken(documents: Sequence[Document]) -> Iterator[str]:
    """What is not as we promise, a sentence each."""
    yield from _missing(documents)
    for document in documents:
        yield from (f"{name_of(document)}: {each}" for each in spoken.aloud(document))
        if pod := pod_of(document):
            said = (each for container in containers(pod) for each in spoken.aloud_in(container))
            for each in (*unsafe(pod), *careless(pod), *said):
                yield f"{name_of(document)}: {each}"
            for kind, name in _referred(pod):
                if not _there(documents, kind, name):
                    yield f"{name_of(document)}: there is no {kind} {name}"
    yield from reach.otherwise(documents)
    yield from _impatient(documents)
    yield from connections.too_few(documents)
    yield from _unsaved(documents)
    yield from _alone(documents)


def name_of(document: Document) -> str:
    """How people call a resource."""
    return f"{document['kind']} {document.get('metadata', {}).get('name')}"


def pod_of(document: Document) -> dict[str, Any]:
    """The pod that a resource makes, or nothing."""
    spec = document.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    found: dict[str, Any] = spec.get("template", {}).get("spec", {})
    return found if "containers" in found else {}


def containers(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All of a pod's, also those that run before the others."""
    return [*pod.get("initContainers", ()), *pod["containers"]]


def unsafe(pod: Mapping[str, Any]) -> Iterator[str]:
    """What the Pod Security Standard *restricted* forbids, and what we forbid beside."""
    whole = pod.get("securityContext", {})
    if whole.get("runAsNonRoot") is not True or not whole.get("runAsUser"):
        yield "it may run as root"
    if whole.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "it may make any call of the kernel"
    if pod.get("hostNetwork") or pod.get("hostPID") or any("hostPath" in each for each in pod.get("volumes", ())):
        yield "it reaches into the machine"
    if pod.get("automountServiceAccountToken") is not False:
        yield "it has a token of Kubernetes"
    for container in containers(pod):
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{container['name']} may gain privileges"
        if set(own.get("capabilities", {}).get("add", ())) - {"NET_BIND_SERVICE"}:
            yield f"{container['name']} has privileges of the kernel"
        if not own.get("readOnlyRootFilesystem") and container["name"] != "keycloak":
            yield f"{container['name']} may write on its image"


def careless(pod: Mapping[str, Any]) -> Iterator[str]:
    """What somebody woken at night would wish to be there."""
    if not pod.get("serviceAccountName"):
        yield "it has no account of its own"
    for container in containers(pod):
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= resources.get("requests", {}).keys() or "memory" not in resources.get("limits", {}):
            yield f"{container['name']} does not say what it needs"
        if container["image"].rpartition(":")[2] in (container["image"], "latest"):
            yield f"{container['name']} is of no release"
    runs_on = pod.get("restartPolicy", "Always") == "Always"
    for container in pod["containers"] if runs_on else ():
        if not {"livenessProbe", "readinessProbe"} <= container.keys():
            yield f"nobody asks how {container['name']} is"


def _referred(pod: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "ServiceAccount", pod.get("serviceAccountName", "")
    for container in containers(pod):
        for each in container.get("envFrom", ()):
            yield "ConfigMap", each["configMapRef"]["name"]
        for variable in container.get("env", ()):
            source = variable.get("valueFrom", {})
            if "secretKeyRef" in source:
                yield "Secret", f"{source['secretKeyRef']['name']}/{source['secretKeyRef']['key']}"
            if "configMapKeyRef" in source:
                yield "ConfigMap", source["configMapKeyRef"]["name"]
    for volume in pod.get("volumes", ()):
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]


def _impatient(documents: Sequence[Document]) -> Iterator[str]:
    """What a gateway asks, and would end a connection before the gateway does."""
    for document in documents:
        labels = document["metadata"].get("labels", {})
        if document["kind"] == "Deployment" and labels.get("app.kubernetes.io/component") in ("api", "front"):
            env = {each["name"]: each.get("value") for each in pod_of(document)["containers"][0]["env"]}
            if float(env.get("ENTENTE_KEEP_ALIVE_SECONDS") or 0) < KEPT_ALIVE:
                yield f"{name_of(document)}: it ends connections that its gateway still keeps"


def _unsaved(documents: Sequence[Document]) -> Iterator[str]:
    """A cluster of PostgreSQL of which nothing is kept elsewhere: its log, and a base backup from time to time."""
    planned = {each["spec"]["cluster"]["name"] for each in documents if each["kind"] == "ScheduledBackup"}
    for cluster in (each for each in documents if each["kind"] == "Cluster"):
        archives = any(each.get("isWALArchiver") for each in cluster["spec"].get("plugins", ()))
        if not (archives or cluster["spec"].get("backup", {}).get("barmanObjectStore")):
            yield f"{name_of(cluster)}: no store keeps its log, so nothing can be restored"
        if cluster["metadata"]["name"] not in planned:
            yield f"{name_of(cluster)}: no ScheduledBackup is made of it"


def _alone(documents: Sequence[Document]) -> Iterator[str]:
    """Of what is a single pod where others are several: while that one moves, nobody is there."""
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in documents if "scaleTargetRef" in each.get("spec", {})}
    for each in documents if scaled else ():
        name = each["metadata"]["name"]
        if each["kind"] == "Deployment" and name not in scaled and int(each["spec"].get("replicas", 1)) < 2:
            yield f"{name_of(each)}: one pod is all there is of it"


def _there(documents: Sequence[Document], kind: str, name: str) -> bool:
    if kind == "Secret":
        secret, _, key = name.partition("/")
        return secret in _OF_OPERATORS or name in _BROUGHT or key in secrets().get(secret, ())
    return name in _OF_KUBERNETES or any(d["kind"] == kind and d["metadata"]["name"] == name for d in documents)


def secrets() -> dict[str, set[str]]:
    """The keys of each secret that the lists of the component passwords and its neighbours name."""
    lines = [line.split() for file in _LISTS.glob("*/*.txt") for line in file.read_text().splitlines()]
    return {name: {key.partition("=")[0] for key in keys} for name, *keys in lines if name != "#"}


def _missing(documents: Sequence[Document]) -> Iterator[str]:
    """A service of ours that is not there whole: an installation is one list of services, everywhere."""
    there = {(document["kind"], document["metadata"]["name"]) for document in documents}
    for name in MOUNTED:
        wanted = [("ServiceAccount", name), ("Service", f"{name}-api")]
        for kind in ("api", "worker") if name in WITH_A_LEDGER else ("api",):
            wanted += [("Deployment", f"{name}-{kind}"), ("PodDisruptionBudget", f"{name}-{kind}")]
        yield from (f"{kind} {each} is missing" for kind, each in wanted if (kind, each) not in there)
