-- Take the next numbers of series, as many as each needs. Whoever else takes some waits until this transaction ends.
-- in:    legal_entity_ids uuid[], kinds text[], years int[], counts bigint[]; sorted by the first three, each once
-- locks: the series, in the order given; the last lock that the transaction takes
-- uses:  document_series_pkey
INSERT INTO document_series AS s (legal_entity_id, kind, year, last_number)
SELECT v.legal_entity_id, v.kind, v.year, v.count
FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[]) AS v (legal_entity_id, kind, year, count)
ON CONFLICT (legal_entity_id, kind, year) DO UPDATE SET last_number = s.last_number + excluded.last_number
RETURNING s.legal_entity_id, s.kind, s.year, s.last_number
