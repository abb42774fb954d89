-- ============ platform: acts, events, work ============

-- Who did what, for whom and why: one row a verb call. Events, movements and money entries point here (law T6).
CREATE TABLE act (
    id           uuid PRIMARY KEY,
    verb         text NOT NULL,
    actor        text NOT NULL,
    on_behalf_of text,
    reason       text,
    cause        text,
    request_id   text NOT NULL,
    origin       text,                       -- the session that it came by: where from stands there, erasable
    recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX act_actor_idx ON act (actor, verb, id);
CREATE INDEX act_verb_idx ON act (verb, id);
CREATE TRIGGER act_append_only BEFORE UPDATE OR DELETE ON act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What an act changed of a setting, an entry of the catalogue or a person: the fields that differ, before and after. The
-- first change of a thing holds it whole, so that its changes, put on each other, are its versions. No personal data.
CREATE TABLE change (
    act_id       uuid NOT NULL,
    n            integer NOT NULL CHECK (n >= 0),
    subject_kind text NOT NULL CHECK (subject_kind ~ '^[a-z_]{1,40}$'),
    subject_id   uuid NOT NULL,
    before       jsonb,
    after        jsonb,
    PRIMARY KEY (act_id, n)
);
CREATE INDEX change_subject_idx ON change (subject_id, act_id);
CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What actors that have a limit did of a kind: minor units given for an order or to a customer, units of a SKU corrected
-- at a location. Counted over 24 hours against the limit.
CREATE TABLE limit_use (
    actor   text NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('refund', 'credit', 'adjust')),
    subject text NOT NULL CHECK (length(subject) <= 200),
    act_id  uuid NOT NULL,
    amount  bigint NOT NULL CHECK (amount > 0),
    PRIMARY KEY (actor, kind, subject, act_id)
);
CREATE TRIGGER limit_use_append_only BEFORE UPDATE OR DELETE ON limit_use
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What somebody asked for that is above their limit: the call as it was refused, and what became of it. The operations
-- that may be asked for take no personal data.
CREATE TABLE approval (
    id             uuid PRIMARY KEY,
    operation      text NOT NULL CHECK (operation ~ '^[a-z_]{1,60}$'),
    subject        text CHECK (length(subject) <= 40),        -- the id in the path, where there is one
    body           jsonb NOT NULL CHECK (pg_column_size(body) <= 16384),
    figures        jsonb NOT NULL,                            -- the limit, what was used of it, what is asked
    asked_by       text NOT NULL,
    answerable     text NOT NULL,                             -- who answers for asking: of a key, who holds it
    asked_reason   text CHECK (length(asked_reason) <= 200),
    state          text NOT NULL CHECK (state IN ('waiting', 'approved', 'rejected', 'expired', 'failed')),
    decided_by     text,
    decided_reason text CHECK (length(decided_reason) <= 200),
    outcome        jsonb,                                     -- what its verb said
    act_id         uuid NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    decided_at     timestamptz,
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK ((state = 'waiting') = (decided_by IS NULL)),
    CHECK (decided_by IS NULL OR decided_by <> asked_by)
) WITH (fillfactor = 70);
CREATE INDEX approval_state_idx ON approval (state, id);
CREATE INDEX approval_asked_by_idx ON approval (asked_by, id);

-- What happened, past tense. `seq` rises by one for each subject, given under the subject's lock (law T2).
CREATE TABLE event (
    subject_id  uuid NOT NULL,
    seq         integer NOT NULL CHECK (seq > 0),
    id          uuid NOT NULL,
    type        text NOT NULL CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
    data        jsonb NOT NULL,
    act_id      uuid NOT NULL,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject_id, seq)
);
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Events that committed but have no position yet. No index: the sequencer takes all it sees.
CREATE TABLE event_pending (
    subject_id uuid NOT NULL,
    seq        integer NOT NULL
);

-- The one total order of a merchant's events, given after the commit by the sequencer. Cursors use it alone.
CREATE TABLE event_position (
    position   bigint PRIMARY KEY,
    subject_id uuid NOT NULL,
    seq        integer NOT NULL
);

-- How far each subscriber has read. `position` moves on even when an order of a subscriber is parked.
CREATE TABLE event_cursor (
    subscriber text PRIMARY KEY,
    position   bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- A subscriber failed on an event: that subject's later events wait here, in order, for that subscriber (law T2).
CREATE TABLE event_parked (
    subscriber text NOT NULL,
    subject_id uuid NOT NULL,
    seq        integer NOT NULL,
    position   bigint NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    due        timestamptz NOT NULL DEFAULT now(),
    error      text,
    parked_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscriber, subject_id, seq)
);

-- The queues of the pumps: what waits for which stage. Narrow on purpose.
CREATE TABLE work (
    stage         text NOT NULL,
    subject_id    uuid NOT NULL,
    due           timestamptz NOT NULL DEFAULT now(),
    entered_at    timestamptz NOT NULL DEFAULT now(),
    attempts      integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    set_aside_at  timestamptz,
    error         text,
    PRIMARY KEY (stage, subject_id)
) WITH (fillfactor = 70);
CREATE INDEX work_due_idx ON work (stage, due) WHERE attempts = 0 AND set_aside_at IS NULL;
CREATE INDEX work_retry_idx ON work (stage, due) WHERE attempts > 0 AND set_aside_at IS NULL;
CREATE INDEX work_set_aside_idx ON work (set_aside_at) WHERE set_aside_at IS NOT NULL;

-- Idempotency-Keys of calls that have no natural key. Hashes and answers only: no personal data (laws T1, T5).
CREATE TABLE idempotency (
    key          text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 400),   -- the caller, a blank, its Idempotency-Key
    request_hash bytea NOT NULL,
    status_code  integer,
    answer       bytea,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_created_at_idx ON idempotency USING brin (created_at);

-- ============ customers: the only home of personal data (law T5) ============

CREATE TABLE customer (
    id            uuid PRIMARY KEY,
    identity_hash bytea NOT NULL UNIQUE,   -- keyed hash of the normalised e-mail, phone or the channel's own id
    external_refs jsonb NOT NULL DEFAULT '{}',
    metadata      jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    erased_at     timestamptz,
    merged_into   uuid CHECK (merged_into <> id)   -- the customer that this one turned out to be: it is another name of that
);
CREATE INDEX customer_merged_idx ON customer (merged_into) WHERE merged_into IS NOT NULL;
-- No chains, and so no circles: who is merged has nobody merged into them.
CREATE TRIGGER customer_merged_once BEFORE UPDATE OF merged_into ON customer
    FOR EACH ROW WHEN (NEW.merged_into IS NOT NULL) EXECUTE FUNCTION refuse_chained_merge();

-- A person or address as one order knows it (`order_id`), or as the customer's own entry (no order).
CREATE TABLE contact (
    id          uuid PRIMARY KEY,
    customer_id uuid,
    order_id    uuid,
    role        text NOT NULL CHECK (role IN ('buyer', 'ship_to', 'bill_to', 'profile')),
    name        text,
    company     text,
    email       text,
    phone       text,
    line1       text,
    line2       text,
    city        text,
    region      text,
    postal_code text,
    country     text CHECK (country ~ '^[A-Z]{2}$'),
    latitude    double precision,
    longitude   double precision,
    created_at  timestamptz NOT NULL DEFAULT now(),
    erased_at   timestamptz
);
CREATE INDEX contact_order_idx ON contact (order_id);
CREATE INDEX contact_email_idx ON contact (lower(email), order_id) WHERE email IS NOT NULL;
-- The last eight digits: the same in every country's own form and in E.164.
CREATE INDEX contact_phone_idx
    ON contact (right(translate(phone, translate(phone, '0123456789', ''), ''), 8), order_id) WHERE phone IS NOT NULL;
CREATE INDEX contact_customer_idx ON contact (customer_id) WHERE order_id IS NULL;

-- Words of names and companies, and pairs of them, for finding a person by any part: filled behind the event cursor,
-- erased with the contact. Compared byte by byte, so that what begins alike stands together.
CREATE TABLE contact_word (
    word       text COLLATE "C" NOT NULL,
    order_id   uuid NOT NULL,
    contact_id uuid NOT NULL,
    PRIMARY KEY (word, order_id, contact_id)
);
CREATE INDEX contact_word_contact_idx ON contact_word (contact_id);

-- Each single word of `contact_word` once, to find those that are spelled like what was typed; gone with the last contact
-- that has it. `latin`: a Latin letter for each letter, since trigrams have no others where the locale is C.
CREATE TABLE name_word (
    word  text COLLATE "C" PRIMARY KEY,
    latin text COLLATE "C" NOT NULL
);
CREATE INDEX name_word_latin_idx ON name_word USING gin (latin gin_trgm_ops);

-- What people write to each other about a customer. May hold personal data, and is erased with the customer (law T5).
CREATE TABLE customer_note (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    author      text NOT NULL,              -- as `act.actor`
    words       text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    pinned      boolean NOT NULL DEFAULT false,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customer_note_customer_idx ON customer_note (customer_id, id);

-- What customers said of being written to: each time one consented or took it back, which is the evidence. Their newest word
-- of a purpose counts. No personal data: it outlives the customer's erasure. A merged customer's stays with its own id.
CREATE TABLE consent (
    id          uuid NOT NULL,
    customer_id uuid NOT NULL,
    purpose     text NOT NULL CHECK (purpose IN ('marketing_email', 'marketing_sms', 'marketing_post', 'profiling')),
    given       boolean NOT NULL,           -- or withdrawn
    source      text NOT NULL CHECK (source IN ('staff', 'program', 'portal', 'merge')),
    order_id    uuid,                       -- whose link they followed
    act_id      uuid NOT NULL,
    said_at     timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, purpose, id),
    CHECK ((source = 'portal') = (order_id IS NOT NULL))
);
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON consent FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ============ catalog ============

