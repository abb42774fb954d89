-- All rates of some taxes, whenever they hold.
-- in:    countries text[], regions text[], postal_prefixes text[], tax_classes text[], names text[] (a tax a row)
-- locks: nothing
-- uses:  tax_rate_key
SELECT r.id, r.version, r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.rate, r.applies_to_shipping, r.compound,
       r.valid_from, r.valid_to
FROM (SELECT DISTINCT v.country, v.region, v.postal_prefix, v.tax_class, v.name
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
           AS v (country, region, postal_prefix, tax_class, name)) AS t
JOIN tax_rate AS r ON r.country = t.country AND r.region = t.region AND r.postal_prefix = t.postal_prefix
                  AND r.tax_class = t.tax_class AND r.name = t.name
ORDER BY r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.valid_from
