"""What the person who runs it meets: settings, the command line, metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec
import typer.main

from generators.markdown import code, codes, table
from generators.sentences import SETTINGS
from orderwright.cli import app
from orderwright.platform.metrics import REGISTRY
from orderwright.platform.settings import PREFIX, Settings, _allowed


def settings() -> str:
    """Every setting: its variable, its default, what it takes, what it is for."""
    types = get_type_hints(Settings, include_extras=True)
    rows = [
        (code(PREFIX + f.name.upper()), code(f.name), _default(f), _allowed(types[f.name]), SETTINGS[f.name])
        for f in msgspec.structs.fields(Settings)
    ]
    _require_same("SETTINGS", set(SETTINGS), set(types))
    return table(("environment variable", "key in the TOML file", "default", "allowed", "what it is for"), rows)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "`~/.local/share/orderwright`"
    value = field.default
    return "" if value is None else code(str(value).lower() if isinstance(value, bool) else value)


def commands() -> str:
    """Every command with its options, as `--help` tells them."""
    return "\n\n".join(_command(path, command) for path, command in _walk("orderwright", typer.main.get_command(app)))


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _walk(f"{path} {name}", child)


def _command(path: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    words = [p.metavar or p.name.upper() for p in arguments]
    usage = " ".join([path, *(w if p.required else f"[{w}]" for w, p in zip(words, arguments, strict=True))])
    parts = [f"## {path}", f"```text\n{usage}{' [OPTIONS]' if options else ''}\n```", command.help.strip()]
    rows = [(code(w), p.help, "" if p.required else "optional") for w, p in zip(words, arguments, strict=True)]
    rows += [(_option(p), p.help, "needed" if p.required else _option_default(p)) for p in options]
    return "\n\n".join([*parts, *([table(("option", "what it is for", "default"), rows)] if rows else [])])


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.name.strip('_').upper()}"
    return ", ".join(f"`{text}{value}`" for text in option.opts)


def _option_default(option: Any) -> str:
    if isinstance(option.show_default, str):
        return option.show_default
    return "" if option.default is None or option.is_flag else str(option.default)


def metrics() -> str:
    """Every metric of `/metrics`."""
    rows = []
    for collector in sorted(REGISTRY._collector_to_names, key=lambda c: c._name):  # noqa: SLF001 (no public list)
        [family] = list(collector.describe())
        name = family.name + ("_total" if family.type == "counter" else "")
        rows.append((code(name), family.type, codes(collector._labelnames), family.documentation))  # noqa: SLF001
    return table(("metric", "kind", "labels", "what it says"), rows)


def _require_same(what: str, told: set[str], there: set[str]) -> None:
    if told != there:
        raise SystemExit(f"docs: {what} differs from the code: {sorted(told ^ there)}")
