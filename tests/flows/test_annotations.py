"""Notes, tags and attachments of orders: who may, what is told, what is erased, and how many statements it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orderwright.flows.erase_customers import EraseCustomer, EraseGuest, erase_customers, erase_guests
from orderwright.flows.open_claims import open_claims
from orderwright.orders import (
    AddNote,
    AttachFile,
    AttachmentLimits,
    ChangeNote,
    RemoveAttachment,
    RemoveNote,
    TagOrder,
    add_notes,
    attach_files,
    change_notes,
    read_attachment,
    remove_attachments,
    remove_notes,
    tag_orders,
    tags_in_use,
)
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.returns import ClaimedLine, OpenClaim
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.flows.test_statement_counts import Counting
from tests.helpers.desk import Desk, codes
from tests.helpers.returns import ReturnsDesk
from tests.orders.test_pictures import plain, telling

SECRET = "She lives at 1 Main St, ada@example.com"
ANNOTATIONS: dict[str, int] = {
    "add_notes": 7,
    "change_notes": 8,
    "remove_notes": 8,
    "tag_orders": 8,
    "attach_files": 8,
    "remove_attachments": 8,
}


async def an_order_of(desk: Desk, shop: Shop, **fields: Any) -> UUID:
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], **fields))


async def last_event(desk: Desk, order_id: UUID) -> Any:
    [row] = await desk.fetch("SELECT type, data FROM event WHERE subject_id = $1 ORDER BY seq DESC LIMIT 1", order_id)
    return row["type"], row["data"]


# ---- notes ----


async def test_a_note_is_written_changed_pinned_and_removed_and_no_event_has_its_words(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    [added] = await desk.run(add_notes, [AddNote(order_id=order_id, words=SECRET)])
    assert (added.code, await last_event(desk, order_id)) == (
        "added", ("order.note_added", f'{{"note_id": "{encode_id("nte", added.id)}"}}'),
    )  # fmt: skip
    change = ChangeNote(note_id=added.id, words="Gone fishing", pinned=True)
    assert codes(await desk.run(change_notes, [change])) == ["changed"]
    assert codes(await desk.run(change_notes, [change])) == ["unchanged"]
    [row] = await desk.fetch("SELECT order_id, author, words, pinned, version FROM order_note")
    assert tuple(row) == (order_id, "cli:tester", "Gone fishing", True, 2)
    assert codes(await desk.run(remove_notes, [RemoveNote(note_id=added.id)] * 2)) == ["removed", "note_not_found"]
    assert await desk.value("SELECT count(*) FROM order_note") == 0
    assert await desk.events(order_id) == [
        "order.placed", "order.note_added", "order.note_changed", "order.note_removed",
    ]  # fmt: skip


async def test_only_its_author_changes_the_words_of_a_note_and_everyone_pins_it(desk: Desk) -> None:
    shop = await desk.shop()
    [added] = await desk.run(add_notes, [AddNote(order_id=await an_order_of(desk, shop), words="mine")])
    desk.ctx = replace(desk.ctx, actor="user:other")
    note_id = added.id
    changes = [ChangeNote(note_id=note_id, words="yours"), ChangeNote(note_id=note_id, pinned=True)]
    assert codes(await desk.run(change_notes, changes)) == ["not_the_author", "changed"]
    assert await desk.value("SELECT words FROM order_note") == "mine"
    assert codes(await desk.run(remove_notes, [RemoveNote(note_id=note_id)])) == ["removed"]


async def test_two_changes_of_a_note_in_a_batch_are_both_done(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    [added] = await desk.run(add_notes, [AddNote(order_id=order_id, words="first")])
    changes = [ChangeNote(note_id=added.id, words="second"), ChangeNote(note_id=added.id, pinned=True)]
    assert codes(await desk.run(change_notes, changes)) == ["changed", "changed"]
    assert [tuple(r) for r in await desk.fetch("SELECT words, pinned FROM order_note")] == [("second", True)]


async def test_an_order_has_five_hundred_notes_at_most(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    outcomes = await desk.run(add_notes, [AddNote(order_id=order_id, words="x")] * 501)
    assert codes(outcomes) == ["added"] * 500 + ["too_many_notes"]
    assert codes(await desk.run(add_notes, [AddNote(order_id=order_id, words="x")])) == ["too_many_notes"]


# ---- tags ----


async def test_tags_are_given_and_taken_and_told(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop, tags=["gift", "gift", "call"])
    change = TagOrder(order_id=order_id, add=["vip", "gift"], remove=["call", "none"])
    assert codes(await desk.run(tag_orders, [change, change])) == ["tagged", "unchanged"]
    assert await last_event(desk, order_id) == ("order.tagged", '{"added": ["vip"], "removed": ["call"]}')
    assert [r["tag"] for r in await desk.fetch("SELECT tag FROM order_tag ORDER BY tag")] == ["gift", "vip"]
    assert codes(await desk.run(tag_orders, [TagOrder(order_id=new_id(), add=["x"])])) == ["order_not_found"]


async def test_an_order_has_fifty_tags_at_most(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop, tags=[f"t{n}" for n in range(50)])
    more = [TagOrder(order_id=order_id, add=["one"]), TagOrder(order_id=order_id, add=["one"], remove=["t0"])]
    assert codes(await desk.run(tag_orders, more)) == ["too_many_tags", "tagged"]
    assert await desk.value("SELECT count(*) FROM order_tag") == 50


async def test_the_tags_in_use_are_listed_with_how_many_have_them(desk: Desk) -> None:
    shop = await desk.shop()
    for tags in (["b"], ["b", "Z"], ["a b"]):
        await an_order_of(desk, shop, tags=tags)
    async with desk.database.transaction("acme") as tx:
        assert [tuple(row) for row in await tags_in_use(tx)] == [("Z", 1), ("a b", 1), ("b", 2)]
        assert [tuple(row) for row in await tags_in_use(tx, "Z", 1)] == [("a b", 1)]


# ---- attachments ----


async def test_a_photo_is_kept_without_its_place_and_given_back(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    file = AttachFile(order_id, telling("image/png"), "crack.exe", "photo")
    [attached] = await desk.run(attach_files, [file])
    assert (attached.code, attached.details) == ("attached", {"media_type": "image/png", "bytes": 152})
    assert await last_event(desk, order_id) == (
        "order.attachment_added", f'{{"attachment_id": "{encode_id("att", attached.id)}"}}',
    )  # fmt: skip
    async with desk.database.transaction("acme") as tx:
        found = await read_attachment(tx, order_id, attached.id)
        assert found == ("crack.exe.png", "image/png", plain("image/png"))
        assert await read_attachment(tx, new_id(), attached.id) is None
    gone = [RemoveAttachment(attachment_id=attached.id)] * 2
    assert codes(await desk.run(remove_attachments, gone)) == ["removed", "attachment_not_found"]
    assert await desk.value("SELECT count(*) FROM attachment") == 0


async def test_what_is_no_known_file_is_not_kept(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    sent = [b"", b"<svg/>", plain("image/png")[:-3], b"x" * 10_000_001]
    outcomes = await desk.run(attach_files, [AttachFile(order_id, content) for content in sent])
    assert codes(outcomes) == ["file_empty", "file_type_refused", "file_damaged", "file_too_large"]
    assert codes(await desk.run(attach_files, [AttachFile(new_id(), b"text")])) == ["order_not_found"]
    assert await desk.events(order_id) == ["order.placed"]


async def test_an_order_keeps_so_many_files_and_bytes_and_no_more(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    limits = AttachmentLimits(file_bytes_max=8, files_max=3, order_bytes_max=10)
    files = [AttachFile(order_id, content) for content in (b"12345678", b"123", b"12", b"123456789")]
    assert codes(await desk.run(attach_files, files, limits)) == [
        "attached", "attachments_too_large", "attached", "file_too_large",
    ]  # fmt: skip
    more = await desk.run(attach_files, [AttachFile(order_id, b"1")] * 2, limits._replace(order_bytes_max=99))
    assert codes(more) == ["attached", "too_many_attachments"]
    assert await desk.value("SELECT sum(byte_count) FROM attachment") == 11


async def test_a_file_belongs_to_a_claim_of_the_same_order(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await ReturnsDesk(desk).shipped(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    other_id = await an_order_of(desk, shop)
    claim = OpenClaim(order_id=order_id, kind="damaged", lines=[ClaimedLine(line=1, quantity=1)])
    [opened] = await desk.run(open_claims, [claim])
    files = [AttachFile(i, b"text", claim_id=opened.id) for i in (order_id, other_id)]
    files.append(AttachFile(order_id, b"text", return_id=new_id()))
    assert codes(await desk.run(attach_files, files)) == ["attached", "subject_not_found", "subject_not_found"]


# ---- who may, and erasure ----


async def test_a_claim_is_no_return_by_its_id(desk: Desk) -> None:
    """Fault: the id of a claim passed for that of a return, and the file was kept with a return that is none."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await ReturnsDesk(desk).shipped(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    claim = OpenClaim(order_id=order_id, kind="damaged", lines=[ClaimedLine(line=1, quantity=1)])
    [opened] = await desk.run(open_claims, [claim])
    wrong = AttachFile(order_id, b"text", return_id=opened.id)
    assert codes(await desk.run(attach_files, [wrong])) == ["subject_not_found"]


