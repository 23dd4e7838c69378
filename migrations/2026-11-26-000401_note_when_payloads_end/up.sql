-- Which payloads are over is found in the order of their time. An index on exports.payload_kept_until
-- would say the same, but then the end of each export would have to be written to all indexes of exports.
CREATE TABLE payload_ends (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    kept_until timestamptz NOT NULL,
    CONSTRAINT payload_ends_pkey PRIMARY KEY (kept_until, organisation_id, export_id)
);
COMMENT ON TABLE payload_ends IS 'When to look whether a payload is over: a hint from each end of an export, dropped by the sweep. exports.payload_kept_until is what holds. No foreign key: its check would cost each end more than the hint';
COMMENT ON COLUMN payload_ends.kept_until IS 'What exports.payload_kept_until was then; a resend clears it, and its end leaves another hint';
INSERT INTO payload_ends (organisation_id, export_id, kept_until)
SELECT organisation_id, id, payload_kept_until FROM exports WHERE payload_kept_until IS NOT NULL;
