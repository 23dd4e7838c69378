-- A person can be forgotten: the rows go at once, what exports carry of them right after.
CREATE TABLE erasures (
    organisation_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    applications integer NOT NULL,
    same_email uuid[] NOT NULL,
    look_again_at timestamptz,
    CONSTRAINT erasures_pkey PRIMARY KEY (organisation_id, candidate_id),
    CONSTRAINT erasures_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT erasures_applications_counts CHECK (applications >= 0)
);
CREATE INDEX erasures_look_again_idx ON erasures (look_again_at) WHERE look_again_at IS NOT NULL;
COMMENT ON TABLE erasures IS 'Who was erased: ids and counts, nothing about the person. So the answer to "where did it go" survives';
COMMENT ON COLUMN erasures.applications IS 'How many applications went with the person';
COMMENT ON COLUMN erasures.same_email IS 'Other candidates who had the same e-mail address then, by id';
COMMENT ON COLUMN erasures.look_again_at IS 'When to look once more for exports that were being accepted with the person at that moment; null once that was done';

CREATE TABLE erasure_cuts (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    noted_at timestamptz,
    retry_at timestamptz,
    CONSTRAINT erasure_cuts_pkey PRIMARY KEY (organisation_id, export_id)
);
COMMENT ON TABLE erasure_cuts IS 'Exports that carry somebody who was erased, until that is cut out of them: noted with the erasure, cut by it or by a sweep, each in a transaction that drops the row. No foreign keys, as in carry_overs';
COMMENT ON COLUMN erasure_cuts.noted_at IS 'When it was on the wire and was told to end after that attempt; the rest follows then';
COMMENT ON COLUMN erasure_cuts.retry_at IS 'When the sweep tries again, for it failed; null as long as it has not';

CREATE TABLE reference_keys (
    organisation_id uuid NOT NULL,
    key_sealed bytea NOT NULL,
    CONSTRAINT reference_keys_pkey PRIMARY KEY (organisation_id),
    CONSTRAINT reference_keys_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
COMMENT ON TABLE reference_keys IS 'The key of erased_references.reference_hmac: random, made with the first erasure. It outlives each of SECRET_KEYS, under which it is sealed';
COMMENT ON COLUMN reference_keys.key_sealed IS '32 bytes as base64, sealed as webhooks.url_sealed is';

CREATE TABLE erased_references (
    organisation_id uuid NOT NULL,
    reference_hmac bytea NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT erased_references_pkey PRIMARY KEY (organisation_id, reference_hmac),
    CONSTRAINT erased_references_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);
COMMENT ON TABLE erased_references IS 'References of erased candidates, whose lines an import skips';
COMMENT ON COLUMN erased_references.reference_hmac IS 'HMAC-SHA-256 of the reference under the key of the organisation (reference_keys)';

-- What follows keeps everybody else out: validated apart, by the next two migrations.
ALTER TABLE exports ADD COLUMN bodies_dropped_at timestamptz;
COMMENT ON COLUMN exports.bodies_dropped_at IS 'Somebody in it was erased: what receivers answered was dropped then, and no later answer is kept';
ALTER TABLE exports DROP CONSTRAINT exports_ended_by_known;
ALTER TABLE exports ADD CONSTRAINT exports_ended_by_known CHECK (ended_by IN ('receiver', 'gave_up', 'member', 'webhook_deleted', 'webhook_disabled', 'restriction', 'erasure')) NOT VALID;
COMMENT ON COLUMN exports.ended_by IS 'Who brought the end: receiver, gave_up, member, webhook_deleted, webhook_disabled, restriction, erasure';
ALTER TABLE export_jobs DROP CONSTRAINT export_jobs_stop_after_attempt_known;
ALTER TABLE export_jobs ADD CONSTRAINT export_jobs_stop_after_attempt_known CHECK (stop_after_attempt IN ('member', 'webhook_deleted', 'receiver', 'restriction', 'erasure')) NOT VALID;