CREATE TABLE sku (
    id              uuid PRIMARY KEY,
    code            text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 100),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    gtin            text CHECK (gtin ~ '^[0-9]{8,14}$'),
    kind            text NOT NULL DEFAULT 'stocked' CHECK (kind IN ('stocked', 'kit', 'digital')),
    weight_g        integer CHECK (weight_g >= 0),
    length_mm       integer CHECK (length_mm >= 0),
    width_mm        integer CHECK (width_mm >= 0),
    height_mm       integer CHECK (height_mm >= 0),
    price_minor     bigint CHECK (price_minor >= 0),
    currency        text CHECK (currency ~ '^[A-Z]{3}$'),
    tax_class       text,
    backorder_limit integer CHECK (backorder_limit >= 0),   -- units all pools together may owe; NULL: no limit
    active          boolean NOT NULL DEFAULT true,
    attributes      jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(attributes) <= 16384),
    external_refs   jsonb NOT NULL DEFAULT '{}',
    metadata        jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((price_minor IS NULL) = (currency IS NULL))
);
-- How often SKUs were written, in one row: who keeps what it read of them sees here that it is old. A SKU's code never
-- changes, its id neither, and none is ever deleted.
CREATE TABLE sku_version (
    version bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO sku_version (version) VALUES (1);

CREATE INDEX sku_gtin_idx ON sku (gtin) WHERE gtin IS NOT NULL;
CREATE INDEX sku_search_idx ON sku USING gin (code gin_trgm_ops, name gin_trgm_ops);

CREATE TABLE kit_component (
    kit_sku_id       uuid NOT NULL REFERENCES sku,
    n                integer NOT NULL CHECK (n > 0),
    component_sku_id uuid NOT NULL REFERENCES sku,
    quantity         integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (kit_sku_id, n),
    UNIQUE (kit_sku_id, component_sku_id),
    CHECK (kit_sku_id <> component_sku_id)
);
CREATE INDEX kit_component_sku_idx ON kit_component (component_sku_id);

CREATE TABLE pool (
    id         uuid PRIMARY KEY,
    code       text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 100),
    name       text NOT NULL,
    metadata   jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE location (
    id             uuid PRIMARY KEY,
    code           text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 100),
    name           text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('warehouse', 'store', '3pl', 'supplier')),
    pool_id        uuid NOT NULL REFERENCES pool,
    line1          text,
    line2          text,
    city           text,
    region         text,
    postal_code    text,
    country        text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    latitude       double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude      double precision CHECK (longitude BETWEEN -180 AND 180),
    time_zone      text NOT NULL,
    open_weekdays  integer[] NOT NULL DEFAULT '{1,2,3,4,5}',   -- ISO: Monday is 1
    holidays       date[] NOT NULL DEFAULT '{}',
    cutoff         time NOT NULL DEFAULT '16:00',
    daily_capacity integer CHECK (daily_capacity >= 0),        -- fulfillments a day; NULL: no limit
    active         boolean NOT NULL DEFAULT true,
    closed_at      timestamptz,                                -- what it has is withheld since; NULL: it is open, or was never
    external_refs  jsonb NOT NULL DEFAULT '{}',
    metadata       jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CHECK (NOT (active AND closed_at IS NOT NULL))
);
CREATE INDEX location_pool_idx ON location (pool_id);

CREATE TABLE channel (
    id                uuid PRIMARY KEY,
    code              text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 100),
    name              text NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('storefront', 'marketplace', 'social', 'app', 'pos', 'b2b', 'agent')),
    brand             text,
    currency          text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    short_line_policy text NOT NULL DEFAULT 'backorder' CHECK (short_line_policy IN ('reject', 'drop', 'backorder', 'preorder')),
    buffer            integer NOT NULL DEFAULT 0 CHECK (buffer >= 0),
    verify_prices     boolean NOT NULL DEFAULT false,
    checks            jsonb NOT NULL DEFAULT '{}',   -- limits of the verification: orderwright.orders.verification
    active            boolean NOT NULL DEFAULT true,
    external_refs     jsonb NOT NULL DEFAULT '{}',
    metadata          jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE channel_pool (
    channel_id uuid NOT NULL REFERENCES channel,
    n          integer NOT NULL CHECK (n > 0),
    pool_id    uuid NOT NULL REFERENCES pool,
    PRIMARY KEY (channel_id, n),
    UNIQUE (channel_id, pool_id)
);

-- ============ inventory: the goods ledger ============

-- Balances at a location, one column a bucket. In transit belongs to the receiving location.
CREATE TABLE stock (
    sku_id      uuid NOT NULL,
    location_id uuid NOT NULL,
    available   integer NOT NULL DEFAULT 0 CHECK (available >= 0),
    withheld    integer NOT NULL DEFAULT 0 CHECK (withheld >= 0),
    allocated   integer NOT NULL DEFAULT 0 CHECK (allocated >= 0),
    picked      integer NOT NULL DEFAULT 0 CHECK (picked >= 0),
    packed      integer NOT NULL DEFAULT 0 CHECK (packed >= 0),
    quarantine  integer NOT NULL DEFAULT 0 CHECK (quarantine >= 0),
    damaged     integer NOT NULL DEFAULT 0 CHECK (damaged >= 0),
    in_transit  integer NOT NULL DEFAULT 0 CHECK (in_transit >= 0),
    received_at timestamptz,                 -- when units came in last: by a receipt, or found
    PRIMARY KEY (sku_id, location_id)
) WITH (fillfactor = 50);
CREATE INDEX stock_location_idx ON stock (location_id, sku_id);

-- What a pool can still promise. May be negative only after goods were lost or handed over unasked (law G2).
CREATE TABLE availability (
    sku_id               uuid NOT NULL,
    pool_id              uuid NOT NULL,
    available_to_promise integer NOT NULL DEFAULT 0,
    reserved             integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    promised             integer NOT NULL DEFAULT 0 CHECK (promised >= 0),
    backordered          integer NOT NULL DEFAULT 0 CHECK (backordered >= 0),
    PRIMARY KEY (sku_id, pool_id)
) WITH (fillfactor = 50);

