-- Have a row for each box that tries are counted in.
-- in:    boxes integer[], sorted
-- locks: guess (box order), the rows that are new
-- uses:  guess_pkey
INSERT INTO guess (box, misses, tried_at, free_at)
SELECT b.box, 0, now(), '-infinity'::timestamptz
FROM unnest($1::integer[]) AS b (box)
ORDER BY b.box
ON CONFLICT (box) DO NOTHING
