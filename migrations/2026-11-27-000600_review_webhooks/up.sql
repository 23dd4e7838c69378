-- Of a table of its own: the row of a webhook never changes.
CREATE TABLE webhook_reviews (
    organisation_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    owner text,
    review_by timestamptz,
    reviewed_at timestamptz,
    reviewed_by_type text,
    reviewed_by_id text,
    reviewed_by_name text,
    reviewed_by_email text,
    CONSTRAINT webhook_reviews_pkey PRIMARY KEY (organisation_id, webhook_id),
    CONSTRAINT webhook_reviews_webhook_id_fkey FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhooks (organisation_id, id),
    CONSTRAINT webhook_reviews_owner_length CHECK (char_length(owner) BETWEEN 1 AND 200),
    CONSTRAINT webhook_reviews_reviewed_by_type_known CHECK (reviewed_by_type IN ('member', 'api_key')),
    CONSTRAINT webhook_reviews_whole CHECK (num_nulls(review_by, reviewed_at, reviewed_by_type, reviewed_by_id, reviewed_by_name, reviewed_by_email) IN (0, 6))
);
COMMENT ON TABLE webhook_reviews IS 'Who answers for a webhook, and its last review. None where nobody said otherwise: then whoever registered it answers for it, and it is to be reviewed a year after that';
COMMENT ON COLUMN webhook_reviews.owner IS 'Name or e-mail address of the person who answers for it, in an admin''s words; null: whoever registered it';
COMMENT ON COLUMN webhook_reviews.review_by IS 'When it is to be reviewed again; null, with all of the review, before the first one';
COMMENT ON COLUMN webhook_reviews.reviewed_at IS 'When somebody last said that it is still needed';
COMMENT ON COLUMN webhook_reviews.reviewed_by_type IS 'Who that was: member or api_key; id as in webhooks.created_by_id, name and e-mail are copies, empty where not shared';