-- Every unit that moved, from one named place to another. A place is (location, bucket) or a boundary account
-- (supplier, customer, loss, opening), which has no balance row.
CREATE TABLE movement (
    id               uuid PRIMARY KEY,
    sku_id           uuid NOT NULL,
    from_location_id uuid,
    from_bucket      text NOT NULL,
    to_location_id   uuid,
    to_bucket        text NOT NULL,
    quantity         integer NOT NULL CHECK (quantity > 0),
    kind             text NOT NULL,           -- receipt, adjustment, allocation, pick, pack, shipment, ...
    subject_id       uuid,                    -- the fulfillment, receipt or adjustment that moved it
    order_id         uuid,
    line_n           integer,
    component_n      integer,
    lot              text,
    bin              text,
    owner            text,
    unit_cost_minor  numeric(20, 6),
    act_id           uuid NOT NULL,
    happened_at      timestamptz NOT NULL,
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((from_location_id IS NULL) = (from_bucket IN ('supplier', 'customer', 'loss', 'opening'))),
    CHECK ((to_location_id IS NULL) = (to_bucket IN ('supplier', 'customer', 'loss', 'opening'))),
    CHECK (from_bucket IN ('supplier', 'customer', 'loss', 'opening', 'available', 'withheld', 'allocated', 'picked', 'packed', 'quarantine', 'damaged', 'in_transit')),
    CHECK (to_bucket IN ('supplier', 'customer', 'loss', 'opening', 'available', 'withheld', 'allocated', 'picked', 'packed', 'quarantine', 'damaged', 'in_transit')),
    CHECK (from_location_id IS DISTINCT FROM to_location_id OR from_bucket <> to_bucket)
);
CREATE INDEX movement_sku_idx ON movement (sku_id, id);
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON movement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Dated supply that preorders may be promised from, first come first served.
CREATE TABLE supply (
    id        uuid PRIMARY KEY,
    sku_id    uuid NOT NULL,
    pool_id   uuid NOT NULL,
    due_on    date NOT NULL,
    quantity  integer NOT NULL CHECK (quantity >= 0),            -- units still to come
    preordered integer NOT NULL DEFAULT 0 CHECK (preordered >= 0 AND preordered <= quantity),
    reference text,
    version   integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX supply_sku_idx ON supply (sku_id, pool_id, due_on, id);
CREATE INDEX supply_due_idx ON supply (due_on, id) WHERE quantity > 0;

-- ============ orders ============

CREATE SEQUENCE order_number START 100001;

CREATE TABLE orders (
    id                    uuid PRIMARY KEY,
    number                bigint NOT NULL UNIQUE DEFAULT nextval('order_number'),
    channel_id            uuid NOT NULL,
    external_id           text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 100),
    kind                  text NOT NULL CHECK (kind IN ('sale', 'exchange', 'replacement', 'transfer', 'wholesale')),
    parent_id             uuid,
    status                text NOT NULL CHECK (status IN ('placed', 'backordered', 'allocated', 'picking', 'packed', 'partly_shipped', 'shipped', 'delivered', 'cancelled')),
    hold_count            integer NOT NULL DEFAULT 0 CHECK (hold_count >= 0),
    priority              integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),
    currency              text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    prices_include_tax    boolean NOT NULL,
    lines_minor           bigint NOT NULL CHECK (lines_minor >= 0),
    shipping_minor        bigint NOT NULL CHECK (shipping_minor >= 0),
    fees_minor            bigint NOT NULL CHECK (fees_minor >= 0),
    discount_minor        bigint NOT NULL CHECK (discount_minor >= 0),
    tax_minor             bigint NOT NULL CHECK (tax_minor >= 0),
    rounding_minor        bigint NOT NULL,
    total_minor           bigint NOT NULL CHECK (total_minor >= 0),
    line_count            integer NOT NULL DEFAULT 0,   -- of lines; both follow the lines, so that lists read none
    unit_count            bigint NOT NULL DEFAULT 0,    -- sum of its lines' quantities
    revision              integer NOT NULL DEFAULT 0,   -- how often what is ordered was changed: edited or cancelled
    customer_id           uuid,
    buyer_contact_id      uuid,
    ship_to_contact_id    uuid,
    bill_to_contact_id    uuid,
    placed_at             timestamptz NOT NULL,
    requested_ship_on     date,
    requested_delivery_on date,
    promised_on           date,        -- local to the destination, in promise_zone
    promise_zone          text,
    basket_hash           bytea,       -- keyed hash of lines and total, to see orders that look like duplicates
    metadata              jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    event_seq             integer NOT NULL CHECK (event_seq > 0),
    version               integer NOT NULL DEFAULT 1,
    CONSTRAINT orders_m2_total CHECK (
        total_minor = lines_minor + shipping_minor + fees_minor - discount_minor
                      + CASE WHEN prices_include_tax THEN 0 ELSE tax_minor END + rounding_minor)
) WITH (fillfactor = 80);
CREATE INDEX orders_status_idx ON orders (status, id);
CREATE INDEX orders_held_idx ON orders (id) WHERE hold_count > 0;
CREATE INDEX orders_parent_idx ON orders (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX orders_customer_idx ON orders (customer_id, id);
-- What is promised for which day and not there yet: late orders, and those of a day, by steps over the days.
CREATE INDEX orders_promised_idx ON orders (promised_on, id)
    WHERE status NOT IN ('delivered', 'cancelled') AND promised_on IS NOT NULL;
-- Ids tell when an order came, which is soon after it was placed; the others (imports, mostly) are found here.
CREATE INDEX orders_off_time_idx ON orders (placed_at, id)
    WHERE uuid_extract_timestamp(id) - placed_at NOT BETWEEN interval '-1 hour' AND interval '1 hour';

-- Who an order is, for ever (law T1): kept apart so that orders can be partitioned by id one day.
-- `fingerprint` holds a keyed hash a field, so that a differing replay can be told which field differs (law T5).
CREATE TABLE order_identity (
    channel_id  uuid NOT NULL,
    external_id text NOT NULL,
    order_id    uuid NOT NULL,
    fingerprint bytea NOT NULL,
    PRIMARY KEY (channel_id, external_id)
);
-- The orders of a channel, here and not on `orders`, whose indexes every change of a status writes to anew.
CREATE INDEX order_identity_channel_idx ON order_identity (channel_id, order_id);

CREATE TABLE order_line (
    order_id         uuid NOT NULL,
    n                integer NOT NULL CHECK (n > 0),
    reference        text,                 -- the channel's own id of the line
    sku_id           uuid,                 -- NULL until understood
    sku_code         text NOT NULL,
    name             text,
    quantity         integer NOT NULL CHECK (quantity > 0),
    unit_price_minor numeric(20, 6) NOT NULL CHECK (unit_price_minor >= 0),
    subtotal_minor   bigint NOT NULL CHECK (subtotal_minor >= 0),
    discount_minor   bigint NOT NULL CHECK (discount_minor >= 0),   -- its share of every discount, fixed at placement
    tax_minor        bigint NOT NULL CHECK (tax_minor >= 0),
    charge_tax_minor bigint NOT NULL DEFAULT 0 CHECK (charge_tax_minor BETWEEN 0 AND tax_minor), -- of it, that on shipping and fees
    shipping_minor   bigint NOT NULL CHECK (shipping_minor >= 0),
    fees_minor       bigint NOT NULL CHECK (fees_minor >= 0),
    delivery         text NOT NULL CHECK (delivery IN ('ship', 'pickup', 'digital', 'channel')),
    location_id      uuid,                 -- named by the order: pick-up in store, point of sale
    PRIMARY KEY (order_id, n),
    CHECK (discount_minor <= subtotal_minor)
);
CREATE INDEX order_line_sku_idx ON order_line (sku_id, order_id);
CREATE INDEX order_line_unknown_idx ON order_line (sku_code, order_id) WHERE sku_id IS NULL;

-- A ledger of quantities for each thing that a line is made of (law G4).
CREATE TABLE component (
    order_id    uuid NOT NULL,
    line_n      integer NOT NULL,
    n           integer NOT NULL,
    sku_id      uuid,
    ordered     integer NOT NULL CHECK (ordered > 0),
    pending     integer NOT NULL DEFAULT 0 CHECK (pending >= 0),
    external    integer NOT NULL DEFAULT 0 CHECK (external >= 0),
    cancelled   integer NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    backordered integer NOT NULL DEFAULT 0 CHECK (backordered >= 0),
    promised    integer NOT NULL DEFAULT 0 CHECK (promised >= 0),
    allocated   integer NOT NULL DEFAULT 0 CHECK (allocated >= 0),
    picked      integer NOT NULL DEFAULT 0 CHECK (picked >= 0),
    packed      integer NOT NULL DEFAULT 0 CHECK (packed >= 0),
    shipped     integer NOT NULL DEFAULT 0 CHECK (shipped >= 0),
    delivered   integer NOT NULL DEFAULT 0 CHECK (delivered >= 0 AND delivered <= shipped),
    returned    integer NOT NULL DEFAULT 0 CHECK (returned >= 0 AND returned <= shipped),
    PRIMARY KEY (order_id, line_n, n),
    CONSTRAINT component_g4 CHECK (ordered = pending + external + cancelled + backordered + promised + allocated + picked + packed + shipped)
) WITH (fillfactor = 60);

-- Units of a pool's ATP that a component took and that no location holds for it yet.
CREATE TABLE promise (
    order_id    uuid NOT NULL,
    line_n      integer NOT NULL,
    component_n integer NOT NULL,
    pool_id     uuid NOT NULL,
    sku_id      uuid NOT NULL,
    quantity    integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line_n, component_n, pool_id)
) WITH (fillfactor = 70);

-- Units a component waits for: first come first served within priority. With a supply: a preorder.
CREATE TABLE backorder (
    order_id    uuid NOT NULL,
    line_n      integer NOT NULL,
    component_n integer NOT NULL,
    pool_id     uuid NOT NULL,
    sku_id      uuid NOT NULL,
    supply_id   uuid,
    priority    integer NOT NULL,
    quantity    integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line_n, component_n)
);
CREATE INDEX backorder_queue_idx ON backorder (sku_id, pool_id, priority DESC, order_id);

-- Shipping, fees, discounts and taxes with each line's share. Discounts of lines are together by code and name, taxes by
-- name and rate; rounding is the order's own.
CREATE TABLE order_charge (
    order_id     uuid NOT NULL,
    n            integer NOT NULL CHECK (n > 0),
    kind         text NOT NULL CHECK (kind IN ('shipping', 'fee', 'discount', 'tax')),
    code         text,
    name         text,
    rate         numeric(9, 6),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    shares_minor bigint[] NOT NULL,       -- by line, in line order; they sum to the amount
    PRIMARY KEY (order_id, n)
);

-- A typed reason that blocks named steps of an order until released.
CREATE TABLE hold (
    id           uuid PRIMARY KEY,
    order_id     uuid NOT NULL,
    type         text NOT NULL,
    blocks       text[] NOT NULL CHECK (blocks <@ ARRAY['source', 'release', 'ship']),
    detail       jsonb NOT NULL DEFAULT '{}',
    act_id       uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    released_at  timestamptz,
    release_act_id uuid,
    CHECK ((released_at IS NULL) = (release_act_id IS NULL))
);
CREATE INDEX hold_order_idx ON hold (order_id);
CREATE UNIQUE INDEX hold_open_idx ON hold (order_id, type) WHERE released_at IS NULL;

-- Bodies of orders that were refused: they keep no identity and may be sent again, mended (law T1). Erasable (T5).
CREATE TABLE inbox (
    id          uuid PRIMARY KEY,
    channel     text,
    external_id text,
    code        text NOT NULL,
    message     text NOT NULL,
    body        jsonb,
    identity_hash bytea,     -- who sent it, as in `customer`
    act_id      uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_received_at_idx ON inbox (received_at);

-- ============ orders: what people add to them ============

-- Words to find an order by, from its channel or given by people. A table, so that a list of a tag's orders pages by
-- key, and the many orders without tags pay nothing.
CREATE TABLE order_tag (
    order_id uuid NOT NULL,
    tag      text COLLATE "C" NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
    PRIMARY KEY (order_id, tag)
);
CREATE INDEX order_tag_tag_idx ON order_tag (tag, order_id);

-- What people write to each other about an order. May hold personal data, and is erased with it (law T5).
CREATE TABLE order_note (
    id         uuid PRIMARY KEY,
    order_id   uuid NOT NULL,
    author     text NOT NULL,              -- as `act.actor`
    words      text NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    pinned     boolean NOT NULL DEFAULT false,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX order_note_order_idx ON order_note (order_id, id);

-- A photo, letter or other file of an order. May show a person, and is erased with the order's contacts (law T5).
CREATE TABLE attachment (
    id         uuid PRIMARY KEY,
    order_id   uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('photo', 'letter', 'other')),
    return_id  uuid,                       -- the return that it belongs to
    claim_id   uuid,                       -- the claim that it belongs to
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'application/pdf', 'text/plain')),
    byte_count integer NOT NULL CHECK (byte_count > 0),
    content    bytea NOT NULL,             -- what a picture said of place and device was taken out
    author     text NOT NULL,              -- as `act.actor`
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE attachment ALTER COLUMN content SET STORAGE EXTERNAL;   -- compressed by its own format
CREATE INDEX attachment_order_idx ON attachment (order_id, id);

-- ============ bulk runs ============

