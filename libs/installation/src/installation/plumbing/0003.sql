-- What the service's consumers handle, and how far back each of them knows what it was given: see docs/adr/0010.
CREATE TABLE handled (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL, type text NOT NULL, handler_group text NOT NULL,
    -- False once an older release was started for good: it does not handle this.
    registered boolean NOT NULL,
    -- Every fact that was recorded before it has been received, whatever the inbox remembers.
    floor timestamptz NOT NULL DEFAULT '-infinity',
    UNIQUE (topic, type, handler_group));
-- The digest of what is registered: in the row that every batch moves, so that a batch cannot pass by a change of it.
ALTER TABLE consumer_offset ADD COLUMN handlers text NOT NULL DEFAULT '';
-- How often it was put back to the beginning: who holds facts that were applied ahead of the offset must notice that.
ALTER TABLE consumer_offset ADD COLUMN rewinds int NOT NULL DEFAULT 0;
-- An instant at which all that the partition held was applied; null from a rewind on until the end is reached again.
ALTER TABLE consumer_offset ADD COLUMN read_to_end_at timestamptz;
-- When the log was found to have lost records, perhaps some that were never read: they are to be sent again.
ALTER TABLE consumer_offset ADD COLUMN lost_at timestamptz;
-- handled_id is null in rows of an earlier release; these have the instant of receipt, which is later than the fact's.
ALTER TABLE inbox ADD COLUMN handler_group text NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN handled_id int;
ALTER TABLE inbox RENAME COLUMN received_at TO recorded_at;
ALTER TABLE inbox DROP CONSTRAINT inbox_pkey;
ALTER TABLE inbox ADD PRIMARY KEY (event_id, handler_group);
CREATE INDEX inbox_recorded ON inbox USING brin (recorded_at);
ALTER TABLE parked ADD COLUMN handler_group text NOT NULL DEFAULT '';
ALTER TABLE parked DROP CONSTRAINT parked_topic_partition_offset_event_id_key;
ALTER TABLE parked ADD UNIQUE (topic, partition, "offset", event_id, handler_group);

GRANT SELECT, INSERT, UPDATE ON handled TO svc_worker;
GRANT DELETE ON inbox TO svc_worker;
