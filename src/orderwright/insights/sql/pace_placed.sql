-- Orders recorded in each hour or day from an id on (ids tell the time). Reads the index alone.
-- in:    from_id uuid, unit text (`hour` or `day`), zone text
-- locks: nothing
-- uses:  orders_pkey
SELECT date_trunc($2::text, uuid_extract_timestamp(o.id), $3::text) AS at, count(*) AS happened
FROM orders AS o
WHERE o.id >= $1::uuid
GROUP BY 1
