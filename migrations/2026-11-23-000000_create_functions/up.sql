-- UUIDv7 (RFC 9562, section 5.7) from the database's own clock, so that ids minted by
-- several processes sort by one clock and a partition can be chosen by id alone. The twelve bits
-- after the version count 1/4096 ms (section 6.2, method 3): ids of one process sort as they
-- were minted. `at` is named only once, else Postgres would not inline the function.
CREATE FUNCTION uuid_v7(at timestamptz DEFAULT clock_timestamp()) RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN (
    overlay(
        lpad(to_hex((date_part('epoch', at) * 1000000)::bigint * 512 / 125), 15, '0')
        PLACING '7' FROM 13 FOR 0)
    || substring(gen_random_uuid()::text FROM 20)
)::uuid;

COMMENT ON FUNCTION uuid_v7(timestamptz) IS
    'A UUIDv7 for an instant (1/4096 ms since 1970), random in its last 62 bits';

-- The smallest UUIDv7 of an instant: the bound of a partition or of a time window over ids.
CREATE FUNCTION uuid_v7_floor(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000'
)::uuid;

COMMENT ON FUNCTION uuid_v7_floor(timestamptz) IS
    'The smallest UUIDv7 that can be minted at an instant';
