"""Who may do what: API keys and their scopes. Other slices import only what stands here."""

from orderwright.access.absent_actors import acting_later
from orderwright.access.api_keys import NewApiKey, create_api_key, list_api_keys, revoke_api_key, rotate_api_key
from orderwright.access.authenticate import Authenticator, Caller
from orderwright.access.erasure import ERASED_NAME, erase_people
from orderwright.access.errors import (
    CodeRefused,
    ConfirmationNeeded,
    InvalidKeyExpiry,
    InvalidKeyName,
    InvalidMerchant,
    InvalidPerson,
    LinkSpent,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
    UnknownMerchant,
    UnknownRole,
    UnknownScope,
)
from orderwright.access.first_merchant import make_first_merchant, may_make_first_merchant
from orderwright.access.first_person import check_first_link, first_person_path, make_first_person
from orderwright.access.id_tokens import Identity, ProviderRefused
from orderwright.access.identities import sign_in_by_provider
from orderwright.access.kept import SESSIONS, SIGN_IN_FAILURES
from orderwright.access.known_devices import DEVICE_GOOD_FOR_S, device_cookie_name, mark_device
from orderwright.access.known_people import change_people, deactivate_people, reactivate_people
from orderwright.access.limits import SetLimits, list_limits, set_limits
from orderwright.access.memberships import end_memberships, set_memberships
from orderwright.access.new_people import create_people
from orderwright.access.new_session import NewSession, start_session
from orderwright.access.own_account import (
    Own,
    change_account,
    change_password,
    choose_password,
    confirm_second_factor,
    end_other_sessions,
    end_own_session,
    list_own_sessions,
    read_account,
    read_password_link,
    remove_second_factor,
    renew_own_recovery_codes,
    require_confirmed,
    set_up_second_factor,
)
from orderwright.access.own_roles import put_roles, remove_roles
from orderwright.access.passwords import check_password
from orderwright.access.people_commands import (
    ChangePerson,
    CreatePerson,
    Email,
    Locale,
    PersonCommand,
    PersonName,
    PutRole,
    RemoveRole,
    SetMembership,
    Theme,
    TimeZone,
)
from orderwright.access.provider import FLOW_GOOD_FOR_S, Provider, ProviderSettings
from orderwright.access.queries import AccountRow, ApiKey, PersonEntry, SessionEntry
from orderwright.access.read_people import (
    Person,
    get_person,
    list_people,
    list_sessions,
    names_of_people,
    person_id_of,
)
from orderwright.access.resets import end_sessions_of_people, give_password, remove_second_factors, reset_people
from orderwright.access.roles import ADMINISTRATOR, BUILT_IN_ROLES, Role
from orderwright.access.scopes import EVERYTHING, OF_ALL, SCOPES, check_scopes
from orderwright.access.second_factors import FactorKnown, Setup
from orderwright.access.session_tokens import LIVES_S, SESSION_COOKIE, origin_of, session_cookie_name
from orderwright.access.sessions import Membership, Sessions, SignedIn
from orderwright.access.signing_in import NOWHERE, From, confirm, finish_sign_in, sign_in, sign_in_demo_person, sign_out
from orderwright.access.staff import read_roles

__all__ = [
    "ADMINISTRATOR",
    "BUILT_IN_ROLES",
    "DEVICE_GOOD_FOR_S",
    "ERASED_NAME",
    "EVERYTHING",
    "FLOW_GOOD_FOR_S",
    "LIVES_S",
    "NOWHERE",
    "OF_ALL",
    "SCOPES",
    "SESSIONS",
    "SESSION_COOKIE",
    "SIGN_IN_FAILURES",
    "AccountRow",
    "ApiKey",
    "Authenticator",
    "Caller",
    "ChangePerson",
    "CodeRefused",
    "ConfirmationNeeded",
    "CreatePerson",
    "Email",
    "FactorKnown",
    "From",
    "Identity",
    "InvalidKeyExpiry",
    "InvalidKeyName",
    "InvalidMerchant",
    "InvalidPerson",
    "LinkSpent",
    "Locale",
    "Membership",
    "NewApiKey",
    "NewSession",
    "Own",
    "PasswordRefused",
    "Person",
    "PersonCommand",
    "PersonEntry",
    "PersonName",
    "Provider",
    "ProviderRefused",
    "ProviderSettings",
    "PutRole",
    "RemoveRole",
    "Role",
    "SessionEntry",
    "Sessions",
    "SetLimits",
    "SetMembership",
    "Setup",
    "SignInRefused",
    "SignedIn",
    "Theme",
    "TimeZone",
    "TooManyAttempts",
    "UnknownMerchant",
    "UnknownRole",
    "UnknownScope",
    "acting_later",
    "change_account",
    "change_password",
    "change_people",
    "check_first_link",
    "check_password",
    "check_scopes",
    "choose_password",
    "confirm",
    "confirm_second_factor",
    "create_api_key",
    "create_people",
    "deactivate_people",
    "device_cookie_name",
    "end_memberships",
    "end_other_sessions",
    "end_own_session",
    "end_sessions_of_people",
    "erase_people",
    "finish_sign_in",
    "first_person_path",
    "get_person",
    "give_password",
    "list_api_keys",
    "list_limits",
    "list_own_sessions",
    "list_people",
    "list_sessions",
    "make_first_merchant",
    "make_first_person",
    "mark_device",
    "may_make_first_merchant",
    "names_of_people",
    "origin_of",
    "person_id_of",
    "put_roles",
    "reactivate_people",
    "read_account",
    "read_password_link",
    "read_roles",
    "remove_roles",
    "remove_second_factor",
    "remove_second_factors",
    "renew_own_recovery_codes",
    "require_confirmed",
    "reset_people",
    "revoke_api_key",
    "rotate_api_key",
    "session_cookie_name",
    "set_limits",
    "set_memberships",
    "set_up_second_factor",
    "sign_in",
    "sign_in_by_provider",
    "sign_in_demo_person",
    "sign_out",
    "start_session",
]
