-- Lock the boxes that tries are counted in. What is free at once is free since the year 2000: no infinite date leaves.
-- in:    boxes integer[]
-- locks: guess (box order), FOR UPDATE
-- uses:  guess_pkey
SELECT g.box, g.misses, g.tried_at, greatest(g.free_at, '2000-01-01T00:00:00Z'::timestamptz) AS free_at
FROM guess AS g
WHERE g.box = ANY ($1::integer[])
ORDER BY g.box
FOR UPDATE
