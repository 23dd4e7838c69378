DROP FUNCTION uuid_v7_floor(timestamptz);
DROP FUNCTION uuid_v7(timestamptz);
