-- Run first on every database, before any migration: extensions and functions on every merchant's path.
CREATE SCHEMA IF NOT EXISTS ow_shared;
CREATE SCHEMA IF NOT EXISTS ow_operator;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA ow_shared;

-- An append-only table refuses UPDATE and DELETE. Statement level: it costs an INSERT nothing.
CREATE OR REPLACE FUNCTION ow_shared.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- A customer is merged into one who is merged into nobody, and has nobody merged into them. The row lock holds others off
-- who would merge that one meanwhile.
CREATE OR REPLACE FUNCTION ow_shared.refuse_chained_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad boolean;
BEGIN
    EXECUTE format('SELECT merged_into IS NOT NULL FROM %I.customer WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
        INTO bad USING NEW.merged_into;
    IF NOT coalesce(bad, true) THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I.customer WHERE merged_into = $1)', TG_TABLE_SCHEMA)
            INTO bad USING NEW.id;
    END IF;
    IF coalesce(bad, true) THEN
        RAISE EXCEPTION 'customer % cannot be merged into %', NEW.id, NEW.merged_into USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- The status of an order follows from the quantities of its components (law G4). The one definition in SQL; its twin
-- in Python is orderwright.orders.states.derive_status, and a test holds the two against each other.
CREATE OR REPLACE FUNCTION ow_shared.order_status(
    ordered bigint, pending bigint, external bigint, cancelled bigint, backordered bigint, promised bigint,
    allocated bigint, picked bigint, packed bigint, shipped bigint, delivered bigint
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
    WHEN cancelled = ordered                             THEN 'cancelled'
    WHEN delivered + external + cancelled = ordered      THEN 'delivered'
    WHEN shipped + external + cancelled = ordered        THEN 'shipped'
    WHEN shipped > 0                                     THEN 'partly_shipped'
    WHEN packed + external + cancelled = ordered         THEN 'packed'
    WHEN picked + packed > 0                             THEN 'picking'
    WHEN allocated > 0 AND promised + pending = 0        THEN 'allocated'
    WHEN promised + allocated > 0 OR pending > 0         THEN 'placed'
    ELSE 'backordered'
END $$;