-- One thing that is done to many orders in the background, slice by slice, with what whoever started it may do then.
-- Its orders are listed once, newest first, and then worked through in the same order. No personal data.
CREATE TABLE bulk_run (
    id             uuid PRIMARY KEY,
    action         text NOT NULL CHECK (action IN ('hold', 'release_holds', 'cancel', 'source', 'tag', 'untag', 'release_to_floor')),
    filters        jsonb CHECK (pg_column_size(filters) <= 16384),       -- of the list that it is of, where it is of one
    source_run_id  uuid,                       -- the run whose orders it is of, where it repeats one or takes it back
    source_results text CHECK (source_results IN ('changed', 'done', 'not_done')),
    options        jsonb NOT NULL CHECK (pg_column_size(options) <= 4096),   -- tag, reason, note, type
    state          text NOT NULL CHECK (state IN ('collecting', 'running', 'done', 'cancelled', 'stopped')),
    stopped_code   text,
    actor          text NOT NULL,              -- as `act.actor`: its slices are done with what they may do
    on_behalf_of   text,
    reason         text,
    origin         text,
    total          integer NOT NULL CHECK (total >= 0),                      -- orders that are listed
    done           integer NOT NULL DEFAULT 0 CHECK (done >= 0),
    refused        integer NOT NULL DEFAULT 0 CHECK (refused >= 0),
    collect_below  uuid NOT NULL,              -- how far listing is
    work_below     uuid NOT NULL DEFAULT 'ffffffff-ffff-ffff-ffff-ffffffffffff',   -- how far working is
    act_id         uuid NOT NULL,
    created_at     timestamptz NOT NULL,
    entered_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    CHECK ((source_run_id IS NULL) = (source_results IS NULL)),
    CHECK (filters IS NULL OR source_run_id IS NULL),
    CHECK ((state IN ('collecting', 'running')) = (finished_at IS NULL)),
    CHECK ((state = 'stopped') = (stopped_code IS NOT NULL)),
    CHECK (done + refused <= total)
) WITH (fillfactor = 50);
CREATE INDEX bulk_run_unfinished_idx ON bulk_run (id) WHERE finished_at IS NULL;
CREATE INDEX bulk_run_finished_idx ON bulk_run (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX bulk_run_actor_idx ON bulk_run (actor, id);

-- An order of a bulk run: what became of it, once and for all, written with what was done to it.
CREATE TABLE bulk_run_item (
    run_id   uuid NOT NULL,
    order_id uuid NOT NULL,
    code     text,                             -- of the outcome; NULL: not its turn yet
    ok       boolean,
    message  text,
    details  jsonb,
    PRIMARY KEY (run_id, order_id),
    CHECK ((code IS NULL) = (ok IS NULL))
);

-- ============ messages ============

-- What was said with a customer, about an order or about none. A message of an order is its customer's, whoever that is;
-- `customer_id` is of one about no order. Words, reference and metadata are personal data: an erasure empties them, and the
-- hash stays, so that a program that sends the message again does not bring it back (law T5).
CREATE TABLE message (
    id             uuid PRIMARY KEY,
    order_id       uuid,
    customer_id    uuid,
    direction      text NOT NULL CHECK (direction IN ('in', 'out')),
    medium         text NOT NULL CHECK (medium IN ('portal', 'phone', 'e_mail', 'chat', 'post')),
    author         text NOT NULL,             -- 'shopper', 'system', or staff as `act.actor`
    recorded_by    text NOT NULL,             -- as `act.actor`
    words          text CHECK (length(words) BETWEEN 1 AND 10000),   -- NULL once erased
    reference      text CHECK (length(reference) BETWEEN 1 AND 500), -- what it is called where it came from
    reference_hash bytea,                     -- keyed hash of it
    metadata       jsonb NOT NULL DEFAULT '{}',
    delivery       text NOT NULL CHECK (delivery IN ('none', 'sent', 'delivered', 'failed')),
    answer         text NOT NULL CHECK (answer IN ('none', 'awaited', 'answered', 'not_needed')),
    answered_by    text,                      -- as `act.actor`
    answered_at    timestamptz,
    said_at        timestamptz NOT NULL,      -- when it was sent or received
    version        integer NOT NULL DEFAULT 1,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT message_reference_key UNIQUE (medium, reference_hash),
    CHECK ((order_id IS NULL) <> (customer_id IS NULL)),
    CHECK (direction = 'in' OR answer = 'none'),
    CHECK (direction = 'out' OR delivery = 'none'),
    CHECK ((answer IN ('answered', 'not_needed')) = (answered_at IS NOT NULL)),
    CHECK ((answered_by IS NULL) = (answered_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX message_order_idx ON message (order_id, said_at, id) WHERE order_id IS NOT NULL;
CREATE INDEX message_customer_idx ON message (customer_id, said_at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX message_waiting_idx ON message (said_at, id) WHERE answer = 'awaited';

-- ============ draft orders ============

-- An order that somebody has begun to enter. Personal data: emptied when it is placed, erased with its people (law T5).
CREATE TABLE draft_order (
    id          uuid PRIMARY KEY,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),   -- of the order that it will be
    owner       text NOT NULL,              -- who began it: as `act.actor`
    channel_id  uuid,                       -- none is chosen yet: NULL
    body        jsonb NOT NULL CHECK (pg_column_size(body) <= 131072),   -- of an order; anything may be missing
    note        text CHECK (length(note) <= 4000),
    revision    integer NOT NULL DEFAULT 1,
    saved_by    text NOT NULL,
    order_id    uuid,                       -- the order that it became
    deleted_at  timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    saved_at    timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    CONSTRAINT draft_order_external_id_key UNIQUE (external_id),
    CHECK (order_id IS NULL OR body = '{}' AND note IS NULL)
);
CREATE INDEX draft_order_saved_at_idx ON draft_order (saved_at, id) WHERE order_id IS NULL AND deleted_at IS NULL;
CREATE INDEX draft_order_owner_idx ON draft_order (owner) WHERE order_id IS NULL AND deleted_at IS NULL;
CREATE INDEX draft_order_expires_at_idx ON draft_order (expires_at);
CREATE INDEX draft_order_deleted_at_idx ON draft_order (deleted_at) WHERE deleted_at IS NOT NULL;

-- ============ saved views ============

-- A list by a name: what is asked for, and what is shown of it. Of one person or program, or shared. No personal data.
CREATE TABLE saved_view (
    id         uuid PRIMARY KEY,
    owner      text NOT NULL,              -- as `act.actor`; '': everybody's
    subject    text NOT NULL CHECK (subject ~ '^[a-z][a-z0-9_]{0,49}$'),   -- what it lists: orders, stock ...
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    filters    jsonb NOT NULL CHECK (pg_column_size(filters) <= 8192),
    columns    text[] NOT NULL,            -- in the order in which they are shown; none: those that are shown by default
    density    text NOT NULL DEFAULT '' CHECK (density IN ('', 'normal', 'dense')),   -- '': as the reader likes it
    position   integer NOT NULL CHECK (position BETWEEN 0 AND 1000),
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_view_name_key UNIQUE (owner, subject, name)
);

-- How somebody likes a screen: which columns of a list, which tiles of the first page and in what order. No personal data.
CREATE TABLE preference (
    owner      text NOT NULL,              -- as `act.actor`
    name       text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,49}$'),      -- what of: home, list_orders ...
    value      jsonb NOT NULL CHECK (pg_column_size(value) <= 16384),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, name)
);

-- Who looks at which held order, so that two do not work on one unknowingly. A courtesy: what decides is the order.
CREATE TABLE presence (
    order_id  uuid NOT NULL,
    person_id uuid NOT NULL,
    since     timestamptz NOT NULL DEFAULT now(),
    seen_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, person_id)
);

-- ============ payments: the money ledger ============

-- One way in which an order is paid, and where its money is: set aside at the payer, taken, given back. All sums only
-- rise; `capturing` and `refunding` are what requests under way will move. Law M1 is the two constraints below.
CREATE TABLE payment (
    id               uuid PRIMARY KEY,
    order_id         uuid NOT NULL,
    n                integer NOT NULL CHECK (n > 0),
    method           text NOT NULL CHECK (method IN ('card', 'wallet', 'bank_transfer', 'invoice', 'cash_on_delivery', 'gift_card', 'store_credit', 'marketplace', 'cash', 'exchange')),
    provider         text,               -- who moves it: an adapter's code, or whoever the channel says
    reference        text,               -- the provider's id of it
    token            text,               -- how the payer pays, where we are to authorize
    amount_minor     bigint NOT NULL CHECK (amount_minor >= 0),               -- what it was to bring
    authorized_minor bigint NOT NULL DEFAULT 0 CHECK (authorized_minor >= 0), -- set aside for us, all in all
    released_minor   bigint NOT NULL DEFAULT 0 CHECK (released_minor >= 0),   -- let go: voided, lapsed, not needed
    captured_minor   bigint NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
    capturing_minor  bigint NOT NULL DEFAULT 0 CHECK (capturing_minor >= 0),
    refunded_minor   bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    refunding_minor  bigint NOT NULL DEFAULT 0 CHECK (refunding_minor >= 0),
    expires_at       timestamptz,        -- when what is set aside lapses
    due_on           date,               -- of an invoice with terms
    refused_code     text,               -- why the last thing asked was refused: nothing more is asked by itself
    version          integer NOT NULL DEFAULT 1,
    CONSTRAINT payment_m1_captured CHECK (captured_minor + capturing_minor + released_minor <= authorized_minor),
    CONSTRAINT payment_m1_refunded CHECK (refunded_minor + refunding_minor <= captured_minor)
) WITH (fillfactor = 80);
CREATE INDEX payment_order_idx ON payment (order_id);
CREATE INDEX payment_reference_idx ON payment (reference, provider) WHERE reference IS NOT NULL;

-- What is asked of a provider: the intent, written before the call; its id is the call's idempotency key.
CREATE TABLE payment_request (
    id           uuid PRIMARY KEY,
    payment_id   uuid NOT NULL,
    order_id     uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('authorize', 'increment', 'capture', 'void', 'refund')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    final        boolean NOT NULL DEFAULT false,     -- the last capture: what is left of the authorization is let go
    state        text NOT NULL CHECK (state IN ('wanted', 'sent', 'done', 'refused')),
    sent_at      timestamptz,                        -- the first time
    code         text,                               -- why it was refused
    subject_id   uuid,                               -- the return, exchange or claim that it is for
    act_id       uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    CHECK ((state IN ('done', 'refused')) = (finished_at IS NOT NULL)),
    CHECK ((state = 'wanted') = (sent_at IS NULL)),
    CHECK (NOT final OR kind = 'capture')
) WITH (fillfactor = 70);
CREATE INDEX payment_request_payment_idx ON payment_request (payment_id, id);

-- Every cent that moved, from the account that is credited to the one that is debited (law M1: one row is both sides).
-- `receivable` is what the customer owes for the order; `payer` and `authorized` are memo accounts.
CREATE TABLE money_entry (
    id           uuid NOT NULL,
    order_id     uuid NOT NULL,
    debit        text NOT NULL,
    credit       text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    kind         text NOT NULL,           -- placement, cancellation, edit, authorization, capture, refund, ...
    payment_id   uuid,
    request_id   uuid,
    subject_id   uuid,                    -- the return, exchange or claim that it is for
    act_id       uuid NOT NULL,
    happened_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, id),
    CHECK (debit <> credit),
    CHECK (debit IN ('receivable', 'lines', 'shipping', 'fees', 'discounts', 'tax', 'tax_included', 'rounding', 'allowances', 'write_offs', 'payer', 'authorized', 'captured', 'store_credit', 'exchanged')),
    CHECK (credit IN ('receivable', 'lines', 'shipping', 'fees', 'discounts', 'tax', 'tax_included', 'rounding', 'allowances', 'write_offs', 'payer', 'authorized', 'captured', 'store_credit', 'exchanged'))
);
CREATE INDEX money_entry_moved_idx ON money_entry (id) WHERE debit = 'captured' OR credit = 'captured';
CREATE TRIGGER money_entry_append_only BEFORE UPDATE OR DELETE ON money_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Orders for which nothing is on its way any more and whose balance is not zero: work for people. The amount is derived.
CREATE TABLE open_balance (
    order_id uuid PRIMARY KEY,
    since    timestamptz NOT NULL DEFAULT now(),
    due_on   date,                        -- not late before this day
    why      text NOT NULL
);
CREATE INDEX open_balance_since_idx ON open_balance (since);

