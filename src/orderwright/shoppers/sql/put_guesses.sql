-- Write how often was guessed wrong, and until when the next try waits.
-- in:    boxes integer[], misses integer[], tried_ats timestamptz[], free_ats timestamptz[]
-- locks: guess, held since lock_guesses
-- uses:  guess_pkey
UPDATE guess AS g
SET misses = v.misses, tried_at = v.tried_at, free_at = v.free_at
FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::timestamptz[]) AS v (box, misses, tried_at, free_at)
WHERE g.box = v.box
