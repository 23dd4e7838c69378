CREATE TABLE organisations (
    id uuid NOT NULL DEFAULT uuid_v7(),
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organisations_pkey PRIMARY KEY (id),
    CONSTRAINT organisations_name_key UNIQUE (name),
    CONSTRAINT organisations_name_length CHECK (char_length(name) BETWEEN 1 AND 100)
);
COMMENT ON TABLE organisations IS 'A customer; every other row belongs to exactly one';
COMMENT ON COLUMN organisations.id IS 'UUIDv7; the claim "org" of a token names it';
COMMENT ON COLUMN organisations.name IS 'Shown to receivers in each payload';
COMMENT ON COLUMN organisations.created_at IS 'When the operator added it';
