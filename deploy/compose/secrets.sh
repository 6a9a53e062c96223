#!/bin/sh
# Makes what nobody but this installation knows, where it is missing: a password for each login, in a file for each
# container that may know it. What is there stays: databases and brokers have these passwords already.
set -eu
cd "$(dirname "$0")/../.."
folder=.entente/compose
umask 077
mkdir -p "$folder"

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# kept NAME: a random password, made at first use.
kept() {
  file=$folder/passwords/$1
  mkdir -p "$folder/passwords"
  test -s "$file" || random > "$file"
  cat "$file"
}

# as_json KIND SIGN SERVICE...: {"service": "password", ...}, a service's name with the sign between its words.
as_json() {
  kind=$1 sign=$2 separator='{'
  shift 2
  for name in "$@"; do
    printf '%s"%s":"%s"' "$separator" "$(echo "$name" | tr _ "$sign")" "$(kept "$kind-$name")"
    separator=,
  done
  printf '}'
}

services=$(for each in services/*/pyproject.toml; do basename "$(dirname "$each")"; done)
with_database=$(for each in services/*/migrations; do basename "$(dirname "$each")"; done)

for name in $services; do
  {
    if [ -d "services/$name/migrations" ]; then
      echo "ENTENTE_DATABASE_URL=postgresql://$name:$(kept "database-$name")@postgres:5432/$name"
    fi
    echo "ENTENTE_KAFKA_PASSWORD=$(kept "kafka-$name")"
    if [ "$name" = event_stream ]; then echo "ENTENTE_STREAM_TICKET_KEY=$(kept tickets)"; fi
  } > "$folder/$(echo "$name" | tr _ -).env"
done

{
  echo "POSTGRES_PASSWORD=$(kept postgres)"
  echo "KEYCLOAK_PASSWORD=$(kept database-of-keycloak)"
} > "$folder/postgres.env"

{
  echo "BROKER_PASSWORD=$(kept kafka-of-the-broker)"
  echo "INSTALLATION_PASSWORD=$(kept kafka-of-the-installation)"
} > "$folder/kafka.env"

{
  echo "KC_DB_PASSWORD=$(kept database-of-keycloak)"
  echo "KC_BOOTSTRAP_ADMIN_PASSWORD=$(kept keycloak)"
  echo "ENTENTE_PEOPLE_PASSWORD=$(kept people)"
  echo "ENTENTE_MAKER_SECRET=$(kept maker-mes)"
  echo "ENTENTE_LABORATORY_SECRET=$(kept laboratory-lims)"
} > "$folder/keycloak.env"

echo "GF_SECURITY_ADMIN_PASSWORD=$(kept grafana)" > "$folder/grafana.env"

echo "ENTENTE_ADMIN_DATABASE_URL=postgresql://postgres:$(kept postgres)@postgres:5432/postgres" > "$folder/backup.env"

{
  cat "$folder/backup.env"
  echo "ENTENTE_PASSWORDS='$(as_json database _ $with_database)'"
} > "$folder/databases.env"

{
  echo "ENTENTE_ADMIN_KAFKA_PASSWORD=$(kept kafka-of-the-installation)"
  echo "ENTENTE_PASSWORDS='{}'"
  echo "ENTENTE_KAFKA_PASSWORDS='$(as_json kafka - $services)'"
} > "$folder/topics.env"
