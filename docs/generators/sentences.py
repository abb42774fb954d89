"""What the code does not say itself. Each table names exactly what is there: the build fails when one is missing."""

from __future__ import annotations

SETTINGS = {
    "database_url": "The PostgreSQL to use. Without it Orderwright runs its own. `DATABASE_URL` is read too.",
    "data_dir": "Where the embedded PostgreSQL and the secret key live; `$XDG_DATA_HOME/orderwright` if that is set.",
    "host": "Address to listen on.",
    "port": "Port to listen on.",
    "log_level": "The least important logs that are written.",
    "log_format": "`auto`: for people on a terminal, JSON lines elsewhere.",
    "secret_key": "The key of all keyed hashes. Without it one is made and kept in `data_dir/secret.key`.",
    "pool_size": "Connections to the database that one process opens at most.",
    "statement_timeout_ms": "How long one statement may run.",
    "lock_timeout_ms": "How long a statement waits for a lock.",
    "idle_in_transaction_timeout_ms": "How long a transaction may do nothing. Open ones hold the events back.",
    "coalesce": "Whether concurrent placements share transactions.",
    "coalesce_batch_max": "Placements in one transaction at most.",
    "coalesce_queue_max": "Placements that may wait. More are answered with 503 `overloaded`.",
    "coalesce_lanes": "Transactions of the coalescer that run at the same time.",
    "run_workers": "Whether `serve` runs the workers too.",
    "work_host": "Address that `orderwright work` listens on, where it has a port.",
    "work_port": "Port on which `orderwright work` serves metrics and health. Without it, it listens nowhere.",
    "pump_batch": "Entries that a worker takes from a queue at once.",
    "pump_workers": "Workers for stages in one process.",
    "pump_lease_s": "After how long others take what a worker had claimed that died. Longer than a batch takes.",
    "stripe_api_key": "The key that money is taken with at Stripe. Without it there is no payment provider `stripe`.",
    "stripe_webhook_secret": "The signing secret of Stripe's webhooks.",
    "exclusion_h": "After how many hours a location that rejected an order may be asked for it again.",
    "stuck_held_h": "After how long a hold is listed as stuck.",
    "stuck_backordered_d": "After how long units that wait for supply without a date are listed as stuck.",
    "stuck_to_collect_d": "After how long a pick-up that nobody fetched is listed as stuck.",
    "test_payments": "Offer the built-in payment provider, which moves no real money. For trying things out.",
    "stuck_unsettled_d": "After how long an order's balance that is not zero is listed as stuck, once all of it has left.",
    "stuck_silent_d": "After how long without a word from the carrier a parcel is listed as stuck.",
    "request_body_max_bytes": "Larger requests are answered with 413 `body_too_large`.",
    "otel_enabled": "Whether traces are recorded (OpenTelemetry).",
}

SUBJECTS = {
    "order": "order (`ord_`)",
    "fulfillment": "order (`ord_`)",
    "shipment": "order (`ord_`)",
    "sku": "SKU (`sku_`)",
    "pool": "pool (`pol_`)",
    "location": "location (`loc_`)",
    "channel": "channel (`chn_`)",
    "customer": "customer (`cus_`)",
    "stock.received": "receipt (`rcp_`)",
    "stock.adjusted": "adjustment (`adj_`)",
    "supply": "supply (`sup_`)",
}

