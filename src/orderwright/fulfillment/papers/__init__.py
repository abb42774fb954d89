"""What is printed at a location: labels of the built-in carrier, packing slips, pick lists."""

from orderwright.fulfillment.papers.code128 import code128
from orderwright.fulfillment.papers.contents import Address, PackingSlip, PickSheet, PrintedLabel, SlipLine
from orderwright.fulfillment.papers.render import render_label, render_pick_list, render_slip

__all__ = [
    "Address",
    "PackingSlip",
    "PickSheet",
    "PrintedLabel",
    "SlipLine",
    "code128",
    "render_label",
    "render_pick_list",
    "render_slip",
]
