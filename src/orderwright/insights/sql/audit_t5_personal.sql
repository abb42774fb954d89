-- Law T5: personal data lives in contact tables only. What looks like an e-mail address or a long telephone number in
-- events or acts is reported.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('event %s %s %s', e.type, e.subject_id, e.seq) AS subject, 'holds what looks like an e-mail address' AS detail
FROM event AS e
WHERE e.data::text ~ '[[:alnum:]._-]+@[[:alnum:]-]+[.][[:alpha:]]'
UNION ALL
SELECT format('act %s %s', a.verb, a.id), 'holds what looks like an e-mail address'
FROM act AS a
WHERE concat_ws(' ', a.reason, a.cause, a.on_behalf_of) ~ '[[:alnum:]._-]+@[[:alnum:]-]+[.][[:alpha:]]'
LIMIT 100
