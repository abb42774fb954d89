-- The rates that some jurisdictions have within some days.
-- in:    countries text[], regions text[], postal_prefixes text[] (a jurisdiction a row, each once), first date, last date
-- locks: nothing
-- uses:  tax_rate_key
SELECT r.id, r.version, r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.rate, r.applies_to_shipping, r.compound,
       r.valid_from, r.valid_to
FROM unnest($1::text[], $2::text[], $3::text[]) AS j (country, region, postal_prefix)
JOIN tax_rate AS r ON r.country = j.country AND r.region = j.region AND r.postal_prefix = j.postal_prefix
WHERE r.valid_from <= $5::date AND (r.valid_to IS NULL OR r.valid_to >= $4::date)
ORDER BY r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.valid_from
