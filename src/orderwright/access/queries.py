"""The SQL of access, by type. All of it runs in the operator schema."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class ApiKey(NamedTuple):
    """An API key without its secret. `prefix` names it in logs and events; None limits mean that there are none.
    `limits` is JSON; `old_until`: until then the secret that it had before is good too."""

    id: UUID
    merchant: str
    name: str
    prefix: str
    scopes: list[str]
    channel_ids: list[UUID] | None
    location_ids: list[UUID] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    limits: str | None
    rotated_at: datetime | None
    old_until: datetime | None
    held_by: str | None


class KeyCheck(NamedTuple):
    """What a key that is presented is checked against. `secret_hash` is the SHA-256 of the secret, `old_hash` of that
    before, which is good until `old_until`."""

    id: UUID
    merchant: str
    prefix: str
    secret_hash: bytes
    scopes: list[str]
    channel_ids: list[UUID] | None
    location_ids: list[UUID] | None
    expires_at: datetime | None
    revoked_at: datetime | None
    limits: str | None
    old_hash: bytes | None
    old_until: datetime | None
    held_by: str | None


class LimitRow(NamedTuple):
    """How much a role, or a person, may give or correct without approval: JSON."""

    role: str | None
    person_id: UUID | None
    limits: str


class SessionRow(NamedTuple):
    """A session by its token, with whose it is. `good_until` is when it ends by itself."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    time_zone: str | None
    locale: str
    theme: str
    csrf_key: bytes
    awaits: str | None
    made_by: str
    confirmed_at: datetime | None
    good_until: datetime


class MembershipRow(NamedTuple):
    """What a person may do at a merchant. `role_name` and `permissions` are those of a role that the merchant made."""

    person_id: UUID
    merchant: str
    merchant_name: str
    role: str
    role_name: str | None
    permissions: list[str] | None
    channel_ids: list[UUID] | None
    location_ids: list[UUID] | None
    limits: str | None


class SessionEntry(NamedTuple):
    """A session as its person sees it: made and last used when, from which address, with which device."""

    id: UUID
    made_by: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    made_from: str | None
    made_with: str | None
    seen_from: str | None
    seen_with: str | None


class IdRow(NamedTuple):
    """The id of a thing that was changed."""

    id: UUID


class Credentials(NamedTuple):
    """Who has an e-mail address, and how they prove it."""

    id: UUID
    email: str
    name: str
    password_hash: str | None
    deactivated_at: datetime | None
    has_second_factor: bool


class PersonRow(NamedTuple):
    """A person as the database has them."""

    id: UUID
    email: str
    name: str
    time_zone: str | None
    locale: str
    theme: str
    created_at: datetime
    deactivated_at: datetime | None
    version: int
    has_password: bool


class PersonName(NamedTuple):
    """What a person is called."""

    id: UUID
    name: str


class PersonEntry(NamedTuple):
    """A person as a merchant's administrators see them. `seen_at`: when they last used the screens, of any merchant."""

    id: UUID
    email: str
    name: str
    time_zone: str | None
    locale: str
    created_at: datetime
    deactivated_at: datetime | None
    has_password: bool
    has_second_factor: bool
    role: str
    role_name: str | None
    permissions: list[str] | None
    channel_ids: list[UUID] | None
    location_ids: list[UUID] | None
    seen_at: datetime | None


class RoleRow(NamedTuple):
    """A role that a merchant made."""

    code: str
    name: str
    description: str
    permissions: list[str]


class RoleUse(NamedTuple):
    """How many people have a role."""

    code: str
    people: int


class CodeRow(NamedTuple):
    """The code of a thing that was found."""

    code: str


class LinkRow(NamedTuple):
    """Whom an address that works once is for; nobody yet for the first administrator's."""

    person_id: UUID | None
    name: str | None
    email: str | None


class PersonIdRow(NamedTuple):
    """The id of a person, where there is one."""

    person_id: UUID | None