-- Rates of taxes by jurisdiction: a country, a region of it ('' for all), the places whose postal codes begin with a
-- prefix ('' for all); of one class of goods ('' for all). A tax has one rate on a day: the last constraint compares a
-- hash of its five texts as a range, which needs no extension.
CREATE TABLE tax_rate (
    id                  uuid PRIMARY KEY,
    version             integer NOT NULL,
    country             text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    region              text NOT NULL CHECK (length(region) <= 20),
    postal_prefix       text NOT NULL CHECK (postal_prefix ~ '^[A-Z0-9]{0,10}$'),
    tax_class           text NOT NULL CHECK (length(tax_class) <= 100),
    name                text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    rate                numeric(9, 6) NOT NULL CHECK (rate BETWEEN 0 AND 1),
    applies_to_shipping boolean NOT NULL,
    compound            boolean NOT NULL,      -- on the taxes before it too
    valid_from          date NOT NULL,
    valid_to            date CHECK (valid_to >= valid_from),       -- the last day; NULL: until further notice
    updated_at          timestamptz NOT NULL DEFAULT now(),
    tax_hash            bigint GENERATED ALWAYS AS (hashtextextended(
        country || E'\x1f' || region || E'\x1f' || postal_prefix || E'\x1f' || tax_class || E'\x1f' || name, 0)) STORED,
    CONSTRAINT tax_rate_key UNIQUE (country, region, postal_prefix, tax_class, name, valid_from),
    CONSTRAINT tax_rate_once EXCLUDE USING gist (
        numrange(tax_hash, tax_hash, '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)
);

-- How the orders of a channel are taxed when they change: the highest version holds, earlier ones stay for those who
-- look back. A channel without a row keeps to the rates that its orders came with.
CREATE TABLE channel_tax (
    channel_id uuid NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    terms      jsonb NOT NULL CHECK (pg_column_size(terms) <= 16384),   -- orderwright.payments.taxes.channel_terms
    act_id     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, version)
);

-- Webhooks of providers, each once: what they are about is fetched anew. No body is kept (law T5).
CREATE TABLE payment_webhook (
    id           uuid PRIMARY KEY,
    provider     text NOT NULL,
    event_id     text NOT NULL,
    type         text NOT NULL,
    reference    text,
    received_at  timestamptz NOT NULL DEFAULT now(),
    handled_at   timestamptz,
    UNIQUE (provider, event_id)
);
CREATE INDEX payment_webhook_open_idx ON payment_webhook (received_at, id) WHERE handled_at IS NULL;
CREATE INDEX payment_webhook_handled_idx ON payment_webhook (handled_at) WHERE handled_at IS NOT NULL;

-- What a provider paid out to the merchant, once: its lines are matched to what moved with us.
CREATE TABLE payout (
    id          uuid PRIMARY KEY,
    provider    text NOT NULL,
    reference   text NOT NULL,               -- the provider's id of it
    currency    text NOT NULL,
    paid_on     date NOT NULL,
    total_minor bigint NOT NULL,             -- its lines less their fees
    content     bytea NOT NULL,              -- a hash of what was sent
    act_id      uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, reference)
);

-- A line of a pay-out. `entry_id` is the capture or refund of ours that it was matched to: each to one line, ever.
CREATE TABLE payout_line (
    payout_id    uuid NOT NULL,
    n            integer NOT NULL CHECK (n > 0),
    kind         text NOT NULL CHECK (kind IN ('capture', 'refund', 'fee', 'adjustment')),
    reference    text,                        -- the provider's id of the payment
    amount_minor bigint NOT NULL,             -- what came to us; below 0: what went from us
    fee_minor    bigint NOT NULL,             -- what the provider kept of it
    code         text CHECK (code IN ('matched', 'unknown_payment', 'amount_differs', 'currency_differs', 'duplicate')),
    payment_id   uuid,
    order_id     uuid,
    entry_id     uuid,
    ours_minor   bigint,                      -- what moved with us, where that is something else
    PRIMARY KEY (payout_id, n),
    CHECK ((code IS NOT NULL) = (kind IN ('capture', 'refund')))
);
CREATE UNIQUE INDEX payout_line_entry_idx ON payout_line (entry_id) WHERE entry_id IS NOT NULL;

-- ============ payments: documents ============

-- Who invoices: a company of the merchant. What is printed of it stands in its versions, so that a document shows the
-- company as it was on its day.
CREATE TABLE legal_entity (
    id      uuid PRIMARY KEY,
    code    text NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 100),
    version integer NOT NULL
);

CREATE TABLE legal_entity_version (
    legal_entity_id     uuid NOT NULL,
    version             integer NOT NULL CHECK (version > 0),
    name                text NOT NULL,
    address             text[] NOT NULL,       -- by line, without the country
    country             text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    time_zone           text NOT NULL,         -- whose days and years count
    tax_ids             jsonb NOT NULL,        -- [{label, value}], printed in this order
    register            text,
    bank                jsonb NOT NULL,        -- [{label, value}]
    note                text,                  -- at the foot of every document
    invoice_numbers     text NOT NULL,         -- INV-{year}-{n:06}
    credit_note_numbers text NOT NULL,
    receipt_numbers     text NOT NULL,
    act_id              uuid NOT NULL,
    recorded_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (legal_entity_id, version)
);
CREATE TRIGGER legal_entity_version_append_only BEFORE UPDATE OR DELETE ON legal_entity_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Which company invoices the orders of a channel, and when. A channel without a row has no documents.
CREATE TABLE channel_invoicing (
    channel_id      uuid PRIMARY KEY,
    id              uuid NOT NULL UNIQUE,
    legal_entity_id uuid NOT NULL,
    invoice_at      text NOT NULL CHECK (invoice_at IN ('shipment', 'placement', 'never')),
    receipts        boolean NOT NULL,          -- one for money that came
    version         integer NOT NULL
);

-- The last number that was given, of each kind and year (0 where numbers do not start anew each year). It is raised in
-- the transaction that writes the documents, under the last lock that it takes: no number is missing, none is there twice.
CREATE TABLE document_series (
    legal_entity_id uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'receipt')),
    year            integer NOT NULL,
    last_number     bigint NOT NULL CHECK (last_number > 0),
    PRIMARY KEY (legal_entity_id, kind, year)
) WITH (fillfactor = 50);

-- An invoice, credit note (its amounts are positive) or receipt. No personal data: the address is read from the contact
-- when it is shown, and is gone once that is erased (law T5).
CREATE TABLE document (
    id                   uuid PRIMARY KEY,
    kind                 text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'receipt')),
    legal_entity_id      uuid NOT NULL,
    legal_entity_version integer NOT NULL,
    year                 integer NOT NULL,
    series_number        bigint NOT NULL CHECK (series_number > 0),
    number               text NOT NULL,
    order_id             uuid NOT NULL,
    n                    integer NOT NULL CHECK (n > 0),     -- of the order's documents
    refers_to            uuid,                               -- the invoice that a credit note corrects
    currency             text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    net_minor            bigint NOT NULL,
    tax_minor            bigint NOT NULL,
    gross_minor          bigint NOT NULL,
    data                 jsonb NOT NULL,                     -- how prices were said, what is due when, notes: codes only
    bill_to_contact_id   uuid,
    issued_on            date NOT NULL,                      -- by the company's clock
    issued_at            timestamptz NOT NULL,
    act_id               uuid NOT NULL,
    recorded_at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (legal_entity_id, number),
    UNIQUE (legal_entity_id, kind, year, series_number),
    UNIQUE (order_id, n),
    CHECK (gross_minor = net_minor + tax_minor),
    CHECK ((kind = 'credit_note') = (refers_to IS NOT NULL))
);
CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE ON document
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a document is about: units of a line, shipping and fees, rounding, what was given up, a payment.
CREATE TABLE document_line (
    document_id uuid NOT NULL,
    n           integer NOT NULL CHECK (n > 0),
    kind        text NOT NULL CHECK (kind IN ('line', 'charges', 'rounding', 'allowance', 'payment')),
    ref         integer NOT NULL,              -- the order's line or payment; 0 for others
    code        text,                          -- the SKU, or how it was paid
    name        text,
    units       integer NOT NULL CHECK (units >= 0),
    net_minor   bigint NOT NULL,
    tax_minor   bigint NOT NULL,
    gross_minor bigint NOT NULL,
    taxes       jsonb NOT NULL,                -- [[name, rate, net amount that it is on, tax]], amounts in minor units
    PRIMARY KEY (document_id, n),
    CHECK (gross_minor = net_minor + tax_minor)
);
CREATE TRIGGER document_line_append_only BEFORE UPDATE OR DELETE ON document_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ============ payments: the built-in provider (an outside party: nothing of the ledger refers to these) ============

