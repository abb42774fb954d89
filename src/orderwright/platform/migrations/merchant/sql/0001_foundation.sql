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
    recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER act_append_only BEFORE UPDATE OR DELETE ON act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

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
    erased_at     timestamptz
);

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
    external_refs  jsonb NOT NULL DEFAULT '{}',
    metadata       jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
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
    line_count            integer NOT NULL DEFAULT 0,   -- of lines; both fixed at placement, so that lists read no lines
    unit_count            bigint NOT NULL DEFAULT 0,    -- sum of its lines' quantities
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
    tags                  text[] NOT NULL DEFAULT '{}',
    metadata              jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(metadata) <= 16384),
    event_seq             integer NOT NULL CHECK (event_seq > 0),
    version               integer NOT NULL DEFAULT 1,
    CONSTRAINT orders_m2_total CHECK (
        total_minor = lines_minor + shipping_minor + fees_minor - discount_minor
                      + CASE WHEN prices_include_tax THEN 0 ELSE tax_minor END + rounding_minor)
) WITH (fillfactor = 80);
CREATE INDEX orders_status_idx ON orders (status, id);
CREATE INDEX orders_held_idx ON orders (id) WHERE hold_count > 0;
CREATE INDEX orders_customer_idx ON orders (customer_id, id);
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

-- Payments that the channel reports. The money ledger takes them from here.
CREATE TABLE order_payment (
    order_id     uuid NOT NULL,
    n            integer NOT NULL CHECK (n > 0),
    method       text NOT NULL CHECK (method IN ('card', 'wallet', 'bank_transfer', 'invoice', 'cash_on_delivery', 'gift_card', 'store_credit', 'marketplace', 'cash')),
    state        text NOT NULL CHECK (state IN ('pending', 'authorized', 'captured')),
    provider     text,
    reference    text,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
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
    state          text NOT NULL CHECK (state IN ('label_wanted', 'labelled', 'shipped', 'delivered')),
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
    state           text NOT NULL CHECK (state IN ('label_wanted', 'labelled', 'in_transit', 'out_for_delivery', 'exception', 'delivered')),
    tracked_at      timestamptz,      -- when the newest tracking event happened: older ones do not overwrite
    UNIQUE (shipment_id, n)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX parcel_tracking_idx ON parcel (tracking_number, carrier) WHERE tracking_number IS NOT NULL;
CREATE INDEX parcel_order_idx ON parcel (order_id);

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
