-- The brands of channels, without their logos.
-- in:    channel_ids uuid[] (null: all that may be seen), codes text[] (null: all)
-- locks: nothing
-- uses:  channel_pkey, brand_pkey
SELECT c.id AS channel_id, c.code AS channel, c.name AS channel_name, b.version, b.content::text AS content, b.logo_type,
       encode(b.logo_hash, 'hex') AS logo_hash, b.updated_at
FROM channel AS c
LEFT JOIN brand AS b ON b.channel_id = c.id
WHERE ($1::uuid[] IS NULL OR c.id = ANY ($1::uuid[])) AND ($2::text[] IS NULL OR c.code = ANY ($2::text[]))
ORDER BY c.code
