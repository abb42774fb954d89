"""Stripe: card payments as manual-capture PaymentIntents. `docs/how-to/take-money-with-stripe.md` shows its use."""

from orderwright.connect.stripe.provider import StripeProvider

__all__ = ["StripeProvider"]