async def test_who_may_not_write_notes_is_refused_and_who_is_limited_sees_no_other_orders(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop)
    every = desk.ctx
    desk.ctx = replace(every, permissions=frozenset({"orders.read"}))
    for verb in (add_notes, change_notes, remove_notes, tag_orders, attach_files, remove_attachments):
        with pytest.raises(PermissionDenied, match=r"orders\.note"):
            await desk.run(verb, [])
    [added] = await _as(desk, every).run(add_notes, [AddNote(order_id=order_id, words="x")])
    desk.ctx = replace(every, channels=frozenset({new_id()}))
    assert codes(await desk.run(add_notes, [AddNote(order_id=order_id, words="x")])) == ["order_not_found"]
    assert codes(await desk.run(change_notes, [ChangeNote(note_id=added.id, pinned=True)])) == ["note_not_found"]
    assert codes(await desk.run(tag_orders, [TagOrder(order_id=order_id, add=["x"])])) == ["order_not_found"]


def _as(desk: Desk, ctx: Any) -> Desk:
    desk.ctx = ctx
    return desk


async def test_notes_and_files_are_erased_with_the_customer_and_again_when_they_came_later(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop, tags=["vip"])
    customer_id = await desk.value("SELECT customer_id FROM orders")
    erase = [EraseCustomer(customer_id=customer_id)]
    for code in ("erased", "erased"):
        await desk.run(add_notes, [AddNote(order_id=order_id, words=SECRET)])
        await desk.run(attach_files, [AttachFile(order_id, SECRET.encode())])
        assert codes(await desk.run(erase_customers, erase)) == [code]
        assert await desk.counts("order_note", "attachment", "order_tag") == {
            "order_note": 0, "attachment": 0, "order_tag": 1,
        }  # fmt: skip
    assert codes(await desk.run(erase_customers, erase)) == ["already_erased"]


