-- Signed figures (docs/proof.md): kept for ever, so that whoever asks again gets the same bytes.
CREATE TABLE figures_proofs (
    -- SHA-256 over kind, question and position
    question text PRIMARY KEY NOT NULL CHECK (length(question) = 64),
    document text NOT NULL,
    -- for the operator: what it is of, and who asked first
    kind text NOT NULL,
    as_of_seq bigint NOT NULL CHECK (as_of_seq > 0),
    client text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Records by the day on which they became official.
CREATE INDEX records_kind_published ON records (kind, published_at, id) WHERE published_at IS NOT NULL;
