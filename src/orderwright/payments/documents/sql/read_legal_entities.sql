-- Companies as they are now, by code.
-- in:    codes text[] (NULL: all)
-- locks: nothing
-- uses:  legal_entity_code_key, legal_entity_version_pkey
SELECT e.id, e.code, v.version, v.name, v.address, v.country, v.time_zone, v.tax_ids, v.register, v.bank, v.note,
       v.invoice_numbers, v.credit_note_numbers, v.receipt_numbers
FROM legal_entity AS e
JOIN legal_entity_version AS v ON v.legal_entity_id = e.id AND v.version = e.version
WHERE $1::text[] IS NULL OR e.code = ANY ($1::text[])
ORDER BY e.code