async def test_notes_and_files_are_erased_with_a_guest(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await an_order_of(desk, shop, customer=None)
    for code in ("erased", "erased"):
        await desk.run(add_notes, [AddNote(order_id=order_id, words=SECRET)])
        assert codes(await desk.run(erase_guests, [EraseGuest(order_id=order_id)])) == [code]
        assert await desk.value("SELECT count(*) FROM order_note") == 0
    assert codes(await desk.run(erase_guests, [EraseGuest(order_id=order_id)])) == ["already_erased"]


# ---- statements ----


async def test_a_batch_of_100_annotations_takes_as_many_statements_as_one(database: Database) -> None:
    counts = {n: await run_annotations(Counting(database), n) for n in (1, 100)}
    assert counts[100] == counts[1] == ANNOTATIONS


async def run_annotations(desk: Counting, n: int) -> dict[str, int]:
    """Every verb, on `n` orders."""
    shop = await desk.shop(skus=n)
    orders = [an_order(shop.channel.code, [(sku.code, 1)], tags=["old"]) for sku in shop.skus]
    order_ids = [outcome.order_id for outcome in await desk.place(*orders)]
    desk.statements = {}
    added = await desk.step("add_notes", add_notes, [AddNote(order_id=i, words="x") for i in order_ids], "added")
    changes = [ChangeNote(note_id=o.id, words="y") for o in added]
    await desk.step("change_notes", change_notes, changes, "changed")
    await desk.step("remove_notes", remove_notes, [RemoveNote(note_id=o.id) for o in added], "removed")
    tags = [TagOrder(order_id=i, add=["new"], remove=["old"]) for i in order_ids]
    await desk.step("tag_orders", tag_orders, tags, "tagged")
    files = [AttachFile(i, b"text") for i in order_ids]
    attached = await desk.step("attach_files", attach_files, files, "attached")
    gone = [RemoveAttachment(attachment_id=o.id) for o in attached]
    await desk.step("remove_attachments", remove_attachments, gone, "removed")
    await desk.audit()
    return desk.statements
