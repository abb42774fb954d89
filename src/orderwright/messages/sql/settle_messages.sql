-- Whether messages wait for an answer, of those that are as they were read (law T3).
-- in:    ids uuid[], answers text[], before text[] (the answers that they had), settled_by text
-- locks: the rows; the caller holds the locks of their orders and customers
-- uses:  message_pkey
UPDATE message AS m
SET answer = d.answer, version = m.version + 1,
    answered_by = CASE WHEN d.answer <> 'awaited' THEN $4::text END,
    answered_at = CASE WHEN d.answer <> 'awaited' THEN now() END
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS d (id, answer, before)
WHERE m.id = d.id AND m.answer = d.before
