"""The commands of the tutorial and of the how-to pages do what the pages show, on a real system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docs.pages import ROOT, Session, session

# In this order, on one system: each may use what those before have made.
PAGES = [
    "docs/tutorial/first-order.md",
    "docs/how-to/import-files.md",
    "docs/how-to/write-an-integration.md",
    "docs/how-to/follow-events.md",
    "docs/how-to/hold-and-release.md",
    "docs/how-to/mend-an-unknown-sku.md",
    "docs/how-to/receive-and-adjust-stock.md",
    "docs/how-to/when-something-is-stuck.md",
    "docs/how-to/mend-a-refused-order.md",
    "docs/how-to/take-returns-back.md",
    "docs/how-to/withdraw-from-an-order.md",
    "docs/how-to/give-store-credit.md",
    "docs/how-to/settle-a-claim.md",
    "docs/how-to/exchange-goods.md",
    "docs/how-to/invoices.md",
    "docs/how-to/charge-the-right-tax.md",
    "docs/how-to/notes-files-and-lists.md",
    "docs/how-to/answer-shoppers.md",
    "docs/how-to/let-shoppers-help-themselves.md",
    "docs/how-to/sign-people-in.md",
    "docs/how-to/limit-and-approve.md",
    "docs/how-to/see-who-did-what.md",
    "docs/how-to/find-and-erase-people.md",
    "docs/how-to/close-or-move-a-location.md",
    "docs/how-to/use-your-own-postgresql.md",
    "docs/how-to/back-up-and-restore.md",
    "docs/how-to/observe.md",
]


@pytest.fixture(scope="module")
def shell() -> Iterator[Session]:
    yield from session()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_its_commands_print(shell: Session, page: str) -> None:
    shell.run(ROOT / page)
