"""What can be frozen: the processes that lead, Kafka, and PostgreSQL's own processes."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import psutil

from benchmarks.installation import Process
from tests.faults.cluster import Cluster

SERVICES = ("partner_registry", "partner_feeds", "sample_tracking", "quality_events", "kpi")
"""Those that have a database, and so a relay."""
_LEADER = """
SELECT activity.pid, client_port FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
WHERE locktype = 'advisory' AND granted AND classid = (hashtextextended('entente.relay', 0) >> 32 & 4294967295)::oid
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'entente'"


async def _rows(cluster: Cluster, package: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(cluster.installation.admin_url(package))
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


async def leader(cluster: Cluster, package: str) -> Process | None:
    """The replica whose relay leads, if one does."""
    ports = {row["client_port"] for row in await _rows(cluster, package, _LEADER)}
    for process in cluster.replicas[package]:
        if ports & {connection.laddr[1] for connection in psutil.Process(process.pid).net_connections("tcp")}:
            return process
    return None


async def backends(cluster: Cluster, package: str) -> list[int]:
    """The numbers of PostgreSQL's processes that serve a service."""
    return [row["pid"] for row in await _rows(cluster, package, _BACKENDS)]


def kafka(cluster: Cluster) -> int:
    """The number of the broker's process."""
    port = int(cluster.installation.settings.kafka_bootstrap_servers.rsplit(":", 1)[1])
    listening = (found for found in psutil.net_connections("tcp") if found.status == psutil.CONN_LISTEN)
    return next(found.pid for found in listening if found.pid and found.laddr[1:] == (port,))


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """SIGSTOP for as long as the block takes; who ended meanwhile needs no SIGCONT."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in filter(psutil.pid_exists, pids):
            os.kill(pid, signal.SIGCONT)
