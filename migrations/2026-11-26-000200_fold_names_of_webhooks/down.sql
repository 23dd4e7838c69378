DROP INDEX webhooks_live_name_key_key;
ALTER TABLE webhooks DROP COLUMN name_key;
COMMENT ON COLUMN webhooks.name IS 'Unique among the live webhooks of the organisation';
