-- The operator schema: what merchants of one installation share. Data of a merchant never stands here; what refers
-- to it does so by (merchant, id).

-- One row: which secret key this installation hashes with, so that a process with another key is refused at start.
CREATE TABLE installation (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    key_check bytea NOT NULL CHECK (length(key_check) = 16)
);

CREATE TABLE merchant (
    code               text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    time_zone          text NOT NULL,
    reporting_currency text NOT NULL CHECK (reporting_currency ~ '^[A-Z]{3}$'),
    order_number_format text NOT NULL DEFAULT '#{number}' CHECK (order_number_format LIKE '%{number}%'),
    created_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
    id           uuid PRIMARY KEY,
    merchant     text NOT NULL REFERENCES merchant,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    prefix       text NOT NULL UNIQUE,
    secret_hash  bytea NOT NULL CHECK (length(secret_hash) = 32),
    scopes       text[] NOT NULL,
    channel_ids  uuid[],
    location_ids uuid[],
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_key_merchant_idx ON api_key (merchant, created_at);

-- A hint that a stage of a merchant has work due, over a slow poll: written after the commit, so it may be lost.
CREATE TABLE wakeup (
    merchant text NOT NULL,
    stage    text NOT NULL,
    due      timestamptz NOT NULL,
    PRIMARY KEY (merchant, stage)
) WITH (fillfactor = 50);
