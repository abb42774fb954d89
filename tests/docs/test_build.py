"""The generated parts of the pages are those of the code, and no link leads nowhere."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.pages import ROOT


def test_no_page_is_stale_and_no_link_is_broken() -> None:
    done = subprocess.run(
        [sys.executable, "docs/build.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
