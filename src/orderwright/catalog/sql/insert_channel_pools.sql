-- Give channels their pools, by the pools' codes.
-- in:    channel_ids uuid[], ns int[], pool_codes text[]
-- locks: the pools that are referred to, FOR KEY SHARE
-- uses:  channel_pool_pkey, pool_code_key
INSERT INTO channel_pool (channel_id, n, pool_id)
SELECT v.channel_id, v.n, p.id
FROM unnest($1::uuid[], $2::integer[], $3::text[]) AS v (channel_id, n, code)
JOIN pool AS p ON p.code = v.code
