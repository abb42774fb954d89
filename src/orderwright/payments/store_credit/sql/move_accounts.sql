-- Keep what accounts stand at by now.
-- in:    account_ids uuid[], balances bigint[], held bigint[], event_seqs int[]
-- locks: rows that the caller holds locked
-- uses:  credit_account_pkey
UPDATE credit_account AS a
SET balance_minor = d.balance_minor, held_minor = d.held_minor, event_seq = d.event_seq
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::integer[]) AS d (id, balance_minor, held_minor, event_seq)
WHERE a.id = d.id
