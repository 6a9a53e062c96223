-- Electronic signatures (21 CFR 11.50, 11.70; EU GMP Annex 11, 14): written with the step that they sign, and never
-- changed. ``statement`` is exactly what was signed, ``digest`` its SHA-256, which the login's ``token`` names;
-- ``sealed`` is the record as the signed step left it.
CREATE TABLE signature (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), table_name text NOT NULL, record_id uuid NOT NULL,
    version int NOT NULL, action text NOT NULL, meaning text NOT NULL, subject text NOT NULL,
    printed_name text NOT NULL, signed_at timestamptz NOT NULL, digest text NOT NULL UNIQUE,
    statement text NOT NULL, sealed jsonb NOT NULL, token text NOT NULL
);
CREATE INDEX signature_record ON signature (record_id, signed_at);
ALTER TABLE signature ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON signature FOR SELECT TO svc_sponsor, svc_worker USING (true);
CREATE POLICY party ON signature FOR SELECT TO svc_partner USING (EXISTS (
    SELECT FROM party WHERE party.table_name = signature.table_name AND party.record_id = signature.record_id
    AND organisation_id = (SELECT nullif(current_setting('entente.tenant', true), '')::uuid) OFFSET 0));
-- Nobody signs in another's name. A partner's signature stands under a record to which it is a party.
CREATE POLICY own ON signature FOR INSERT TO svc_sponsor
    WITH CHECK (subject = (SELECT nullif(current_setting('entente.actor', true), '')));
CREATE POLICY own_of_a_party ON signature FOR INSERT TO svc_partner
    WITH CHECK (subject = (SELECT nullif(current_setting('entente.actor', true), '')) AND EXISTS (
        SELECT FROM party WHERE party.table_name = signature.table_name AND party.record_id = signature.record_id
        AND organisation_id = (SELECT nullif(current_setting('entente.tenant', true), '')::uuid) OFFSET 0));
-- The token is evidence for an audit of the database, and in no answer.
GRANT SELECT (id, table_name, record_id, version, action, meaning, subject, printed_name, signed_at, digest,
              statement, sealed) ON signature TO svc_sponsor, svc_partner, svc_worker;
GRANT INSERT ON signature TO svc_sponsor, svc_partner;