-- A payment as the built-in provider keeps it. All sums only rise.
CREATE TABLE builtin_payment (
    reference        text PRIMARY KEY,           -- bp_...
    payment          text NOT NULL,              -- the id that it was asked with, pay_...
    currency         text NOT NULL,
    token            text NOT NULL,              -- how the payer pays, which says how this payment behaves
    authorized_minor bigint NOT NULL CHECK (authorized_minor > 0),
    captured_minor   bigint NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
    refunded_minor   bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    released_minor   bigint NOT NULL DEFAULT 0 CHECK (released_minor >= 0),
    finalized        boolean NOT NULL DEFAULT false,   -- voided, or captured for the last time
    expires_at       timestamptz NOT NULL,       -- from then on what is open counts as released
    CONSTRAINT builtin_payment_captured CHECK (captured_minor + released_minor <= authorized_minor),
    CONSTRAINT builtin_payment_refunded CHECK (refunded_minor <= captured_minor),
    CONSTRAINT builtin_payment_finalized CHECK (NOT finalized OR captured_minor + released_minor = authorized_minor)
) WITH (fillfactor = 70);
CREATE INDEX builtin_payment_payment_idx ON builtin_payment (payment);

-- What the built-in provider was asked and answered, by idempotency key.
CREATE TABLE builtin_operation (
    key          text PRIMARY KEY,
    content      bytea NOT NULL,                 -- a hash of what was asked
    reference    text,                           -- none where no payment came of it
    kind         text NOT NULL CHECK (kind IN ('authorize', 'increment', 'capture', 'void', 'refund')),
    amount_minor bigint NOT NULL,                -- what was moved, or asked for in vain
    done         boolean NOT NULL,
    code         text,                           -- why it was refused
    n            integer NOT NULL,               -- within its call
    created_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (done = (code IS NULL)),
    CHECK (NOT done OR reference IS NOT NULL)
);
CREATE INDEX builtin_operation_reference_idx ON builtin_operation (reference);

-- What the built-in provider was told to fail at, met in the order of ids.
CREATE TABLE builtin_trouble (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind  text CHECK (kind IN ('authorize', 'increment', 'capture', 'void', 'refund', 'fetch')),  -- none: all but fetch
    mode  text NOT NULL CHECK (mode IN ('timeout_before', 'timeout_after', 'decline', 'crash', 'crash_after')),
    code  text,                                  -- of a decline
    after integer NOT NULL CHECK (after >= 0),   -- so many are let through first
    times integer NOT NULL CHECK (times >= 0),   -- so many are still to fail
    CHECK ((mode = 'decline') = (code IS NOT NULL))
);

-- ============ payments: store credit ============

-- What a customer may spend here, in one currency. No personal data: it outlives the customer's erasure.
CREATE TABLE credit_account (
    id            uuid PRIMARY KEY,
    customer_id   uuid NOT NULL,
    currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    balance_minor bigint NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
    held_minor    bigint NOT NULL DEFAULT 0,            -- set aside for orders, a part of the balance
    event_seq     integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT now(),
    moved_into    uuid CHECK (moved_into <> id),        -- of a merged customer: the account that has it all by now
    CONSTRAINT credit_account_owner_key UNIQUE (customer_id, currency),
    CONSTRAINT credit_account_m1_held CHECK (held_minor BETWEEN 0 AND balance_minor),
    CONSTRAINT credit_account_m1_moved CHECK (moved_into IS NULL OR balance_minor = 0)
) WITH (fillfactor = 70);
CREATE INDEX credit_account_moved_idx ON credit_account (moved_into) WHERE moved_into IS NOT NULL;

-- Every cent that came into an account (above 0) or went out of it.
CREATE TABLE credit_entry (
    id           uuid NOT NULL,
    account_id   uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    kind         text NOT NULL CHECK (kind IN ('issued', 'refunded', 'spent', 'returned', 'adjusted', 'moved')),
    reason       text,
    order_id     uuid,
    payment_id   uuid,                   -- the payment that it was spent by
    request_id   uuid,
    subject_id   uuid,                   -- the return that it is for
    act_id       uuid NOT NULL,
    happened_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, id),
    CHECK (kind IN ('adjusted', 'refunded', 'moved') OR (kind = 'spent') = (amount_minor < 0)),
    CHECK ((kind IN ('spent', 'returned')) = (payment_id IS NOT NULL)),
    CHECK (kind NOT IN ('spent', 'returned', 'refunded') OR order_id IS NOT NULL)
);
CREATE INDEX credit_entry_order_idx ON credit_entry (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER credit_entry_append_only BEFORE UPDATE OR DELETE ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was set aside of an account for a payment, and what became of it: the payment as the provider `store_credit`
-- keeps it. All sums only rise.
CREATE TABLE credit_hold (
    id               uuid PRIMARY KEY,
    account_id       uuid NOT NULL,
    payment_id       uuid NOT NULL,
    order_id         uuid NOT NULL,
    currency         text NOT NULL,
    authorized_minor bigint NOT NULL CHECK (authorized_minor > 0),
    captured_minor   bigint NOT NULL DEFAULT 0 CHECK (captured_minor >= 0),
    refunded_minor   bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    released_minor   bigint NOT NULL DEFAULT 0 CHECK (released_minor >= 0),
    finalized        boolean NOT NULL DEFAULT false,   -- voided, or captured for the last time
    CONSTRAINT credit_hold_m1_captured CHECK (captured_minor + released_minor <= authorized_minor),
    CONSTRAINT credit_hold_m1_refunded CHECK (refunded_minor <= captured_minor),
    CONSTRAINT credit_hold_finalized CHECK (NOT finalized OR captured_minor + released_minor = authorized_minor)
) WITH (fillfactor = 70);
CREATE INDEX credit_hold_payment_idx ON credit_hold (payment_id);
CREATE INDEX credit_hold_account_idx ON credit_hold (account_id);

-- What the provider `store_credit` was asked and answered, by request.
CREATE TABLE credit_operation (
    request_id   uuid PRIMARY KEY,
    content      bytea NOT NULL,                 -- a hash of what was asked
    hold_id      uuid,                           -- none where no hold came of it
    kind         text NOT NULL CHECK (kind IN ('authorize', 'increment', 'capture', 'void', 'refund')),
    amount_minor bigint NOT NULL,                -- what was moved, or asked for in vain
    done         boolean NOT NULL,
    code         text,                           -- why it was refused
    created_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (done = (code IS NULL)),
    CHECK (NOT done OR hold_id IS NOT NULL)
);
CREATE INDEX credit_operation_hold_idx ON credit_operation (hold_id);

-- ============ sourcing ============

CREATE TABLE sourcing_decision (
    order_id    uuid NOT NULL,
    n           integer NOT NULL CHECK (n > 0),
    outcome     text NOT NULL CHECK (outcome IN ('sourced', 'partly_sourced', 'unsourced')),
    explanation jsonb NOT NULL,
    act_id      uuid NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, n)
);
-- Decisions that a planner looks at: split, or not all found a place.
CREATE INDEX sourcing_decision_poor_idx ON sourcing_decision (decided_at, order_id)
    WHERE outcome <> 'sourced' OR explanation ->> 'rule' = 'split';

-- Locations that rejected or shorted an order: not asked again for that order, until it lapses (read_exclusions.sql).
CREATE TABLE sourcing_exclusion (
    order_id    uuid NOT NULL,
    location_id uuid NOT NULL,
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, location_id)
);

-- ============ fulfillment ============

CREATE TABLE fulfillment (
    id           uuid PRIMARY KEY,
    order_id     uuid NOT NULL,
    location_id  uuid NOT NULL,
    method       text NOT NULL CHECK (method IN ('ship', 'pickup')),
    state        text NOT NULL CHECK (state IN ('open', 'released', 'picking', 'picked', 'packed', 'shipped', 'delivered', 'rejected', 'cancelled')),
    due_at       timestamptz NOT NULL,
    released_at  timestamptz,
    picked_at    timestamptz,
    packed_at    timestamptz,
    shipped_at   timestamptz,
    delivered_at timestamptz,
    entered_at   timestamptz NOT NULL DEFAULT now(),     -- when it came into its present state
    version      integer NOT NULL DEFAULT 1
) WITH (fillfactor = 70);
CREATE INDEX fulfillment_order_idx ON fulfillment (order_id);
CREATE INDEX fulfillment_location_idx ON fulfillment (location_id, order_id) WHERE state NOT IN ('rejected', 'cancelled');
CREATE INDEX fulfillment_queue_idx ON fulfillment (location_id, state, due_at, id);
-- What is at a location or on the road, the longest in its state first (law T4).
CREATE INDEX fulfillment_waiting_idx ON fulfillment (state, entered_at)
    WHERE state IN ('released', 'picking', 'picked', 'packed', 'shipped');
CREATE INDEX fulfillment_delivered_idx ON fulfillment (delivered_at) WHERE delivered_at IS NOT NULL;

-- Line x location x quantity: what a fulfillment has to bring. `quantity` is what is still wanted here.
CREATE TABLE allocation (
    fulfillment_id uuid NOT NULL,
    line_n         integer NOT NULL,
    component_n    integer NOT NULL,
    order_id       uuid NOT NULL,
    sku_id         uuid NOT NULL,
    location_id    uuid NOT NULL,
    pool_id        uuid NOT NULL,
    quantity       integer NOT NULL CHECK (quantity >= 0),
    picked         integer NOT NULL DEFAULT 0 CHECK (picked >= 0),
    packed         integer NOT NULL DEFAULT 0 CHECK (packed >= 0),
    shipped        integer NOT NULL DEFAULT 0 CHECK (shipped >= 0),
    delivered      integer NOT NULL DEFAULT 0 CHECK (delivered >= 0 AND delivered <= shipped),
    PRIMARY KEY (fulfillment_id, line_n, component_n),
    CHECK (picked + packed + shipped <= quantity)
) WITH (fillfactor = 60);
CREATE INDEX allocation_open_idx ON allocation (sku_id, location_id) WHERE picked + packed + shipped < quantity;

