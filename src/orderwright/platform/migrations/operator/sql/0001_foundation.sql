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
    limits       jsonb,                       -- how much it may give or correct without approval; NULL: no limit
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz,
    rotated_at   timestamptz,                 -- when it got the secret that it has
    old_hash     bytea CHECK (length(old_hash) = 32),  -- of the secret before, which is good for a while still
    old_until    timestamptz,
    held_by      text,                        -- the actor who made it, or had its secret last: answers for what it does
    CHECK ((old_hash IS NULL) = (old_until IS NULL))
);
CREATE INDEX api_key_merchant_idx ON api_key (merchant, created_at);

-- Who did what to people, roles, keys and sessions, and who failed to sign in: append-only. No personal data (law T5):
-- people are named by id, addresses of devices stand in their session, and `before` and `after` hold the fields that
-- differ, without the values of personal ones.
CREATE TABLE operator_act (
    id           uuid PRIMARY KEY,
    merchant     text,                        -- whose business it is; NULL: of the whole installation
    verb         text NOT NULL CHECK (verb ~ '^[a-z_]{1,60}$'),
    actor        text NOT NULL,
    origin       text,                        -- the session that it came by
    subject_kind text CHECK (subject_kind ~ '^[a-z_]{1,40}$'),
    subject_id   uuid,
    ok           boolean NOT NULL DEFAULT true,  -- false: it was tried and refused, such as a wrong password
    before       jsonb,
    after        jsonb,
    reason       text,
    request_id   text,
    recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX operator_act_merchant_idx ON operator_act (merchant, id);
CREATE INDEX operator_act_subject_idx ON operator_act (subject_id, id) WHERE subject_id IS NOT NULL;
CREATE TRIGGER operator_act_append_only BEFORE UPDATE OR DELETE ON operator_act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- People -----------------------------------------------------------------------------------------------------------

-- Staff: whoever signs in to the screens. E-mail, name and time zone are personal data of staff, erasable here. A person
-- without a password signs in by a provider (person_identity), or by a link that an administrator makes.
CREATE TABLE person (
    id              uuid PRIMARY KEY,
    email           text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    password_hash   text CHECK (password_hash LIKE '$argon2id$%'),
    time_zone       text,
    locale          text NOT NULL DEFAULT 'en' CHECK (locale ~ '^[a-z]{2,3}(_[A-Z]{2})?$'),
    theme           text NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    deactivated_at  timestamptz,
    version         integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX person_email_key ON person (lower(email));

-- Roles that a merchant made for itself; the built-in ones stand in code.
CREATE TABLE role (
    merchant    text NOT NULL REFERENCES merchant,
    code        text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,49}$'),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    permissions text[] NOT NULL CHECK (cardinality(permissions) BETWEEN 1 AND 100),
    version     integer NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant, code)
);

-- What a person may do at a merchant. NULL limits mean that there are none.
CREATE TABLE membership (
    person_id    uuid NOT NULL REFERENCES person,
    merchant     text NOT NULL REFERENCES merchant,
    role         text NOT NULL CHECK (role ~ '^[a-z][a-z0-9_]{0,49}$'),
    channel_ids  uuid[],
    location_ids uuid[],
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, merchant)
);
CREATE INDEX membership_merchant_idx ON membership (merchant, person_id);

-- Of a token only the SHA-256 is kept. `awaits` says what a session still lacks: one that awaits anything is no session
-- yet. Addresses and devices are personal data of staff, erasable here.
CREATE TABLE session (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id    uuid NOT NULL REFERENCES person,
    csrf_key     bytea NOT NULL CHECK (length(csrf_key) = 32),
    awaits       text CHECK (awaits IN ('second_factor')),
    made_by      text NOT NULL CHECK (made_by IN ('password', 'provider', 'link', 'demo')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    made_from    text CHECK (length(made_from) <= 100),
    made_with    text CHECK (length(made_with) <= 300),
    seen_from    text CHECK (length(seen_from) <= 100),
    seen_with    text CHECK (length(seen_with) <= 300),
    ended_at     timestamptz
);
CREATE INDEX session_person_idx ON session (person_id, id);
CREATE INDEX session_expires_idx ON session (expires_at);

-- The secret of a person's one-time codes (TOTP, RFC 6238), encrypted with the installation's key. `last_step` is the
-- time step of the last code that was taken: a code works once. Until it is confirmed it is not asked for.
CREATE TABLE second_factor (
    person_id    uuid PRIMARY KEY REFERENCES person,
    secret       bytea NOT NULL,
    last_step    bigint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz
);

-- Codes that stand in for a lost second factor, each once, by their keyed hash.
CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at   timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

-- Wrong passwords and codes in a row, by keyed hash of the account, the person or the address they came from.
CREATE TABLE sign_in_failure (
    subject       bytea PRIMARY KEY CHECK (length(subject) = 16),
    failures      integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    last_at       timestamptz NOT NULL DEFAULT now(),
    blocked_until timestamptz
) WITH (fillfactor = 50);
CREATE INDEX sign_in_failure_last_idx ON sign_in_failure (last_at);

-- Who a person is to a provider of identities (OpenID Connect): `subject` is unique with its issuer, and for ever.
CREATE TABLE person_identity (
    issuer    text NOT NULL CHECK (length(issuer) <= 500),
    subject   text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    person_id uuid NOT NULL REFERENCES person,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX person_identity_person_key ON person_identity (person_id, issuer);

-- Addresses that work once: to make the first administrator, to set a password. Of a token only the SHA-256 is kept.
CREATE TABLE one_time_link (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    purpose    text NOT NULL CHECK (purpose IN ('first', 'password')),
    person_id  uuid REFERENCES person,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CHECK ((purpose = 'password') = (person_id IS NOT NULL))
);
CREATE INDEX one_time_link_person_idx ON one_time_link (person_id) WHERE person_id IS NOT NULL;

-- ---- Limits with approval above ---------------------------------------------------------------------------------------

-- How much people of a role, built-in or made, may give or correct at a merchant without approval.
CREATE TABLE role_limit (
    merchant text NOT NULL REFERENCES merchant,
    role     text NOT NULL CHECK (role ~ '^[a-z][a-z0-9_]{0,49}$'),
    limits   jsonb NOT NULL,
    PRIMARY KEY (merchant, role)
);

-- The same for one person, instead of what their role has.
CREATE TABLE person_limit (
    merchant  text NOT NULL REFERENCES merchant,
    person_id uuid NOT NULL REFERENCES person,
    limits    jsonb NOT NULL,
    PRIMARY KEY (merchant, person_id)
);
CREATE INDEX person_limit_person_idx ON person_limit (person_id);

-- A hint that a stage of a merchant has work due, over a slow poll: written after the commit, so it may be lost.
CREATE TABLE wakeup (
    merchant text NOT NULL,
    stage    text NOT NULL,
    due      timestamptz NOT NULL,
    PRIMARY KEY (merchant, stage)
) WITH (fillfactor = 50);
