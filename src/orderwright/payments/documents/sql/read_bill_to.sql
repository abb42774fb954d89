-- To whom documents are addressed, as far as it was not erased.
-- in:    contact_ids uuid[]
-- locks: nothing
-- uses:  contact_pkey
SELECT c.id, c.name, c.company, c.line1, c.line2, c.city, c.region, c.postal_code, c.country,
       c.erased_at IS NOT NULL AS erased
FROM contact AS c
WHERE c.id = ANY ($1::uuid[])
