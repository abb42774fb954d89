"""How the demo is played: how fast, how much, and how often something goes wrong."""

from __future__ import annotations

from dataclasses import dataclass

from orderwright.demo.products import SIZE
from orderwright.demo.stock import LINES_AN_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """`speed` multiplies everybody's pace: 10 means ten times the orders, handled in a tenth of the time.

    Shares are of orders, of fulfillments or of tracking events, as named; 0 is never.
    """

    seed: int = 0
    speed: float = 1.0
    orders_a_minute: float = 120.0  # on average over a day, at speed 1
    day_s: float = 600.0  # how long a day takes at speed 1: quiet nights, busy evenings
    products: int = SIZE
    mean_lines: float = LINES_AN_ORDER
    pickups_one_in: int = 10  # of the app's orders
    refused_one_in: int = 150  # of the payments that the system moves: the payer's bank says no

    cancelled_share: float = 0.02  # orders that the shopper wants to cancel
    resent_share: float = 0.01  # orders that a channel sends twice, as after a time-out
    rejected_share: float = 0.02  # fulfillments
    short_share: float = 0.02  # fulfillments
    late_share: float = 0.03  # parcels: a tracking event comes after the one that followed it
    repeated_share: float = 0.03  # tracking events that come twice
    missed_share: float = 0.04  # parcels: nobody was at home at first
    edited_share: float = 1 / 40  # orders that are changed before they are picked
    returned_share: float = 1 / 12  # delivered orders of which something comes back
    exchanged_share: float = 0.3  # of those: for other goods, not for money
    credited_share: float = 0.15  # of those: for store credit
    claimed_share: float = 1 / 40  # delivered orders with which something is wrong
    goodwill_share: float = 1 / 100  # delivered orders of which an agent gives a little money back

    @property
    def orders_a_second(self) -> float:
        """On average over a day."""
        return self.orders_a_minute * self.speed / 60
