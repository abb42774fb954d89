-- Companies as they were in some versions.
-- in:    legal_entity_ids uuid[], versions int[]
-- locks: nothing
-- uses:  legal_entity_version_pkey, legal_entity_pkey
SELECT v.legal_entity_id AS id, e.code, v.version, v.name, v.address, v.country, v.time_zone, v.tax_ids, v.register,
       v.bank, v.note, v.invoice_numbers, v.credit_note_numbers, v.receipt_numbers
FROM unnest($1::uuid[], $2::integer[]) AS k (legal_entity_id, version)
JOIN legal_entity_version AS v ON v.legal_entity_id = k.legal_entity_id AND v.version = k.version
JOIN legal_entity AS e ON e.id = v.legal_entity_id
