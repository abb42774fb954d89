"""Verbs as operations: from one row of a table, the call for one thing and the call for a thousand.

    VerbRoute(verb=cancel_orders, command=CancelOrder, subject="order_id", one="/v1/orders/{order_id}/cancel",
              many="/v1/orders/cancel", ...)

The verb runs once for all items, in one transaction with the call's Idempotency-Key (law T1). An item that does not
decode, or that holds a value which cannot be stored, fails alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import PATH_IDS, Call
from orderwright.api.errors import VALUE_ERRORS
from orderwright.api.headers import idempotency_key
from orderwright.api.operations import Decoded, Operation
from orderwright.api.outcomes import (
    REFUSAL_STATUSES,
    Outcomes,
    OutcomeView,
    answer_one,
    is_refusal,
    view_invalid,
    view_outcome,
)
from orderwright.api.shapes import item_shape, to_command, without_subject
from orderwright.platform.attempts import apart
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.idempotency import remember, store_answer
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.settings import Settings
from orderwright.platform.unstorable import unstorable

Verb = Callable[[Transaction, Context, Sequence[Any]], Awaitable[Sequence[Outcome]]]
Run = Callable[[Transaction, Context, Verb, Sequence[Any]], Awaitable[Sequence[Outcome]]]
MakeAnswer = Callable[[Sequence[Outcome]], Answer]

REPLAYED = ((b"idempotent-replayed", b"true"),)
_decode_outcomes = msgspec.json.Decoder(Outcomes).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbRoute:
    """A verb and where it is found. `subject` is the field of the command that names a thing in the path.

    `prefix` is that of the ids in outcomes. `natural_key`: the command says itself which one it is, so repeating it
    needs no Idempotency-Key. `example` is a body of the single call. `as_set` makes the verb of the settings, where it
    depends on them. `chunk`: how many commands of a bulk call are one transaction, where that is not all of them: what
    they lock is shared by others, who would wait for a thousand. `operator`: it works on what merchants share, and has
    a natural key. `prepare` makes the verb's commands of those that came, in the same order.
    """

    id: str
    verb: Verb
    command: type[msgspec.Struct]
    one: str
    many: str
    tag: str
    scope: str
    prefix: str
    does: str
    does_many: str
    more: str = ""
    subject: str | None = None
    natural_key: bool = False
    example: Any = None
    as_set: Callable[[Settings], Verb] | None = None
    chunk: int | None = None
    operator: bool = False
    prepare: Callable[[Call, Sequence[Any]], Awaitable[Sequence[Any]]] | None = None


def operations_of(spec: VerbRoute) -> list[Operation]:
    """The single and the bulk operation of a verb."""
    return [_single(spec), _bulk(spec)]


def _single(spec: VerbRoute) -> Operation:
    subject = spec.subject
    shape = spec.command if subject is None else without_subject(spec.command, subject)

    async def run(call: Call, body: Any) -> Answer:
        command = body if subject is None else to_command(spec.command, body, subject, call.id(subject))
        return await _once(call, spec, [command], lambda o: answer_one(o[0], spec.prefix, call.ctx.request_id))

    return Operation(
        id=spec.id,
        method="POST",
        path=spec.one,
        run=run,
        summary=spec.does,
        description=spec.more,
        tag=spec.tag,
        scope=spec.scope,
        answer=OutcomeView,
        body=shape,
        body_optional=not any(f.required for f in msgspec.structs.fields(shape)),
        key_needed=not spec.natural_key,
        refusals=REFUSAL_STATUSES,
        example=spec.example,
    )


def _bulk(spec: VerbRoute) -> Operation:
    subject = spec.subject
    shape = spec.command if subject is None else item_shape(spec.command, subject)

    async def run(call: Call, items: Decoded[Any]) -> Answer:
        wrong = {i: view_invalid(item) for i, item in enumerate(items) if isinstance(item, InvalidRequest)}
        good = [item for item in items if not isinstance(item, InvalidRequest)]
        commands = good if subject is None else [to_command(spec.command, item, subject) for item in good]
        if spec.chunk is not None and len(commands) > spec.chunk:
            return await _once_in_chunks(call, spec, spec.chunk, commands, wrong)
        return await _once(call, spec, commands, lambda o: json_answer(_in_order(wrong, o, spec.prefix)))

    example = spec.example or {}
    if subject is not None:
        example = {subject: f"{PATH_IDS[subject]}_01j9zqtf0seqbr9w7r1c4rkz2m", **example}
    return Operation(
        id=f"{spec.id}_in_bulk",
        method="POST",
        path=spec.many,
        run=run,
        summary=spec.does_many,
        description=f"{spec.more} Answers one outcome an item, in order.".strip(),
        tag=spec.tag,
        scope=spec.scope,
        answer=Outcomes,
        item=shape,
        key_needed=not spec.natural_key,
        refusals=() if spec.natural_key else (409,),
        example={"data": [example]},
    )


def _in_order(wrong: dict[int, OutcomeView], outcomes: Sequence[Outcome], prefix: str) -> Outcomes:
    """The outcomes of the items that were decoded, among those that were not."""
    return _among(wrong, [view_outcome(outcome, prefix) for outcome in outcomes])


def _among(wrong: dict[int, OutcomeView], found: Sequence[OutcomeView]) -> Outcomes:
    views = iter(found)
    return Outcomes([wrong[i] if i in wrong else next(views) for i in range(len(wrong) + len(found))])


class _Chunk(NamedTuple):
    """One of a call's transactions."""

    number: int
    size: int


