-- Channels in full, by code or by id, with the codes of their pools in the order in which they are asked.
-- in:    codes text[], ids uuid[]
-- locks: nothing
-- uses:  channel_code_key, channel_pkey, channel_pool_pkey, pool_pkey
SELECT c.id, c.version, c.created_at, c.updated_at, c.code, c.name, c.kind, c.currency, c.brand, c.short_line_policy,
       c.buffer, c.verify_prices, c.checks, c.active, c.external_refs, c.metadata,
       ARRAY(
           SELECT p.code FROM channel_pool cp JOIN pool p ON p.id = cp.pool_id WHERE cp.channel_id = c.id ORDER BY cp.n
       ) AS pools
FROM channel c
WHERE c.code = ANY ($1::text[]) OR c.id = ANY ($2::uuid[])
ORDER BY c.code
