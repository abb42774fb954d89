-- Let what is set aside of accounts be set aside of others.
-- in:    old_ids uuid[], new_ids uuid[] (account ids)
-- locks: holds, whose accounts the caller holds locked
-- uses:  credit_hold_account_idx
UPDATE credit_hold AS h SET account_id = d.new_id
FROM unnest($1::uuid[], $2::uuid[]) AS d (old_id, new_id)
WHERE h.account_id = d.old_id
