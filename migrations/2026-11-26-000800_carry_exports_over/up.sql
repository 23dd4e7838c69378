-- What a webhook takes over from the one that it replaces: noted in the transaction of the replacement,
-- derived by a sweep in short ones.
CREATE TABLE carry_overs (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    stood text NOT NULL CONSTRAINT carry_overs_stood_check CHECK (stood IN ('failed', 'waiting', 'sending')),
    retry_at timestamptz,
    CONSTRAINT carry_overs_pkey PRIMARY KEY (organisation_id, export_id)
);
CREATE INDEX carry_overs_webhook_idx ON carry_overs (organisation_id, webhook_id, export_id);
COMMENT ON TABLE carry_overs IS 'Exports of a replaced webhook that go on to its successor. A sweep derives each once it has ended, and drops the row in the same transaction. No foreign keys: their checks would lock each export for as long as the replacement takes';
COMMENT ON COLUMN carry_overs.export_id IS 'The export to the replaced webhook';
COMMENT ON COLUMN carry_overs.webhook_id IS 'The webhook that takes over';
COMMENT ON COLUMN carry_overs.stood IS 'How the export stood when its webhook was replaced: it had failed, waited or was on the wire. What failed goes on, too, where only that is asked for when the successor is replaced';
COMMENT ON COLUMN carry_overs.retry_at IS 'When the sweep tries again, for it could not derive the export; null as long as it has not failed';
COMMENT ON COLUMN exports.continued_as IS 'The export that was derived last from this one since it was opened last';
ALTER TABLE webhooks ADD COLUMN carried_failed integer, ADD COLUMN carried_waiting integer, ADD COLUMN carried_sending integer, ADD COLUMN carried_cancelled integer, ADD COLUMN carried_gone integer;
COMMENT ON COLUMN webhooks.carried_failed IS 'Of a webhook that replaced another one: failed exports that it took over; null of all others';
COMMENT ON COLUMN webhooks.carried_waiting IS 'Exports that waited and that it took over';
COMMENT ON COLUMN webhooks.carried_sending IS 'Exports on the wire that it was to take over unless they were accepted';
COMMENT ON COLUMN webhooks.carried_cancelled IS 'Exports that waited and were cancelled with the replaced webhook';
COMMENT ON COLUMN webhooks.carried_gone IS 'Failed exports that it did not take over, for their data was no longer kept';
-- What may not be derived from once more while it goes on: two would have it at once. Volatile on purpose:
-- called after the export is locked, it sees what was committed while that lock was waited for.
CREATE FUNCTION goes_on(of_organisation uuid, carried_on_as uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        WITH RECURSIVE later AS (
            SELECT of_organisation AS organisation_id, carried_on_as AS id
            UNION
            SELECT e.organisation_id, e.continued_as
            FROM later
            JOIN exports e ON e.organisation_id = later.organisation_id AND e.id = later.id
            WHERE e.continued_as IS NOT NULL
        )
        SELECT FROM later
        JOIN exports e ON e.organisation_id = later.organisation_id AND e.id = later.id
        LEFT JOIN export_jobs j ON j.organisation_id = e.organisation_id AND j.export_id = e.id
        LEFT JOIN lanes l ON l.organisation_id = j.organisation_id AND l.webhook_id = j.webhook_id
        WHERE coalesce(
            e.end_state, end_with_webhook(l.deleted_at, j.attempt_id, e.first_accepted_at)) IS NULL);
END
$$;
COMMENT ON FUNCTION goes_on(uuid, uuid) IS 'Whether the export that carries another one on (exports.continued_as), or one that carries that one on in turn, is in progress; false for null';
