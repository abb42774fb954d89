-- A page of channels in the order of their codes.
-- in:    after text (the last code of the page before, or ''), active boolean (NULL: both), limit integer,
--        code_pattern text, name_pattern text (LIKE patterns, NULL: all)
-- locks: nothing
-- uses:  channel_code_key, channel_pool_pkey, pool_pkey (there are few channels)
SELECT c.id, c.version, c.created_at, c.updated_at, c.code, c.name, c.kind, c.currency, c.brand, c.short_line_policy,
       c.buffer, c.verify_prices, c.checks, c.active, c.external_refs, c.metadata,
       ARRAY(
           SELECT p.code FROM channel_pool cp JOIN pool p ON p.id = cp.pool_id WHERE cp.channel_id = c.id ORDER BY cp.n
       ) AS pools
FROM channel c
WHERE c.code > $1::text AND ($2::boolean IS NULL OR c.active = $2::boolean)
  AND ($4::text IS NULL OR c.code ILIKE $4::text OR c.name ILIKE $5::text)
ORDER BY c.code
LIMIT $3::integer
