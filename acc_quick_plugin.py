import tests.helpers.console as c
from playwright.async_api import expect
c.WAIT_MS=6000
expect.set_options(timeout=6000)
