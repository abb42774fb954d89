-- Law T5: personal data lives in contact tables only. What outlives an erasure (events, acts, holds, sourcing
-- decisions, stored answers, kept errors) is searched for what looks like an e-mail address or an international
-- telephone number; what is kept of an order also for names, companies, streets, e-mail addresses and telephone
-- numbers of its contacts, as whole JSON texts of five characters or more. Logs are not in the database.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH kept (subject, order_id, words) AS NOT MATERIALIZED (
    SELECT format('event %s %s %s', e.type, e.subject_id, e.seq), e.subject_id, e.data::text FROM event AS e
    UNION ALL
    SELECT format('act %s %s', a.verb, a.id), NULL, concat_ws(' ', a.actor, a.on_behalf_of, a.reason, a.cause)
    FROM act AS a
    UNION ALL
    SELECT format('change %s %s', c.act_id, c.n), NULL, concat_ws(' ', c.before::text, c.after::text)
    FROM change AS c WHERE c.subject_kind = 'customer'
    UNION ALL
    SELECT format('approval %s', a.id), NULL,
           concat_ws(' ', a.body::text, a.asked_reason, a.decided_reason, a.outcome::text)
    FROM approval AS a
    UNION ALL
    SELECT format('hold %s', h.id), h.order_id, h.detail::text FROM hold AS h
    UNION ALL
    SELECT format('bulk run %s', b.id), NULL, concat_ws(' ', b.filters::text, b.options::text, b.reason) FROM bulk_run AS b
    UNION ALL
    SELECT format('sourcing decision %s %s', d.order_id, d.n), d.order_id, d.explanation::text
    FROM sourcing_decision AS d
    UNION ALL
    SELECT format('stored answer %s', i.key), NULL, encode(i.answer, 'escape') FROM idempotency AS i
    UNION ALL
    SELECT format('work %s %s', w.stage, w.subject_id), w.subject_id, w.error FROM work AS w
    UNION ALL
    SELECT format('parked event %s %s %s', p.subscriber, p.subject_id, p.seq), p.subject_id, p.error
    FROM event_parked AS p
)
SELECT k.subject, 'holds what looks like an e-mail address' AS detail
FROM kept AS k
WHERE strpos(k.words, '@') > 0 AND k.words ~ '[[:alnum:]._-]+@[[:alnum:]-]+[.][[:alpha:]]'
UNION ALL
SELECT k.subject, 'holds what looks like a telephone number'
FROM kept AS k
WHERE strpos(k.words, '+') > 0 AND k.words ~ '(^|[^[:alnum:]])[+][1-9][0-9]{7,14}($|[^[:alnum:]])'
UNION ALL
SELECT k.subject, format('holds the %s of a contact', v.what)
FROM contact AS c
CROSS JOIN LATERAL (
    VALUES ('name', c.name), ('company', c.company), ('street', c.line1), ('e-mail address', c.email),
           ('telephone number', c.phone)
) AS v (what, value)
JOIN kept AS k ON k.order_id = c.order_id
WHERE length(v.value) >= 5 AND strpos(k.words, to_json(v.value)::text) > 0
LIMIT 100