CREATE TABLE shipment (
    id             uuid PRIMARY KEY,
    fulfillment_id uuid NOT NULL UNIQUE,
    order_id       uuid NOT NULL,
    carrier        text NOT NULL,
    service        text NOT NULL,
    state          text NOT NULL CHECK (state IN ('label_wanted', 'labelled', 'shipped', 'delivered', 'cancelled')),
    created_at     timestamptz NOT NULL DEFAULT now(),
    version        integer NOT NULL DEFAULT 1
) WITH (fillfactor = 70);
CREATE INDEX shipment_order_idx ON shipment (order_id);

CREATE TABLE parcel (
    id              uuid PRIMARY KEY,
    shipment_id     uuid NOT NULL,
    order_id        uuid NOT NULL,
    n               integer NOT NULL CHECK (n > 0),
    weight_g        integer CHECK (weight_g >= 0),
    carrier         text NOT NULL,
    tracking_number text,
    label           jsonb,
    state           text NOT NULL CHECK (state IN ('label_wanted', 'labelled', 'in_transit', 'out_for_delivery', 'exception', 'delivered', 'cancelled')),
    tracked_at      timestamptz,      -- when the newest tracking event happened: older ones do not overwrite
    length_mm       integer CHECK (length_mm > 0),
    width_mm        integer CHECK (width_mm > 0),
    height_mm       integer CHECK (height_mm > 0),
    shipped_at      timestamptz,      -- when it was reported as gone; NULL: it is still at the location
    UNIQUE (shipment_id, n)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX parcel_tracking_idx ON parcel (tracking_number, carrier) WHERE tracking_number IS NOT NULL;
CREATE INDEX parcel_order_idx ON parcel (order_id);

-- What is in a parcel. Zero is what was recalled before it left.
CREATE TABLE parcel_unit (
    parcel_id   uuid NOT NULL,
    line_n      integer NOT NULL,
    component_n integer NOT NULL,
    quantity    integer NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (parcel_id, line_n, component_n)
) WITH (fillfactor = 80);

-- The label of a parcel as a file: what its carrier gave, or staff uploaded. It shows an address, and is erased with it.
CREATE TABLE parcel_label (
    parcel_id  uuid PRIMARY KEY,
    order_id   uuid NOT NULL,
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'application/zpl')),
    content    bytea NOT NULL,
    actor      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parcel_label_order_idx ON parcel_label (order_id);

-- What the carrier said, once each, in whatever order it arrived.
CREATE TABLE tracking_event (
    parcel_id   uuid NOT NULL,
    key         text NOT NULL,
    code        text NOT NULL CHECK (code IN ('accepted', 'in_transit', 'out_for_delivery', 'exception', 'delivered')),
    place       text,
    happened_at timestamptz NOT NULL,
    act_id      uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (parcel_id, key)
);
-- ============ returns ============

-- What a channel takes back, and on what terms: the highest version holds, earlier ones stay for those who look back.
CREATE TABLE return_policy (
    channel_id uuid NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    terms      jsonb NOT NULL CHECK (pg_column_size(terms) <= 16384),   -- orderwright.returns.policy
    act_id     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, version)
);

-- Goods of one order that come back (an RMA). `terms` are those that held when it was asked for.
CREATE TABLE customer_return (
    id              uuid PRIMARY KEY,
    order_id        uuid NOT NULL,
    location_id     uuid NOT NULL,         -- where it is to go
    state           text NOT NULL CHECK (state IN ('requested', 'in_transit', 'received', 'inspected', 'closed', 'cancelled')),
    method          text NOT NULL CHECK (method IN ('label', 'drop_off')),
    tracking_number text,
    carrier         text,                  -- that the label was bought from, where it was ours
    label           jsonb,                 -- without personal data
    policy_version  integer NOT NULL CHECK (policy_version >= 0),       -- 0: the built-in terms
    terms           jsonb NOT NULL CHECK (pg_column_size(terms) <= 16384),
    label_fee_minor bigint NOT NULL DEFAULT 0 CHECK (label_fee_minor >= 0),   -- charged so far
    scanned_at      timestamptz,           -- the carrier's first scan
    refund_to       text NOT NULL DEFAULT 'payment' CHECK (refund_to IN ('payment', 'store_credit')),
    entered_at      timestamptz NOT NULL DEFAULT now(),                 -- when it came into its present state
    version         integer NOT NULL DEFAULT 1
) WITH (fillfactor = 70);
CREATE INDEX customer_return_order_idx ON customer_return (order_id, id);
CREATE INDEX customer_return_tracking_idx ON customer_return (tracking_number) WHERE tracking_number IS NOT NULL;
CREATE INDEX customer_return_state_idx ON customer_return (state, id);
CREATE INDEX customer_return_waiting_idx ON customer_return (state, entered_at)
    WHERE state IN ('requested', 'in_transit', 'received', 'inspected');

-- Units of one order line, and the money that was given back for them. Not announced: `quantity` is 0.
CREATE TABLE return_line (
    return_id       uuid NOT NULL,
    line_n          integer NOT NULL,
    order_id        uuid NOT NULL,
    quantity        integer NOT NULL CHECK (quantity >= 0),
    reason          text NOT NULL,
    condition       text,                  -- as the customer says
    restocking_rate numeric(7, 6) NOT NULL CHECK (restocking_rate BETWEEN 0 AND 1),
    credited        integer NOT NULL DEFAULT 0 CHECK (credited >= 0),   -- units whose money was given back
    refused         integer NOT NULL DEFAULT 0 CHECK (refused >= 0),    -- units whose charge stands
    claimed         integer NOT NULL DEFAULT 0 CHECK (claimed >= 0),    -- units whose money a claim gave back before
    lines_minor     bigint NOT NULL DEFAULT 0 CHECK (lines_minor >= 0),
    discounts_minor bigint NOT NULL DEFAULT 0 CHECK (discounts_minor >= 0),
    tax_minor       bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
    shipping_minor  bigint NOT NULL DEFAULT 0 CHECK (shipping_minor >= 0),
    fees_minor      bigint NOT NULL DEFAULT 0 CHECK (fees_minor >= 0),  -- charged for restocking
    PRIMARY KEY (return_id, line_n)
) WITH (fillfactor = 70);
CREATE INDEX return_line_order_idx ON return_line (order_id, line_n);

-- What came back of a component, and where. What was looked at has left the quarantine bucket, or is kept there.
CREATE TABLE returned_goods (
    return_id   uuid NOT NULL,
    line_n      integer NOT NULL,
    component_n integer NOT NULL,
    location_id uuid NOT NULL,
    order_id    uuid NOT NULL,
    sku_id      uuid NOT NULL,
    received    integer NOT NULL CHECK (received > 0),
    inspected   integer NOT NULL DEFAULT 0 CHECK (inspected BETWEEN 0 AND received),
    sent_back   integer NOT NULL DEFAULT 0 CHECK (sent_back BETWEEN 0 AND inspected),
    PRIMARY KEY (return_id, line_n, component_n, location_id)
) WITH (fillfactor = 70);
CREATE INDEX returned_goods_order_idx ON returned_goods (order_id);

-- What somebody found when they looked, in the order of ids.
CREATE TABLE return_inspection (
    id          uuid PRIMARY KEY,
    return_id   uuid NOT NULL,
    line_n      integer NOT NULL,
    component_n integer NOT NULL,
    location_id uuid NOT NULL,
    quantity    integer NOT NULL CHECK (quantity > 0),
    grade       text NOT NULL CHECK (grade IN ('a', 'b', 'c', 'd')),
    disposition text NOT NULL CHECK (disposition IN ('restock', 'quarantine', 'refurbish', 'return_to_vendor', 'scrap', 'send_back')),
    accepted    boolean NOT NULL,
    act_id      uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CHECK (disposition <> 'send_back' OR NOT accepted)
);
CREATE INDEX return_inspection_return_idx ON return_inspection (return_id, id);
CREATE TRIGGER return_inspection_append_only BEFORE UPDATE OR DELETE ON return_inspection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Goods that come back for others: a return of one order, and a new order that what it brings pays. What is paid by now
-- are the sums of the payment.
CREATE TABLE exchange (
    id           uuid PRIMARY KEY,
    return_id    uuid NOT NULL UNIQUE,
    order_id     uuid NOT NULL,            -- that the goods are of
    new_order_id uuid NOT NULL UNIQUE,
    payment_id   uuid NOT NULL UNIQUE,     -- of the new order; its amount is what the return is to bring of it
    mode         text NOT NULL CHECK (mode IN ('on_return', 'advance')),
    state        text NOT NULL CHECK (state IN ('open', 'settled', 'cancelled', 'lapsed')),
    return_by    timestamptz NOT NULL,     -- what has not come then is not waited for any more
    entered_at   timestamptz NOT NULL DEFAULT now(),
    version      integer NOT NULL DEFAULT 1
) WITH (fillfactor = 70);
CREATE INDEX exchange_order_idx ON exchange (order_id);
CREATE INDEX exchange_open_idx ON exchange (entered_at) WHERE state = 'open';

