"""Annotations: what people add to orders beside what was ordered. Notes, tags and attachments."""

from orderwright.orders.annotations.attachments import (
    ATTACHMENT_PREFIX,
    attach_files,
    attachments_of_order,
    read_attachment,
    remove_attachments,
)
from orderwright.orders.annotations.commands import (
    AddNote,
    AttachFile,
    AttachmentKind,
    AttachmentLimits,
    ChangeNote,
    NoteWords,
    RemoveAttachment,
    RemoveNote,
    TagOrder,
)
from orderwright.orders.annotations.erase import annotated_orders, erase_annotations
from orderwright.orders.annotations.notes import NOTE_PREFIX, add_notes, change_notes, notes_of_order, remove_notes
from orderwright.orders.annotations.tags import tag_orders, tags_in_use

__all__ = [
    "ATTACHMENT_PREFIX",
    "NOTE_PREFIX",
    "AddNote",
    "AttachFile",
    "AttachmentKind",
    "AttachmentLimits",
    "ChangeNote",
    "NoteWords",
    "RemoveAttachment",
    "RemoveNote",
    "TagOrder",
    "add_notes",
    "annotated_orders",
    "attach_files",
    "attachments_of_order",
    "change_notes",
    "erase_annotations",
    "notes_of_order",
    "read_attachment",
    "remove_attachments",
    "remove_notes",
    "tag_orders",
    "tags_in_use",
]
