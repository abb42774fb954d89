-- Take the hints for the stages that this process serves.
-- in:    stages text[]
-- locks: wakeup rows
-- uses:  wakeup_pkey; few rows
DELETE FROM wakeup AS h WHERE h.stage = ANY ($1::text[]) RETURNING h.merchant, h.stage
