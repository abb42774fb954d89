-- Tell whoever keeps what it read of SKUs that it is old.
-- in:    nothing
-- locks: the one row (the catalogue's lock is held)
-- uses:  nothing: there is one row
UPDATE sku_version SET version = version + 1
