-- One partition of attempts a month (UTC), from this month to three ahead. A table is made apart
-- and attached, because CREATE TABLE … PARTITION OF would lock out readers and writers.
DO $$
DECLARE
    this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    month timestamp;
    partition text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('attempts partitions'));
    FOR ahead IN 0..3 LOOP
        month := this_month + make_interval(months => ahead);
        partition := 'attempts_' || to_char(month, 'YYYY_MM');
        IF to_regclass(partition) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE attempts INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', partition);
            EXECUTE format('ALTER TABLE attempts ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition,
                uuid_v7_floor(month AT TIME ZONE 'UTC'),
                uuid_v7_floor((month + interval '1 month') AT TIME ZONE 'UTC'));
        END IF;
    END LOOP;
END
$$;
