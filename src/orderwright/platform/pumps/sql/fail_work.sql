-- Note a failed attempt: the item waits, or is set aside. Nothing happens to one that was queued anew meanwhile.
-- in:    stage text, subject_id uuid, attempts int (as claimed), pause_s float8 (NULL: set aside), error text
-- locks: one work row
-- uses:  work_pkey
UPDATE work AS w
SET due = now() + coalesce($4::double precision, 0) * interval '1 second',
    set_aside_at = CASE WHEN $4::double precision IS NULL THEN now() END,
    error = $5
WHERE w.stage = $1 AND w.subject_id = $2 AND w.attempts = $3
