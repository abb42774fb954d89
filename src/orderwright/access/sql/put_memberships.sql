-- Say what people may do at a merchant. The limits come as JSON arrays of ids, or NULL.
-- in:    merchant text, person_ids uuid[], roles text[], channels text[], locations text[]
-- locks: the memberships
-- uses:  membership_pkey
INSERT INTO membership (person_id, merchant, role, channel_ids, location_ids)
SELECT n.person_id, $1::text, n.role,
       CASE WHEN n.channels IS NOT NULL THEN
           ARRAY(SELECT c.id::uuid FROM jsonb_array_elements_text(n.channels::jsonb) AS c (id)) END,
       CASE WHEN n.locations IS NOT NULL THEN
           ARRAY(SELECT l.id::uuid FROM jsonb_array_elements_text(n.locations::jsonb) AS l (id)) END
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS n (person_id, role, channels, locations)
ORDER BY n.person_id
ON CONFLICT (person_id, merchant) DO UPDATE
SET role = excluded.role, channel_ids = excluded.channel_ids, location_ids = excluded.location_ids
