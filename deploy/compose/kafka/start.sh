#!/bin/bash
# One broker in KRaft mode to which everybody must log in. At the first start its log gets the two users without whom
# nobody could make others: the broker itself, and the installation, which gives each service its login and its rights.
set -euo pipefail
properties=/tmp/server.properties
bin=/opt/kafka/bin
module=org.apache.kafka.common.security
umask 077
cat > "$properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
controller.listener.names=CONTROLLER
listeners=CLIENTS://:9092,CONTROLLER://localhost:9093
advertised.listeners=CLIENTS://kafka:9092
inter.broker.listener.name=CLIENTS
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=$module.scram.ScramLoginModule required username="broker" password="$BROKER_PASSWORD";
# The controller cannot look up in its own log who may open it; nothing outside this container reaches it.
sasl.mechanism.controller.protocol=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=$module.plain.PlainLoginModule required username="broker" password="$BROKER_PASSWORD" user_broker="$BROKER_PASSWORD";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:installation
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
log.dirs=/var/lib/kafka/data/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=10000
group.initial.rebalance.delay.ms=0
END
"$bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$properties" \
  --add-scram "SCRAM-SHA-512=[name=broker,password=$BROKER_PASSWORD]" \
  --add-scram "SCRAM-SHA-512=[name=installation,password=$INSTALLATION_PASSWORD]"
unset BROKER_PASSWORD INSTALLATION_PASSWORD
exec "$bin/kafka-server-start.sh" "$properties"
