-- What is bound to a statement is held by the driver and by libpq as well: a payload of 32 MiB would be
-- in the API's memory three times. A large one comes in parts, in the transaction that accepts it.
CREATE UNLOGGED TABLE payload_parts (
    organisation_id uuid NOT NULL,
    export_id uuid NOT NULL,
    part integer NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT payload_parts_pkey PRIMARY KEY (organisation_id, export_id, part)
);
ALTER TABLE payload_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE payload_parts IS 'The first parts of a large payload on its way in: seen by the transaction that accepts the export, which deletes them; never committed, and so not logged';
COMMENT ON COLUMN payload_parts.part IS 'Its place in the payload, from 0';
COMMENT ON COLUMN payload_parts.bytes IS 'A piece of the payload; not compressed, for it does not stay';