EVENTS = {
    "order.placed": "An order was taken.",
    "order.held": "A hold was opened, or stops more steps than before. `blocks` names all of them.",
    "order.released": "A hold was released.",
    "order.verified": "Address, phone, e-mail and limits were checked. `findings` are the types of holds it led to.",
    "order.resolved": "Lines that were pending were understood or met.",
    "order.sourced": "Locations were chosen for promised units.",
    "order.backorder_filled": "Units that waited for supply were promised.",
    "order.delayed": "Units promised from dated supply come later, or (`expected_on` null) nobody knows when.",
    "order.erased": "The personal data of an order without a customer was erased. Numbers only.",
    "order.cancelled": "Units were cancelled. `kept` counts units that were picked already and stay.",
    "order.shipped": "All of the order has left.",
    "order.delivered": "All of the order has arrived.",
    "fulfillment.released": "A fulfillment came onto its location's list.",
    "fulfillment.picking": "Somebody began to pick.",
    "fulfillment.picked": "Units were picked.",
    "fulfillment.short": "Units were not found. They are sourced again.",
    "fulfillment.packed": "What was picked is in a parcel, or waits at the counter.",
    "fulfillment.handed_over": "A pick-up was handed to the shopper.",
    "fulfillment.rejected": "The location said no. Its units are sourced again.",
    "fulfillment.broken": "Allocated units were lost before they were picked. They are sourced again.",
    "fulfillment.cancelled": "Nothing of the fulfillment is left to do. `why` says why.",
    "shipment.labelled": "A label was bought.",
    "shipment.shipped": "A parcel left with the carrier.",
    "shipment.tracked": "The carrier said something of a parcel.",
    "shipment.delivered": "A parcel arrived.",
    "stock.received": "Goods arrived at a location.",
    "stock.adjusted": "Stock was corrected. `broken` counts units that allocations lost.",
    "supply.expected": "Dated supply was announced.",
    "supply.changed": "Dated supply will be more or less, earlier or later. `was` is what was said before.",
    "sku.created": "A SKU was added.",
    "sku.updated": "Fields of a SKU changed.",
    "pool.created": "A pool was added.",
    "pool.updated": "Fields of a pool changed.",
    "location.created": "A location was added.",
    "location.updated": "Fields of a location changed.",
    "channel.created": "A channel was added.",
    "channel.updated": "Fields of a channel changed, or its pools.",
    "customer.erased": "The personal data of a customer was erased. Numbers only.",
}

_ALL = ("source", "release", "ship")

# Why it is there, what it blocks (where verification's own table does not say), what to do about it.
HOLDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "unknown_sku": ("A line names a SKU that is not in the catalogue.", ("source",), "Create the SKU, then release."),
    "inactive_sku": (
        "A line names a SKU that is switched off.",
        ("source",),
        "Activate the SKU, then release, or cancel the line.",
    ),
    "out_of_stock": (
        "Stock is short, and the order may not be refused.",
        ("source",),
        "Release: what is short is backordered. Or cancel the line.",
    ),
    "address_invalid": ("The address does not fit its country.", (), "Ask the customer, then release or cancel."),
    "phone_invalid": ("A telephone number cannot be called.", (), "Release, or ask the customer."),
    "email_invalid": ("An e-mail address is malformed.", (), "Release, or ask the customer."),
    "over_limit": (
        "The total or a quantity is above the channel's limit.",
        (),
        "Look at the order, then release or cancel.",
    ),
    "velocity": (
        "The customer ordered more often than the channel allows.",
        (),
        "Look at the orders, then release or cancel.",
    ),
    "possible_duplicate": (
        "The same customer ordered the same for the same total within the channel's window.",
        (),
        "Compare them, then release or cancel.",
    ),
    "totals_mismatch": (
        "The parts do not make the total. The difference is booked as rounding.",
        _ALL,
        "Compare with the channel, then release.",
    ),
    "price_differs": (
        "A price is not the catalogue's, and the channel asks for that.",
        ("source",),
        "Release, or cancel.",
    ),
    "location_rejected": (
        "The location that a line names (a pick-up) rejected it or did not find it, and nobody else may bring it.",
        ("source",),
        "Customer care: ask the store or the customer. Release to ask the location again, or cancel the line.",
    ),
    "unknown_parent": ("The parent order does not exist.", _ALL, "Release, or cancel."),
    "unknown_location": (
        "A line names a location that does not exist.",
        _ALL,
        "Cancel, and let the channel send it again with a new external_id.",
    ),
    "location_inactive": (
        "A line names a location that is not open.",
        _ALL,
        "Open the location and release, or cancel and let the channel send it again with a new external_id.",
    ),
    "location_needed": (
        "A pick-up line names no location.",
        _ALL,
        "Cancel, and let the channel send it again with a new external_id.",
    ),
    "address_needed": (
        "The order ships and has no address.",
        _ALL,
        "Cancel, and let the channel send it again with a new external_id.",
    ),
    "discount_exceeds_lines": (
        "Discounts are larger than what they reduce. They were cut.",
        _ALL,
        "Compare with the channel, then release.",
    ),
    "channel_inactive": (
        "The channel is switched off.",
        _ALL,
        "Release, or cancel. Activate the channel if more is to come.",
    ),
    "currency_differs": (
        "The order is in another currency than its channel, whose limits are in its own.",
        _ALL,
        "Look at the total, then release; or make a channel for this currency.",
    ),
    "overpaid": (
        "The channel reports payments of more than the total. Nothing was captured or returned by us.",
        ("release", "ship"),
        "Compare with the channel and let it return the rest, then release.",
    ),
    "unknown_currency": (
        "The currency is not one of ISO 4217. Amounts stand as they were sent.",
        _ALL,
        "Ask the channel what it means, then release; or cancel, and let it send the order again.",
    ),
    "currency_mismatch": (
        "Payments in another currency than the order were left out. The inbox has them.",
        _ALL,
        "Compare with the channel, then release.",
    ),
    "content_dropped": (
        "Something could not be stored and was left out: NUL characters, metadata, a tax rate. The inbox has it all.",
        _ALL,
        "Look at what was left out, then release or cancel.",
    ),
    "implausible_time": (
        "It says that it was placed more than a day ahead, or before 1990. The time of receipt stands in its place.",
        _ALL,
        "Ask whose clock is wrong, then release.",
    ),
}

