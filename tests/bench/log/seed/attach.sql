-- The months become partitions. The migration had made some of them.
DO $$
DECLARE
    month timestamptz;
    partition text;
BEGIN
    FOR ago IN 0..12 LOOP
        month := date_trunc('month', now()) - make_interval(months => ago);
        partition := 'attempts_' || to_char(month, 'YYYY_MM');
        EXECUTE format('DROP TABLE IF EXISTS %I', partition);
        EXECUTE format('ALTER TABLE seed.month_%s SET SCHEMA public', ago);
        EXECUTE format('ALTER TABLE month_%s RENAME TO %I', ago, partition);
        EXECUTE format('ALTER TABLE attempts ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition,
            uuid_v7_floor(month), uuid_v7_floor(month + interval '1 month'));
    END LOOP;
END
$$;
