-- Write the brands of channels. Those that keep their logo have it as it is.
-- in:    channel_ids uuid[], versions integer[], contents text[] (JSON), keeps boolean[], logos bytea[],
--        logo_types text[], logo_hashes bytea[], act_id uuid
-- locks: the rows written; their channels are locked
-- uses:  brand_pkey
INSERT INTO brand (channel_id, version, content, logo, logo_type, logo_hash, act_id)
SELECT v.channel_id, v.version, v.content::jsonb, CASE WHEN v.keep THEN b.logo ELSE v.logo END,
       CASE WHEN v.keep THEN b.logo_type ELSE v.logo_type END, CASE WHEN v.keep THEN b.logo_hash ELSE v.logo_hash END,
       $8::uuid
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::boolean[], $5::bytea[], $6::text[], $7::bytea[])
     AS v (channel_id, version, content, keep, logo, logo_type, logo_hash)
LEFT JOIN brand AS b ON b.channel_id = v.channel_id
ON CONFLICT (channel_id) DO UPDATE SET
    version = excluded.version, content = excluded.content, logo = excluded.logo, logo_type = excluded.logo_type,
    logo_hash = excluded.logo_hash, act_id = excluded.act_id, updated_at = now()
