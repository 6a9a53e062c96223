# One image for every process of an installation: each service's API and worker, the pages, and what is done before
# they run. Which one a container is, its command says.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY bootstrap.lock .
RUN pip install --no-cache-dir --require-hashes -r bootstrap.lock && uv venv --python /usr/local/bin/python3.11 .venv
ENV UV_LINK_MODE=copy UV_NO_CACHE=1 VIRTUAL_ENV=/app/.venv
COPY requirements.image.lock .
RUN uv pip install --require-hashes --compile-bytecode -r requirements.image.lock
COPY libs libs
COPY services services
COPY cli cli
# A Kafka and a PostgreSQL for one machine have no place in it. Afterwards nobody builds a package any more. Nothing can be written where it runs: what is compiled is compiled here.
RUN rm -r libs/local \
 && uv pip install --no-deps --no-sources --no-build-isolation $(printf -- '-e %s ' $(dirname libs/*/pyproject.toml services/*/pyproject.toml) ./cli) \
 && uv pip uninstall hatchling trove-classifiers \
 && python -m compileall -q libs services cli

FROM build AS build-backup
COPY requirements.backup.lock .
RUN uv pip install --require-hashes --compile-bytecode --target /backup -r requirements.backup.lock
COPY libs/local/src /backup

FROM python:3.11-slim-bookworm AS platform
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin entente
COPY --from=build /app /app
RUN install -d -o entente -g entente -m 700 /spool /documents
ENV PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ENTENTE_OPERATIONS_PORT=9000
WORKDIR /app
USER 10001
EXPOSE 8000 9000
# Without HTTP's library, which takes longer to load than to ask.
HEALTHCHECK --interval=15s --timeout=15s --start-period=300s --retries=4 \
  CMD ["python", "-ISc", "import socket; s = socket.create_connection(('127.0.0.1', 9000), 12); s.sendall(b'GET /livez HTTP/1.0\\r\\n\\r\\n'); assert b' 200 ' in s.recv(64)"]
ENTRYPOINT ["python", "-m", "serving", "--host", "0.0.0.0"]

# `--target backup`: also PostgreSQL's own programs, and what starts a server to rehearse a restore on.
FROM platform AS backup
USER root
COPY --from=build-backup /backup /app/backup
RUN install -d -o entente -g entente -m 700 /backups
ENV PYTHONPATH=/app/backup \
    ENTENTE_BACKUPS=/backups \
    TMPDIR=/backups
USER 10001
# Well while the log is received. None would do for a container, and not for compose's --wait.
HEALTHCHECK --interval=15s --timeout=15s --start-period=300s --retries=4 \
  CMD ["python", "-ISc", "import glob; assert 'pg_receivewal\\n' in [open(each).read() for each in glob.glob('/proc/[0-9]*/comm')]"]
ENTRYPOINT ["entente", "backup"]
CMD ["wal"]

# What is built where no target is named.
FROM platform
