"""Who may do what: API keys and their scopes. Other slices import only what stands here."""

from orderwright.access.api_keys import NewApiKey, create_api_key, list_api_keys, revoke_api_key
from orderwright.access.authenticate import Authenticator, Caller
from orderwright.access.errors import InvalidKeyExpiry, InvalidKeyName, UnknownMerchant, UnknownScope
from orderwright.access.queries import ApiKey
from orderwright.access.scopes import EVERYTHING, OF_ALL, SCOPES, check_scopes

__all__ = [
    "EVERYTHING",
    "OF_ALL",
    "SCOPES",
    "ApiKey",
    "Authenticator",
    "Caller",
    "InvalidKeyExpiry",
    "InvalidKeyName",
    "NewApiKey",
    "UnknownMerchant",
    "UnknownScope",
    "check_scopes",
    "create_api_key",
    "list_api_keys",
    "revoke_api_key",
]
