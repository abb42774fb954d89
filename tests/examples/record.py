"""Record the examples (`python -m tests.examples.record`): tell the story to a throw-away server, keep the answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from orderwright.api import openapi
from orderwright.platform.db import Database
from orderwright.platform.embedded import throwaway_server
from orderwright.platform.migrate import create_merchant, migrate
from tests.examples.story import Answers, Story
from tests.helpers.api import serving
from tests.helpers.databases import HASH_KEY

FILE = Path(openapi.__file__).parent / "examples" / "answers.json"


async def record(database: Database) -> Answers:
    """The answers to the story, told to a database that nobody else uses, with the merchant acme."""
    async with serving(database) as api:
        return await Story(api, database).tell()


def as_text(answers: Answers) -> str:
    """The file's text: readable, and the same for the same answers."""
    return msgspec.json.format(msgspec.json.encode(answers), indent=1).decode() + "\n"


async def _main() -> None:
    with throwaway_server(durable=False) as server:
        dsn = server.dsn()
        await migrate(dsn)
        database = await Database.connect(dsn, hash_key=HASH_KEY)
        try:
            await create_merchant(database, "acme", name="Acme")
            text = as_text(await record(database))
        finally:
            await database.close()
    fresh = not FILE.exists() or FILE.read_text(encoding="utf-8") != text
    if fresh:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(text, encoding="utf-8")
    print(f"examples: {FILE.name} {'was recorded anew' if fresh else 'is as recorded'}")


if __name__ == "__main__":
    asyncio.run(_main())
