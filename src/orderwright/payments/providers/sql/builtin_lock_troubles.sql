-- Lock what is to fail of a kind of asks, in the order in which it was planned.
-- in:    kind text, an AskKind or fetch
-- locks: builtin_trouble (id order), FOR UPDATE: first of all that the built-in provider locks
-- uses:  builtin_trouble_pkey
SELECT t.id, t.mode, t.code, t.after, t.times
FROM builtin_trouble AS t
WHERE t.times > 0 AND (t.kind = $1 OR (t.kind IS NULL AND $1 <> 'fetch'))
ORDER BY t.id
FOR UPDATE
