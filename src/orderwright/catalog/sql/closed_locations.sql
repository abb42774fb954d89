-- Which of these locations were closed, and so have goods that are withheld.
-- in:    codes text[]
-- locks: nothing
-- uses:  location_code_key
SELECT l.code FROM location AS l WHERE l.code = ANY ($1::text[]) AND l.closed_at IS NOT NULL