class PeopleCount(NamedTuple):
    """How many people there are."""

    people: int


class AttemptRow(NamedTuple):
    """Wrong attempts in a row. `blocked_s`: how many seconds nothing is tried any more."""

    subject: bytes
    failures: int
    blocked_s: int


class SubjectRow(NamedTuple):
    """How attempts that were forgotten were known."""

    subject: bytes


class SecretRow(NamedTuple):
    """The encrypted secret of a second factor."""

    secret: bytes


class FactorRow(NamedTuple):
    """A second factor: its secret is encrypted; `last_step` is the time step of the last code that was taken."""

    person_id: UUID
    secret: bytes
    last_step: int
    confirmed_at: datetime | None


class AccountRow(NamedTuple):
    """A person as they see themselves. `issuers`: the providers of identities that they sign in by."""

    id: UUID
    email: str
    name: str
    time_zone: str | None
    locale: str
    theme: str
    password_hash: str | None
    second_factor_at: datetime | None
    recovery_codes: int
    issuers: list[str]


class EndedRow(NamedTuple):
    """A session that was ended, and whose it was."""

    id: UUID
    person_id: UUID


INSERT_API_KEY = query(__package__, "insert_api_key", ApiKey, schema="operator")
LIST_API_KEYS = query(__package__, "list_api_keys", ApiKey, schema="operator")
LOCK_API_KEY = query(__package__, "lock_api_key", ApiKey, schema="operator")
ROTATE_API_KEY = query(__package__, "rotate_api_key", ApiKey, schema="operator")
REVOKE_API_KEY = query(__package__, "revoke_api_key", ApiKey, schema="operator")
API_KEY_BY_PREFIX = query(__package__, "api_key_by_prefix", KeyCheck, schema="operator")
TOUCH_API_KEY = statement(__package__, "touch_api_key", schema="operator")

SESSION_BY_TOKEN = query(__package__, "session_by_token", SessionRow, schema="operator")
MEMBERSHIPS_OF_PEOPLE = query(__package__, "memberships_of_people", MembershipRow, schema="operator")
MEMBERSHIP_OF_ACTIVE = query(__package__, "membership_of_active", MembershipRow, schema="operator")
INSERT_SESSION = statement(__package__, "insert_session", schema="operator")
TOUCH_SESSION = statement(__package__, "touch_session", schema="operator")
END_SESSION = query(__package__, "end_session", IdRow, schema="operator")
END_SESSIONS = query(__package__, "end_sessions", IdRow, schema="operator")
LIST_SESSIONS = query(__package__, "list_sessions", SessionEntry, schema="operator")
INSERT_PEOPLE = query(__package__, "insert_people", IdRow, schema="operator")
PERSON_BY_EMAIL = query(__package__, "person_by_email", Credentials, schema="operator")

