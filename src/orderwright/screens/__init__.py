"""What screens of staff and shoppers stand on: pages, forms, operations called in the process, files, rendering."""

from orderwright.screens.csrf import ForgedForm, check_csrf, csrf_token
from orderwright.screens.flash import Toast
from orderwright.screens.forms import Filled, blank, read_form
from orderwright.screens.headers import PAGE_HEADERS, READS_CODES, Header, cookie, transport_security
from orderwright.screens.lean_css import lean, squeezed, words_of
from orderwright.screens.lost import lost_page
from orderwright.screens.pages import Page, Site, page, page_route
from orderwright.screens.render import Formats, environment, html_answer
from orderwright.screens.requests import Form, Incoming, Upload
from orderwright.screens.screen import KEY_FIELD, Refused, Screen, is_local, key_field
from orderwright.screens.static_files import StaticFiles

__all__ = [
    "KEY_FIELD",
    "PAGE_HEADERS",
    "READS_CODES",
    "Filled",
    "ForgedForm",
    "Form",
    "Formats",
    "Header",
    "Incoming",
    "Page",
    "Refused",
    "Screen",
    "Site",
    "StaticFiles",
    "Toast",
    "Upload",
    "blank",
    "check_csrf",
    "cookie",
    "csrf_token",
    "environment",
    "html_answer",
    "is_local",
    "key_field",
    "lean",
    "lost_page",
    "page",
    "page_route",
    "read_form",
    "squeezed",
    "transport_security",
    "words_of",
]
