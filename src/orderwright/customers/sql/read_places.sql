-- Where contacts are, as far as taxes care: read for a calculation, never written elsewhere (law T5).
-- in:    contact_ids uuid[]
-- locks: nothing
-- uses:  contact_pkey
SELECT c.id, c.country, c.region, c.postal_code
FROM contact AS c
WHERE c.id = ANY ($1::uuid[]) AND c.country IS NOT NULL
