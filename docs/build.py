"""Build the documentation: write the parts that come from the code into the pages, and check the links.

A generated part stands between two comments and is never edited by hand:

    <!-- generated: settings -->
    ...
    <!-- /generated -->

`python docs/build.py` writes them anew and checks all links; with `--check` it changes nothing and fails when a page is
stale. `make docs` runs the first, a test the second.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from generators import GENERATORS

ROOT = Path(__file__).resolve().parent.parent
_PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- /generated -->)", re.DOTALL)
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?:\]\(|(?:src|srcset|href)=\")([^)\s\"]+)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def pages() -> list[Path]:
    """Every page: those in `docs/`, and those at the top of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def generate(text: str) -> str:
    """The text of a page with its generated parts as the code has them now. Raises KeyError for an unknown part."""
    return _PART.sub(lambda part: f"{part[1]}{GENERATORS[part[2]]().strip()}\n{part[3]}", text)


def broken_links(page: Path, text: str) -> list[str]:
    """Links of a page to files or headings that are not there. Links to other sites are not followed."""
    found = []
    for target in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            found.append(f"{page.relative_to(ROOT)}: there is no {target}")
        elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
            found.append(f"{page.relative_to(ROOT)}: there is no heading {target}")
    return found


def anchors(text: str) -> set[str]:
    """What headings can be linked by: lower case, without punctuation, dashes for spaces."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def main() -> int:
    """Write or check all pages; returns the exit code."""
    check_only = "--check" in sys.argv[1:]
    stale, broken = [], []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        fresh = generate(text)
        if fresh != text:
            stale.append(str(page.relative_to(ROOT)))
            if not check_only:
                page.write_text(fresh, encoding="utf-8")
        broken += broken_links(page, fresh)
    for line in broken:
        print(f"docs: {line}", file=sys.stderr)
    for name in stale:
        print(f"docs: {name} {'is stale: run `make docs`' if check_only else 'was written anew'}", file=sys.stderr)
    print(f"docs: {len(pages())} pages, {len(broken)} broken links, {len(stale)} stale")
    return 1 if broken or (check_only and stale) else 0


if __name__ == "__main__":
    sys.exit(main())
