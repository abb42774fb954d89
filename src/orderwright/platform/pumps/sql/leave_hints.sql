-- Hint that stages have work, to whichever process serves them.
-- in:    merchants text[], stages text[] (pairs, sorted, distinct)
-- locks: wakeup rows in key order
-- uses:  wakeup_pkey
INSERT INTO wakeup (merchant, stage, due)
SELECT k.merchant, k.stage, now() FROM unnest($1::text[], $2::text[]) AS k (merchant, stage)
ON CONFLICT DO NOTHING
