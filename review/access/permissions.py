"""Roles and what they permit. A queue is the name of a schema; "*" is all queues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from schemas.errors import InvalidValue
from store.people import EVERY_QUEUE, Grant

Permission = Literal["see", "review", "approve", "operate", "administer", "see_bank_data"]
Via = Literal["session", "token", "proxy"]

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
ROLES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "viewer": frozenset({"see"}),
        "reviewer": frozenset({"see", "review"}),
        "approver": frozenset({"see", "review", "approve"}),
        "operator": frozenset({"see", "operate"}),
        "admin": frozenset({"see", "review", "approve", "operate", "administer"}),
        "bank_data": frozenset({"see_bank_data"}),  # apart from all others: goes with one of them
    }
)
NEEDS: Mapping[Permission, str] = MappingProxyType(
    {
        "see": "viewer, reviewer, approver, operator or admin",
        "review": "reviewer, approver or admin",
        "approve": "approver or admin",
        "operate": "operator or admin",
        "administer": "admin",
        "see_bank_data": "bank_data",
    }
)
NO_QUEUE = ""  # of a document whose schema nobody knows yet: for those who may see all queues


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: somebody who signed in, or a program with a token."""

    name: str  # of a token "token:NAME", which no person can be called
    permissions: Mapping[str, frozenset[Permission]]  # by queue
    via: Via

    def may(self, permission: Permission, queue: str | None = None) -> bool:
        """Return whether a permission is held in a queue; None: in any queue at all."""
        if queue is None:
            return any(permission in held for held in self.permissions.values())
        return any(permission in self.permissions.get(each, ()) for each in (queue, EVERY_QUEUE))

    def everywhere(self, permission: Permission) -> bool:
        """Return whether a permission is held in all queues."""
        return permission in self.permissions.get(EVERY_QUEUE, ())

    def queues(self, permission: Permission) -> frozenset[str] | None:
        """Return the queues in which a permission is held; None: all."""
        if self.everywhere(permission):
            return None
        return frozenset(queue for queue, held in self.permissions.items() if permission in held)


def permissions_of(grants: Iterable[Grant]) -> Mapping[str, frozenset[Permission]]:
    """Return what roles permit, by queue; a role that is no longer known permits nothing."""
    held: dict[str, frozenset[Permission]] = {}
    for grant in grants:
        held[grant.queue] = held.get(grant.queue, frozenset()) | ROLES.get(grant.role, frozenset())
    return MappingProxyType(held)


def permissions_of_token(scopes: Iterable[str], queues: Iterable[str]) -> Mapping[str, frozenset[Permission]]:
    """Return what a token permits, by queue."""
    wanted = set(scopes)
    held = frozenset(permission for permission in PERMISSIONS if permission in wanted)
    return MappingProxyType(dict.fromkeys(queues, held))


def read_grant(text: str, queues: Iterable[str]) -> Grant:
    """Return the role that "reviewer" or "reviewer:invoice" means; raises InvalidValue."""
    role, _, queue = text.strip().partition(":")
    if role not in ROLES:
        raise InvalidValue(f"There is no role {role!r}. There are: {', '.join(ROLES)}.")
    return Grant(role, read_queue(queue or EVERY_QUEUE, queues))


def read_queue(text: str, queues: Iterable[str]) -> str:
    """Return the queue of this name, which is a schema's or "*"; raises InvalidValue."""
    known = (EVERY_QUEUE, *queues)
    if text.strip() not in known:
        raise InvalidValue(f"There is no queue {text.strip()!r}. There are: {', '.join(known)}.")
    return text.strip()


def read_scope(text: str) -> Permission:
    """Return the permission of this name; raises InvalidValue."""
    for permission in PERMISSIONS:
        if text.strip() == permission:
            return permission
    raise InvalidValue(f"There is no scope {text!r}. There are: {', '.join(PERMISSIONS)}.")