-- Goods that came back and that no return expects: parked until somebody finds out whose they are, not lost.
CREATE TABLE unexpected_return (
    id              uuid PRIMARY KEY,
    location_id     uuid NOT NULL,
    return_id       uuid,                  -- the return in whose parcel they were
    tracking_number text,
    reference       text,
    state           text NOT NULL CHECK (state IN ('parked', 'matched', 'disposed')),
    matched_id      uuid,                  -- the return that they became
    act_id          uuid NOT NULL,
    entered_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'matched') = (matched_id IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX unexpected_return_parked_idx ON unexpected_return (entered_at) WHERE state = 'parked';

-- `sku_id` where the code is known: those units are in the quarantine bucket of the location.
CREATE TABLE unexpected_item (
    unexpected_id uuid NOT NULL,
    n             integer NOT NULL CHECK (n > 0),
    sku_id        uuid,
    sku_code      text NOT NULL,
    quantity      integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (unexpected_id, n)
);

-- ============ returns: claims ============

-- Something was wrong with goods that left, and needs no goods back. `party` is who caused it, `step` where. What we ask
-- of the carrier for it is a matter of its own (`carrier_state`), and its money no money of the order.
CREATE TABLE claim (
    id                 uuid PRIMARY KEY,
    order_id           uuid NOT NULL,
    kind               text NOT NULL CHECK (kind IN ('damaged', 'missing', 'wrong', 'late', 'lost')),
    state              text NOT NULL CHECK (state IN ('open', 'resolved', 'rejected')),
    party              text NOT NULL CHECK (party IN ('picker', 'packer', 'carrier', 'location', 'supplier', 'customer', 'unknown')),
    step               text GENERATED ALWAYS AS (
        CASE party WHEN 'picker' THEN 'pick' WHEN 'packer' THEN 'pack' WHEN 'location' THEN 'ship'
                   WHEN 'carrier' THEN 'deliver' WHEN 'supplier' THEN 'supply' END) STORED,
    location_id        uuid,                  -- that sent the goods
    parcel_id          uuid,
    resolution         text CHECK (resolution IN ('refund', 'allowance', 'reship', 'replace')),
    reason             text,                  -- why it was rejected: a code
    child_order_id     uuid,                  -- the goods that were sent instead
    allowance_minor    bigint NOT NULL DEFAULT 0 CHECK (allowance_minor >= 0),
    carrier_state      text NOT NULL CHECK (carrier_state IN ('none', 'due', 'filed', 'paid', 'denied')),
    file_by            date,                  -- the last day to claim it of the carrier
    carrier_reference  text,
    carrier_reason     text,                  -- why the carrier denied it: a code
    expected_minor     bigint CHECK (expected_minor > 0),            -- asked of the carrier
    recovered_minor    bigint NOT NULL DEFAULT 0 CHECK (recovered_minor >= 0),
    entered_at         timestamptz NOT NULL DEFAULT now(),           -- when it came into its present state
    carrier_entered_at timestamptz NOT NULL DEFAULT now(),
    version            integer NOT NULL DEFAULT 1,
    CHECK ((state = 'resolved') = (resolution IS NOT NULL)),
    CHECK ((state = 'rejected') = (reason IS NOT NULL)),
    CHECK (coalesce(resolution IN ('reship', 'replace'), false) = (child_order_id IS NOT NULL)),
    CHECK (coalesce(resolution = 'allowance', false) = (allowance_minor > 0)),
    CHECK ((carrier_state IN ('filed', 'paid', 'denied')) = (expected_minor IS NOT NULL)),
    CHECK ((carrier_state = 'paid') = (recovered_minor > 0)),
    CHECK (carrier_state = 'none' OR parcel_id IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX claim_order_idx ON claim (order_id, id);
CREATE INDEX claim_state_idx ON claim (state, id);
CREATE INDEX claim_open_idx ON claim (entered_at) WHERE state = 'open';
CREATE INDEX claim_carrier_idx ON claim (carrier_state, carrier_entered_at) WHERE carrier_state IN ('due', 'filed');

-- Units of one order line that are claimed; of them, those whose money was given back, and how much, and those for which
-- others were sent.
CREATE TABLE claim_line (
    claim_id        uuid NOT NULL,
    line_n          integer NOT NULL,
    order_id        uuid NOT NULL,
    quantity        integer NOT NULL CHECK (quantity > 0),
    credited        integer NOT NULL DEFAULT 0 CHECK (credited >= 0),
    replaced        integer NOT NULL DEFAULT 0 CHECK (replaced >= 0),
    lines_minor     bigint NOT NULL DEFAULT 0 CHECK (lines_minor >= 0),
    discounts_minor bigint NOT NULL DEFAULT 0 CHECK (discounts_minor >= 0),
    tax_minor       bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
    shipping_minor  bigint NOT NULL DEFAULT 0 CHECK (shipping_minor >= 0),
    PRIMARY KEY (claim_id, line_n),
    CHECK (credited + replaced <= quantity)
) WITH (fillfactor = 70);
CREATE INDEX claim_line_order_idx ON claim_line (order_id, line_n);

-- ============ returns: the right of withdrawal ============

-- What a consumer said who withdrew from an order (Directive 2011/83/EU), accepted or not: never changed, so that its
-- acknowledgement can be made again as it was. Days are local to `zone`.
CREATE TABLE withdrawal (
    id              uuid PRIMARY KEY,
    order_id        uuid NOT NULL,
    code            text NOT NULL CHECK (code IN ('withdrawn', 'withdrawal_closed', 'exempt', 'no_goods')),
    whole           boolean NOT NULL,      -- all that was left of the order, no lines were named
    reference       text,
    content_hash    bytea NOT NULL CHECK (length(content_hash) = 32),   -- of what was said
    received_at     timestamptz NOT NULL,
    zone            text NOT NULL,
    policy_version  integer NOT NULL CHECK (policy_version >= 0),
    closes_on       date,                  -- the last day to withdraw; NULL: the last goods were not delivered
    send_back_by    date,
    refund_by       date,
    return_id       uuid,                  -- of what had left
    label_fee_minor bigint NOT NULL DEFAULT 0 CHECK (label_fee_minor >= 0),
    act_id          uuid NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CHECK ((code = 'withdrawn') = (refund_by IS NOT NULL)),
    CHECK ((return_id IS NULL) = (send_back_by IS NULL))
);
CREATE INDEX withdrawal_order_idx ON withdrawal (order_id, id);
CREATE INDEX withdrawal_return_idx ON withdrawal (return_id) WHERE return_id IS NOT NULL;
CREATE TRIGGER withdrawal_append_only BEFORE UPDATE OR DELETE ON withdrawal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Units of one order line: those that had not left are cancelled, the others come back. The amounts are delivery that
-- goes back with cancelled units while others are left; what returned units bring, their return says.
CREATE TABLE withdrawal_line (
    withdrawal_id  uuid NOT NULL,
    line_n         integer NOT NULL,
    order_id       uuid NOT NULL,
    code           text NOT NULL,
    name           text,
    quantity       integer NOT NULL CHECK (quantity > 0),
    cancelled      integer NOT NULL CHECK (cancelled >= 0),
    returned       integer NOT NULL CHECK (returned >= 0),
    refused        text CHECK (refused IN ('withdrawal_closed', 'exempt', 'no_goods')),
    exemption      text CHECK (exemption IN ('custom_made', 'perishable', 'sealed_hygiene', 'sealed_media', 'digital_begun')),
    shipping_minor bigint NOT NULL CHECK (shipping_minor >= 0),
    tax_minor      bigint NOT NULL CHECK (tax_minor >= 0),
    PRIMARY KEY (withdrawal_id, line_n),
    CHECK (cancelled + returned = CASE WHEN refused IS NULL THEN quantity ELSE 0 END),
    CHECK ((refused = 'exempt') = (exemption IS NOT NULL) OR (refused IS NULL AND exemption IS NULL))
);
CREATE INDEX withdrawal_line_order_idx ON withdrawal_line (order_id);
CREATE TRIGGER withdrawal_line_append_only BEFORE UPDATE OR DELETE ON withdrawal_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ============ shoppers: what they do alone, and the brand that they see ============

-- How often the links to an order were withdrawn: those of another version lead nowhere. No row: version 1.
CREATE TABLE order_link (
    order_id   uuid PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 1),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Tries to find an order, counted in boxes that a keyed hash chooses: of its number, of the client's address, of both, and
-- of the e-mail address. Bounded: there are 4,194,304 boxes. Pruned after a day.
CREATE TABLE guess (
    box      integer PRIMARY KEY CHECK (box >= 0 AND box < 4194304),
    misses   integer NOT NULL CHECK (misses >= 0),
    tried_at timestamptz NOT NULL,
    free_at  timestamptz NOT NULL    -- until then the next try waits
) WITH (fillfactor = 70);
CREATE INDEX guess_tried_at_idx ON guess (tried_at);

-- How the portal of a channel looks. `content`: orderwright.shoppers.brands.
CREATE TABLE brand (
    channel_id uuid PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    content    jsonb NOT NULL CHECK (pg_column_size(content) <= 65536),
    logo       bytea CHECK (length(logo) <= 200000),
    logo_type  text CHECK (logo_type IN ('image/png', 'image/jpeg', 'image/webp')),
    logo_hash  bytea CHECK (length(logo_hash) = 16),
    act_id     uuid NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((logo IS NULL) = (logo_type IS NULL) AND (logo IS NULL) = (logo_hash IS NULL))
);

-- What shoppers answered when supply was late: never changed; the last one holds.
CREATE TABLE delay_answer (
    order_id    uuid NOT NULL,
    n           integer NOT NULL CHECK (n > 0),
    answer      text NOT NULL CHECK (answer IN ('wait', 'ship_now', 'cancel')),
    until       date,
    act_id      uuid NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, n),
    CHECK ((answer = 'wait') = (until IS NOT NULL))
);
CREATE TRIGGER delay_answer_append_only BEFORE UPDATE OR DELETE ON delay_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ============ connect ============

-- How far each file was imported: moved on in the transaction that stores what was read, so that an import that is
-- killed goes on where it was and takes nothing twice. `identity`: a hash of kind, path, size, time of change, options.
CREATE TABLE import_file (
    id             uuid PRIMARY KEY,
    identity       bytea NOT NULL UNIQUE CHECK (length(identity) = 16),
    kind           text NOT NULL CHECK (kind IN ('orders', 'skus', 'pools', 'locations', 'channels')),
    path           text NOT NULL,
    read_to        bigint NOT NULL DEFAULT 0 CHECK (read_to >= 0),   -- bytes unpacked; rows of a Parquet file
    line           bigint NOT NULL DEFAULT 0 CHECK (line >= 0),
    report_bytes   bigint NOT NULL DEFAULT 0 CHECK (report_bytes >= 0), -- of the report of what was rejected
    counts         jsonb NOT NULL DEFAULT '{}',                      -- outcomes by code
    started_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    finished_at    timestamptz
);