STAGES = {
    "verify": (
        "orders",
        "Checks address, phone, e-mail, limits and likeness to other orders; holds what a person should see.",
    ),
    "resolve": ("orders", "Looks lines that were pending up again, after their hold was released."),
    "source": ("orders", "Chooses locations for promised units and allocates them."),
    "release": ("fulfillments", "Puts open fulfillments on their locations' lists."),
    "label": ("shipments", "Buys labels from the carrier."),
    "backorders": ("SKUs", "Promises what came in to those who wait."),
}

TABLES = {
    "customer": "Who ordered, known by a keyed hash. Holds no personal data itself.",
    "sku": "The thing sold and stocked. A kit is made of others.",
    "kit_component": "What a kit is made of now. Orders keep a copy of what it was.",
    "pool": "A set of locations that promise together.",
    "location": "A place that holds stock, with its address, calendar and capacity.",
    "channel": "Where orders come from, and how they are taken.",
    "channel_pool": "The pools that a channel sells from, in the order in which they are asked.",
    "orders": "What a customer bought, in commercial terms: totals, status, people by the ids of their contacts.",
    "order_line": "A line of an order, with its share of every charge.",
    "merchant": "An owner of stock and money.",
    "api_key": "A key to the HTTP interface. Only the hash of its secret is kept.",
    "sourcing_decision": "Where an order ships from and why, as it was decided.",
    "fulfillment": "The work at one location for one order.",
    "shipment": "What leaves one location for one order with a carrier.",
    "parcel": "A parcel with its label and tracking number.",
}

FULFILLMENT_STATES = {
    "open": "Sourced; waits for the stage `release`.",
    "released": "On the location's list.",
    "picking": "Somebody has begun to pick.",
    "picked": "What was found is picked.",
    "packed": "In a parcel that waits for the carrier, or at the counter for the shopper.",
    "shipped": "Left with the carrier.",
    "delivered": "Arrived, or handed over at the counter.",
    "rejected": "The location would not do it. Its units are sourced again.",
    "cancelled": "Nothing is wanted of it any more.",
}

PARCEL_STATES = {
    "label_wanted": "Packed; the stage `label` asks the carrier.",
    "labelled": "Has a label and a tracking number.",
    "in_transit": "The carrier has it.",
    "out_for_delivery": "On its last way.",
    "exception": "The carrier reports a problem.",
    "delivered": "Arrived. Final: a late event never takes it back.",
}
