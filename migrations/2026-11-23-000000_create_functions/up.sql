-- UUIDv7 (RFC 9562, section 5.7) from the database's own clock, so that ids minted by
-- several processes sort by one clock and a partition can be chosen by id alone.
CREATE FUNCTION uuid_v7(at timestamptz DEFAULT clock_timestamp()) RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(
    set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6),
        52, 1), 53, 1),
    'hex')::uuid;

COMMENT ON FUNCTION uuid_v7(timestamptz) IS
    'A UUIDv7 for an instant (milliseconds since 1970), random in its other 74 bits';

-- The smallest UUIDv7 of an instant: the bound of a partition or of a time window over ids.
CREATE FUNCTION uuid_v7_floor(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000'
)::uuid;

COMMENT ON FUNCTION uuid_v7_floor(timestamptz) IS
    'The smallest UUIDv7 that can be minted at an instant';
