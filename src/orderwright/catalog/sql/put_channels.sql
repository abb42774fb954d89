-- Write channels, new ones and changed ones. Their pools are written apart.
-- in:    a column an attribute of `upsert_channels._row`, in its order; versions int[] are the new ones
-- locks: the rows written, in the order given (the catalogue's lock is held)
-- uses:  channel_pkey, channel_code_key
INSERT INTO channel (id, version, code, name, kind, currency, brand, short_line_policy, buffer, verify_prices, checks,
                     active, external_refs, metadata)
SELECT v.id, v.version, v.code, v.name, v.kind, v.currency, v.brand, v.short_line_policy, v.buffer, v.verify_prices,
       v.checks, v.active, v.external_refs, v.metadata
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::integer[], $10::boolean[], $11::jsonb[], $12::boolean[], $13::jsonb[], $14::jsonb[])
     AS v (id, version, code, name, kind, currency, brand, short_line_policy, buffer, verify_prices, checks, active,
           external_refs, metadata)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, name = excluded.name, kind = excluded.kind, currency = excluded.currency,
    brand = excluded.brand, short_line_policy = excluded.short_line_policy, buffer = excluded.buffer,
    verify_prices = excluded.verify_prices, checks = excluded.checks, active = excluded.active,
    external_refs = excluded.external_refs, metadata = excluded.metadata, updated_at = now()
WHERE channel.version = excluded.version - 1
