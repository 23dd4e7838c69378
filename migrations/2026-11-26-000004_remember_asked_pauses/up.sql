ALTER TABLE lanes ADD COLUMN asked_until timestamptz;
COMMENT ON COLUMN lanes.asked_until IS 'Until when the receiver last asked us to wait (Retry-After); beside blocked_until, which is never earlier while that holds';
