ALTER TABLE webhooks ADD COLUMN name_key text;
-- Those registered before have none: registering compares with the names of all live ones, under a
-- lock of the organisation. The index is what stays true whatever the code does.
CREATE UNIQUE INDEX webhooks_live_name_key_key ON webhooks (organisation_id, name_key) WHERE deleted_at IS NULL;
COMMENT ON COLUMN webhooks.name_key IS 'The name without regard to case and form, as domain::name::key makes it; null for those registered before it was kept';
COMMENT ON COLUMN webhooks.name IS 'Unique among the live webhooks of the organisation, without regard to case; NFC, trimmed, nothing invisible in it';