LOCK_MERCHANT = query(__package__, "lock_merchant", CodeRow, schema="operator")
LOCK_PEOPLE = query(__package__, "lock_people", PersonRow, schema="operator")
LIST_PEOPLE = query(__package__, "list_people", PersonEntry, schema="operator")
NAMES_OF_PEOPLE = query(__package__, "names_of_people", PersonName, schema="operator")
LIST_ROLES = query(__package__, "list_roles", RoleRow, schema="operator")
ROLES_IN_USE = query(__package__, "roles_in_use", RoleUse, schema="operator")
ADMINISTRATORS = query(__package__, "administrators", IdRow, schema="operator")
PUT_MEMBERSHIPS = statement(__package__, "put_memberships", schema="operator")
DELETE_MEMBERSHIPS = statement(__package__, "delete_memberships", schema="operator")
DELETE_BELONGINGS = statement(__package__, "delete_belongings", schema="operator")
DELETE_IDENTITIES = statement(__package__, "delete_identities", schema="operator")
DELETE_LIMITS_OF_PEOPLE = statement(__package__, "delete_limits_of_people", schema="operator")
DELETE_LINKS_OF_PEOPLE = statement(__package__, "delete_links_of_people", schema="operator")
DELETE_SESSIONS = statement(__package__, "delete_sessions", schema="operator")
ERASE_PEOPLE = statement(__package__, "erase_people", schema="operator")
RENEW_PEOPLE = statement(__package__, "renew_people", schema="operator")
UPDATE_PEOPLE = statement(__package__, "update_people", schema="operator")
SET_DEACTIVATED = statement(__package__, "set_deactivated", schema="operator")
SET_PASSWORD = statement(__package__, "set_password", schema="operator")
PUT_ROLES = statement(__package__, "put_roles", schema="operator")
DELETE_ROLES = statement(__package__, "delete_roles", schema="operator")
INSERT_LINKS = statement(__package__, "insert_links", schema="operator")
SPEND_LINKS_OF_PEOPLE = statement(__package__, "spend_links_of_people", schema="operator")
SPEND_FIRST_LINKS = statement(__package__, "spend_first_links", schema="operator")
LINK_BY_TOKEN = query(__package__, "link_by_token", LinkRow, schema="operator")
SPEND_LINK = query(__package__, "spend_link", PersonIdRow, schema="operator")
DELETE_SECOND_FACTORS = statement(__package__, "delete_second_factors", schema="operator")
DELETE_RECOVERY_CODES = statement(__package__, "delete_recovery_codes", schema="operator")
COUNT_PEOPLE = query(__package__, "count_people", PeopleCount, schema="operator")
COUNT_BELONGINGS = query(__package__, "count_belongings", PeopleCount, schema="operator")
LOCK_FIRST_LINKS = query(__package__, "lock_first_links", LinkRow, schema="operator")

NOTE_ATTEMPT_SUBJECTS = statement(__package__, "note_attempt_subjects", schema="operator")
LOCK_ATTEMPTS = query(__package__, "lock_attempts", AttemptRow, schema="operator")
COUNT_ATTEMPTS = statement(__package__, "count_attempts", schema="operator")
FORGIVE_ATTEMPTS = statement(__package__, "forgive_attempts", schema="operator")
PRUNE_ATTEMPTS = query(__package__, "prune_attempts", SubjectRow, schema="operator")
PRUNE_SESSIONS = query(__package__, "prune_sessions", IdRow, schema="operator")
PUT_SECOND_FACTOR = query(__package__, "put_second_factor", SecretRow, schema="operator")
LOCK_SECOND_FACTOR = query(__package__, "lock_second_factor", FactorRow, schema="operator")
TAKE_STEP = statement(__package__, "take_step", schema="operator")
INSERT_RECOVERY_CODES = statement(__package__, "insert_recovery_codes", schema="operator")
USE_RECOVERY_CODE = query(__package__, "use_recovery_code", IdRow, schema="operator")
OWN_ACCOUNT = query(__package__, "own_account", AccountRow, schema="operator")
LOCK_CREDENTIALS = query(__package__, "lock_credentials", Credentials, schema="operator")
CONFIRM_SESSION = statement(__package__, "confirm_session", schema="operator")
END_SESSIONS_OF_TOKEN = query(__package__, "end_sessions_of_token", EndedRow, schema="operator")
PERSON_BY_IDENTITY = query(__package__, "person_by_identity", Credentials, schema="operator")
LINK_IDENTITY = query(__package__, "link_identity", IdRow, schema="operator")

LIST_LIMITS = query(__package__, "list_limits", LimitRow, schema="operator")
PUT_ROLE_LIMITS = statement(__package__, "put_role_limits", schema="operator")
PUT_PERSON_LIMITS = statement(__package__, "put_person_limits", schema="operator")
DELETE_ROLE_LIMITS = statement(__package__, "delete_role_limits", schema="operator")
DELETE_PERSON_LIMITS = statement(__package__, "delete_person_limits", schema="operator")
