-- The rows of an accepted export of one candidate, with nothing else, as pgbench runs them. It
-- must write the rows that crates/store writes: the benchmark counts them, table by table, and
-- breaks off when they differ.
-- The webhooks in turn, and their people in turn, as the clients of the API take them.
\set number :turn * :clients + :client_id
\set turn :turn + 1
\set webhook_number :number % :webhooks
\set organisation_number :webhook_number % :organisations
\set person :number / :webhooks % :people
BEGIN;
-- Locked against its deletion, as an export's webhook is; and the export's id and time.
SELECT organisation_id AS organisation, id AS webhook, name AS webhook_name, host,
    uuid_v7(now()) AS export, date_trunc('milliseconds', now()) AS requested_at
FROM webhooks
WHERE organisation_id = ('00000000-0000-7000-8000-' || lpad(to_hex(:organisation_number::integer), 12, '0'))::uuid
    AND id = ('00000000-0001-7000-8000-' || lpad(to_hex(:webhook_number::integer), 12, '0'))::uuid
    AND deleted_at IS NULL
FOR SHARE \gset
INSERT INTO exports (organisation_id, id, type, webhook_id, webhook_name, host, vacancy_id, vacancy_title,
    requested_by_type, requested_by_id, requested_by_name, requested_by_email, requested_at,
    candidate_count, payload_bytes, payload_sha256)
VALUES (:organisation, :export, 'candidates', :webhook, :webhook_name, :host, :vacancy, :vacancy_title,
    'member', :requester, :requester_name, :requester_email, :requested_at,
    1, :payload_bytes, :digest);
-- Made-up people, as many as the organisation has: no foreign key points to them.
INSERT INTO export_applications (organisation_id, export_id, sequence, application_id, candidate_id, webhook_id)
VALUES (:organisation, :export, 1,
    ('00000000-0002-7000-8000-' || lpad(to_hex(:person::integer), 12, '0'))::uuid,
    ('00000000-0003-7000-8000-' || lpad(to_hex(:person::integer), 12, '0'))::uuid,
    :webhook);
INSERT INTO export_payloads (organisation_id, export_id, body) VALUES (:organisation, :export, :body);
INSERT INTO export_jobs (organisation_id, export_id, webhook_id, run_at, payload_bytes)
VALUES (:organisation, :export, :webhook, now(), :payload_bytes);
