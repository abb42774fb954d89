-- Orders recorded in each minute from an id on (ids tell the time). Reads the index alone.
-- in:    from_id uuid
-- locks: nothing
-- uses:  orders_pkey
SELECT date_trunc('minute', uuid_extract_timestamp(o.id), 'UTC') AS minute, count(*) AS happened
FROM orders AS o
WHERE o.id >= $1::uuid
GROUP BY 1
