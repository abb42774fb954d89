-- Write rates, new ones and changed ones, in the order given: one that ends comes before one that begins.
-- in:    a column an attribute of TaxRateRow, in its order; versions int[] are the new ones
-- locks: the rows written, in the order given (the lock of the schema's rates is held)
-- uses:  tax_rate_pkey, tax_rate_once
INSERT INTO tax_rate (id, version, country, region, postal_prefix, tax_class, name, rate, applies_to_shipping, compound,
                      valid_from, valid_to)
SELECT v.id, v.version, v.country, v.region, v.postal_prefix, v.tax_class, v.name, v.rate, v.applies_to_shipping,
       v.compound, v.valid_from, v.valid_to
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[],
            $9::boolean[], $10::boolean[], $11::date[], $12::date[]) WITH ORDINALITY
     AS v (id, version, country, region, postal_prefix, tax_class, name, rate, applies_to_shipping, compound,
           valid_from, valid_to, n)
ORDER BY v.n
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, rate = excluded.rate, applies_to_shipping = excluded.applies_to_shipping,
    compound = excluded.compound, valid_to = excluded.valid_to, updated_at = now()
