-- Who may call: clients of partner systems, their secrets, and the answers kept for repeated requests.

CREATE TABLE clients (
    id blob PRIMARY KEY,
    -- the OAuth client_id, for example cq-stb
    name text NOT NULL UNIQUE,
    -- absent for clients that act for no organization, such as a reader or an agency not yet registered
    org_id blob REFERENCES records (id),
    province text CHECK (province IN ('500000', '510000')),
    -- space-separated, the most a token of this client may carry
    scopes text NOT NULL,
    -- the source system of PUT by-source; the client's name unless told
    source_system text NOT NULL,
    created_at integer NOT NULL,
    disabled_at integer
);

-- Two may live at once while a secret is rotated.
CREATE TABLE client_secrets (
    id blob PRIMARY KEY,
    client_id blob NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- Argon2id in PHC form
    hash text NOT NULL,
    created_at integer NOT NULL,
    expires_at integer
);
CREATE INDEX client_secrets_client ON client_secrets (client_id);

-- Stored in the same transaction as the effect, so that a repeated request gets the first answer.
CREATE TABLE idempotency_keys (
    client_id blob NOT NULL,
    key text NOT NULL,
    -- SHA-256 of method, path and body
    request_hash text NOT NULL,
    status integer NOT NULL,
    -- JSON array of [name, value]
    headers text NOT NULL,
    body text NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (client_id, key)
); -- with rowid, as contents
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
