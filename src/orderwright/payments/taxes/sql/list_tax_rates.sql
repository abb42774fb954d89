-- A page of the rates, by tax and day. Those of one country, of one region of it, those that hold on one day, or all.
-- in:    country text (NULL: all), day date (NULL: all), limit integer, and the last of the page before ('' and an early
--        day for the first): country text, region text, postal_prefix text, tax_class text, name text, valid_from date;
--        region text (NULL: all; '': those of whole countries)
-- locks: nothing
-- uses:  tax_rate_key
SELECT r.id, r.version, r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.rate, r.applies_to_shipping, r.compound,
       r.valid_from, r.valid_to
FROM tax_rate AS r
WHERE (r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.valid_from)
      > ($4::text, $5::text, $6::text, $7::text, $8::text, $9::date)
  AND ($1::text IS NULL OR r.country = $1::text)
  AND ($2::date IS NULL OR (r.valid_from <= $2::date AND (r.valid_to IS NULL OR r.valid_to >= $2::date)))
  AND ($10::text IS NULL OR r.region = $10::text)
ORDER BY r.country, r.region, r.postal_prefix, r.tax_class, r.name, r.valid_from
LIMIT $3::integer
