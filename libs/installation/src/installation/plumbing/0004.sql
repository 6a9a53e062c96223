-- Records on which a timer failed. They are tried again, after longer and longer, and keep no other from its turn.
CREATE TABLE set_aside (
    timer text, record_id uuid, reason text NOT NULL, attempts int NOT NULL DEFAULT 1, since timestamptz NOT NULL,
    try_again_at timestamptz NOT NULL, PRIMARY KEY (timer, record_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON set_aside TO svc_worker;
