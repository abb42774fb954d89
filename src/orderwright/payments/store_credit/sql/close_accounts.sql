-- Say of accounts that others have it all by now, and of those that these had taken over before.
-- in:    old_ids uuid[], new_ids uuid[] (account ids)
-- locks: the accounts (locked already, but for those that were closed before, which have nothing)
-- uses:  credit_account_pkey, credit_account_moved_idx
UPDATE credit_account AS a SET moved_into = d.new_id
FROM (
    SELECT w.old_id AS id, w.new_id FROM unnest($1::uuid[], $2::uuid[]) AS w (old_id, new_id)
    UNION ALL
    SELECT m.id, w.new_id
    FROM unnest($1::uuid[], $2::uuid[]) AS w (old_id, new_id)
    JOIN credit_account AS m ON m.moved_into = w.old_id
) AS d
WHERE a.id = d.id
