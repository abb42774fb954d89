-- Take the components out of kits that are written anew.
-- in:    kit_ids uuid[]
-- locks: the rows deleted (the catalogue's lock is held)
-- uses:  kit_component_pkey
DELETE FROM kit_component AS k WHERE k.kit_sku_id = ANY ($1::uuid[])
