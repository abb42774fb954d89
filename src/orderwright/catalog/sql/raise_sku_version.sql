-- Tell whoever keeps what it read of SKUs that it is old. By the clock, so that a database that was restored to a
-- moment ago does not come to the same number again with other SKUs.
-- in:    nothing
-- locks: the one row (the catalogue's lock is held)
-- uses:  nothing: there is one row
UPDATE sku_version
SET version = greatest(version + 1, (extract(epoch FROM now()) * 1000000)::bigint)
