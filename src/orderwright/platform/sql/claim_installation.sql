-- Say which secret key this installation hashes with, unless it is said already; returns what is said.
-- in:    key_check bytea
-- locks: the one row
-- uses:  installation_pkey
INSERT INTO installation AS i (key_check) VALUES ($1)
ON CONFLICT (one) DO UPDATE SET key_check = i.key_check
RETURNING i.key_check