async def _once(
    call: Call, spec: VerbRoute, commands: Sequence[Any], make: MakeAnswer, chunk: _Chunk | None = None
) -> Answer:
    """Run a verb, once for each Idempotency-Key: a repetition is answered as the first was.

    The answer is kept if anything was done. A "no" to everything is not: the same key may be used to try again.
    `chunk`: which of a call's transactions this is, each of which keeps its own answer.
    """
    verb = spec.verb if spec.as_set is None else spec.as_set(call.state.settings)
    key = None if spec.natural_key else idempotency_key(call.headers)
    if spec.prepare is not None:
        commands = await spec.prepare(call, commands)
    if key is None or not commands:
        return make(await run_verb(call, verb, commands, operator=spec.operator))
    own = f"{key} {chunk.number}" if chunk is not None and chunk.number else key  # no header has a blank in it

    async def attempt(tx: Transaction, run: Run) -> Answer:
        stored = await remember(
            tx, call.ctx.actor, own, request_hash(call, b"" if chunk is None else b"%d" % chunk.size)
        )
        if stored is not None:
            return Answer(stored.answer, stored.status, REPLAYED)
        outcomes = await run(tx, call.ctx, verb, commands)
        answer = make(outcomes)
        if not all(map(is_refusal, outcomes)):
            await store_answer(tx, call.ctx.actor, own, answer.status, answer.body)
        return answer

    try:
        return await call.write(lambda tx: attempt(tx, _together))
    except VALUE_ERRORS:
        return await call.write(lambda tx: attempt(tx, _apart))


async def _once_in_chunks(
    call: Call, spec: VerbRoute, size: int, commands: Sequence[Any], wrong: dict[int, OutcomeView]
) -> Answer:
    """Run a verb on one chunk after the other. Where the call breaks off, those that were committed keep their answers:
    a repetition is told those, and does the rest."""
    found: dict[int, OutcomeView] = {}
    replayed = []
    for number, chunk in enumerate(_chunks(spec, size, commands)):
        one = await _once(
            call,
            spec,
            [commands[i] for i in chunk],
            lambda o: json_answer(_in_order({}, o, spec.prefix)),
            _Chunk(number, size),
        )
        found |= zip(chunk, _decode_outcomes(one.body).data, strict=True)
        replayed.append(one.headers == REPLAYED)
    body = _among(wrong, [found[i] for i in range(len(commands))])
    return json_answer(body, 200, REPLAYED if all(replayed) else ())


def _chunks(spec: VerbRoute, size: int, commands: Sequence[Any]) -> list[list[int]]:
    """The commands, by their places, in chunks of `size`; all that name one subject are in one."""
    chunks: list[list[int]] = []
    of_subject: dict[Any, list[int]] = {}
    for i, command in enumerate(commands):
        subject = getattr(command, spec.subject) if spec.subject is not None else i
        if subject not in of_subject:
            if not chunks or len(chunks[-1]) >= size:
                chunks.append([])
            of_subject[subject] = chunks[-1]
        of_subject[subject].append(i)
    return chunks


async def run_verb(call: Call, verb: Verb, commands: Sequence[Any], *, operator: bool = False) -> Sequence[Outcome]:
    """Run a verb whose commands say themselves which ones they are, in a transaction of its own."""
    if not commands:
        return []
    write = call.write_operator if operator else call.write
    try:
        return await write(lambda tx: _together(tx, call.ctx, verb, commands))
    except VALUE_ERRORS:
        return await write(lambda tx: _apart(tx, call.ctx, verb, commands))


async def _together(tx: Transaction, ctx: Context, verb: Verb, commands: Sequence[Any]) -> Sequence[Outcome]:
    return await verb(tx, ctx, commands)


async def _apart(tx: Transaction, ctx: Context, verb: Verb, commands: Sequence[Any]) -> Sequence[Outcome]:
    """Run a verb on halves of halves, so that a value that cannot be stored fails its own item only."""

    async def run(some: Sequence[Any]) -> Sequence[Outcome]:
        async with tx.savepoint():
            return await verb(tx, ctx, some)

    def refuse(command: Any, _: Exception) -> Outcome:
        error = unstorable(command)
        return no(error.code, str(error), **error.details)

    return await apart(run, commands, refuse, on=VALUE_ERRORS)


def request_hash(call: Call, more: bytes = b"") -> bytes:
    """What the call says, as a keyed hash: 32 bytes of BLAKE2b over method, path and body (law T5). `more`: what else
    an answer depends on: the size of chunks, lest after an upgrade the answer to 200 items be taken for that to 500."""
    digest = hashlib.blake2b(
        more + f"{call.method} {call.path}\n".encode(), digest_size=32, key=call.database.hash_key[:64]
    )
    digest.update(call.raw)
    return digest.digest()
