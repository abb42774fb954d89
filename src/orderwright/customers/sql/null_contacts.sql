-- Erase contacts: the row stays, so that orders go on to refer to it.
-- in:    contact_ids uuid[]
-- locks: the contacts (locked already)
-- uses:  contact_pkey
UPDATE contact AS c SET
    name = NULL, company = NULL, email = NULL, phone = NULL, line1 = NULL, line2 = NULL, city = NULL, region = NULL,
    postal_code = NULL, country = NULL, latitude = NULL, longitude = NULL, erased_at = now()
WHERE c.id = ANY ($1::uuid[]) AND c.erased_at IS NULL
