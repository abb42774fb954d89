-- The logo of a channel.
-- in:    channel text
-- locks: nothing
-- uses:  channel_code_key, brand_pkey
SELECT c.id AS channel_id, b.logo, b.logo_type
FROM channel AS c
JOIN brand AS b ON b.channel_id = c.id
WHERE c.code = $1::text AND b.logo IS NOT NULL
