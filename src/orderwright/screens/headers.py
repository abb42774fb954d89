"""The headers of every page."""

from __future__ import annotations

from orderwright.platform.settings import Settings

Header = tuple[bytes, bytes]

# No inline script and no style attribute: 'self' holds for all. Pictures may be data (QR codes), cameras may scan.
_POLICY = (
    b"default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self';"
    b" frame-ancestors 'none'"
)
# Of pages with a camera: what reads bar codes is WebAssembly, which may be compiled; scripts still come only from here.
READS_CODES: Header = (b"content-security-policy", _POLICY + b"; script-src 'self' 'wasm-unsafe-eval'")
PAGE_HEADERS: tuple[Header, ...] = (
    (b"content-security-policy", _POLICY),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
)
_YEAR_S = 31_536_000


def cookie(
    name: str, value: str, *, secure: bool, max_age_s: int | None = None, path: str = "/", strict: bool = False
) -> Header:
    """A Set-Cookie header: never for scripts, never sent along by other sites' forms."""
    parts = [f"{name}={value}", f"Path={path}", "HttpOnly", f"SameSite={'Strict' if strict else 'Lax'}"]
    if max_age_s is not None:
        parts.append(f"Max-Age={max_age_s}")
    if secure:
        parts.append("Secure")
    return b"set-cookie", "; ".join(parts).encode("latin-1")


def transport_security(settings: Settings) -> tuple[Header, ...]:
    """Ask browsers to come by https only, where the server's public address is one."""
    public = getattr(settings, "public_url", None)
    return ((b"strict-transport-security", b"max-age=%d" % _YEAR_S),) if (public or "").startswith("https:") else ()
