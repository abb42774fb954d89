"""What is vendored is what VENDORED.md says."""

from __future__ import annotations

import hashlib

from orderwright.console.frame import HERE

STATIC_DIR = HERE / "static"


def test_vendored_files_are_the_ones_that_are_listed() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (STATIC_DIR / "VENDORED.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and "`" in line and not line.startswith("| file")
    ]
    vendor = STATIC_DIR / "vendor"
    listed = {row[0]: row[6].strip("`") for row in rows}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.iterdir() if path.is_file()}

    assert listed == found
    named = {text.strip() for row in rows for text in row[5].split(",")}
    assert named == {path.name for path in (vendor / "licences").iterdir()}
