ALTER TABLE exports ADD COLUMN held_until timestamptz;
COMMENT ON COLUMN exports.held_until IS 'Until when its first attempt was to wait, so that it could be taken back; null where it was to go at once. It is held while its job waits for this very instant';
