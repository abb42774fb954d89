"""What a file is, by its content alone, and a name for it that is safe to give to any computer. Pure."""

from __future__ import annotations

import re
import unicodedata

from orderwright.orders.annotations.pictures import PNG_START, clean

NAME_LENGTH_MAX = 100
ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt",),
}
PICTURES = frozenset(kind for kind in ENDINGS if kind.startswith("image/"))
_PDF_END_WITHIN = 2_048
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|;%]+')
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # but tab, line feed and carriage return
_MARKUP = re.compile(r"\s*<[!?/a-zA-Z]")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def media_type_of(content: bytes) -> str | None:
    """What a file is: one of `ENDINGS`, or None. Its name and what its sender calls it are not believed."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(PNG_START):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if content.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in content[-_PDF_END_WITHIN:] else None
    return "text/plain" if _is_text(content) else None


def cleaned(content: bytes, media_type: str) -> bytes:
    """A file as it is kept: pictures without what they say besides. Raises DamagedPicture."""
    return clean(content, media_type) if media_type in PICTURES else content


def safe_name(name: str | None, kind: str, media_type: str) -> str:
    """A name without folders, control characters or what a computer reads something into, which ends as the content is.

    Without a name, or where nothing of it is left: what kind of file it is.
    """
    plain = unicodedata.normalize("NFC", name or "")
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")  # also what turns the direction of writing
    plain = re.split(r"[\\/]", plain)[-1]
    plain = " ".join(_NOT_IN_NAMES.sub(" ", plain).split()).strip(". ")
    if plain.lower().endswith(ENDINGS[media_type]):
        plain = plain.rpartition(".")[0].rstrip(". ")
    if not plain or _RESERVED.match(plain):
        plain = kind
    ending = ENDINGS[media_type][0]
    return plain[: NAME_LENGTH_MAX - len(ending)].rstrip(". ") + ending


def _is_text(content: bytes) -> bool:
    """Whether it is text that nobody could take for a page or a drawing with scripts in it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and _CONTROLS.search(text) is None and _MARKUP.match(text.lstrip("\ufeff")) is None
