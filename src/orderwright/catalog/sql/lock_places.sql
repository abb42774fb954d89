-- Lock locations that close, open or change their pool. Whoever books goods there waits, and sees what it is then. The
-- pool is looked up behind the lock: joined beside it, a location that moved meanwhile would be left out.
-- in:    codes text[]
-- locks: location (id order), FOR NO KEY UPDATE
-- uses:  location_code_key, pool_pkey
SELECT l.id, l.code, l.pool_id, p.code AS pool, l.active, l.version
FROM (
    SELECT o.id, o.code, o.pool_id, o.active, o.version
    FROM location AS o
    WHERE o.code = ANY ($1::text[])
    ORDER BY o.id
    FOR NO KEY UPDATE
) AS l
JOIN pool AS p ON p.id = l.pool_id
