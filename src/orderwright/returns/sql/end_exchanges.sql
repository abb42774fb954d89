-- Nothing more is waited for of exchanges (law T3).
-- in:    exchange_ids uuid[], states text[], from_states text[]
-- locks: the rows; the caller holds the locks of both orders
-- uses:  exchange_pkey
UPDATE exchange AS e SET state = d.state, entered_at = now(), version = e.version + 1
FROM unnest($1::uuid[], $2::text[]) AS d (id, state)
WHERE e.id = d.id AND e.state = ANY ($3::text[])
