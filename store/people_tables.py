"""The tables of people: accounts and what they may do, sessions, one-time links, tokens, and what happened to them.

Secrets are kept as hashes only: passwords as argon2id, everything else, which is random and long, as SHA-256.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import ROW_NUMBER, SHA256, Base

NAME = String(64)


class PersonRow(Base):
    """One account."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)  # what they sign in with, lower case
    password: Mapped[str | None] = mapped_column(Text)  # argon2id; NULL: cannot sign in by password
    subject: Mapped[str | None] = mapped_column(Text)  # issuer and subject of an identity provider; NULL: none
    disabled: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("subject"),)


class GrantRow(Base):
    """What one person may do in one queue."""

    __tablename__ = "person_grants"

    person: Mapped[str] = mapped_column(NAME, ForeignKey("people.name"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    queue: Mapped[str] = mapped_column(String(64), primary_key=True)  # name of a schema, "*": all


class SessionRow(Base):
    """One browser in which somebody is signed in."""

    __tablename__ = "person_sessions"

    digest: Mapped[str] = mapped_column(SHA256, primary_key=True)
    person: Mapped[str] = mapped_column(NAME, ForeignKey("people.name"), index=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)  # to some minutes
    ends_at: Mapped[datetime] = mapped_column(Instant)


class LinkRow(Base):
    """A link that lets one person in once, to choose a password."""

    __tablename__ = "one_time_links"

    digest: Mapped[str] = mapped_column(SHA256, primary_key=True)
    person: Mapped[str] = mapped_column(NAME, ForeignKey("people.name"), index=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class TokenRow(Base):
    """A token by which a program may use the REST interface."""

    __tablename__ = "api_tokens"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    digest: Mapped[str] = mapped_column(SHA256)
    scopes: Mapped[str] = mapped_column(Text)  # permissions, parted by blanks
    queues: Mapped[str] = mapped_column(Text)  # names of schemas, parted by blanks; "*": all
    made_by: Mapped[str] = mapped_column(NAME)
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)  # to some minutes
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("digest"),)


class FailureRow(Base):
    """Sign-ins in a row that failed, of one name or from one address."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(SHA256, primary_key=True)  # hash of "name:…" or "address:…"
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Instant)
    blocked_until: Mapped[datetime] = mapped_column(Instant)


class FlowRow(Base):
    """A sign-in at an identity provider that was begun and has not come back yet."""

    __tablename__ = "sign_in_flows"

    digest: Mapped[str] = mapped_column(SHA256, primary_key=True)  # of what the browser's cookie holds
    state: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    verifier: Mapped[str] = mapped_column(Text)
    next: Mapped[str] = mapped_column(Text)  # path to go to afterwards
    ends_at: Mapped[datetime] = mapped_column(Instant)


class PeopleEventRow(Base):
    """What happened to accounts and tokens; only ever added."""

    __tablename__ = "people_events"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(String(32))
    about: Mapped[str] = mapped_column(Text)  # name of the person or token
    detail: Mapped[str] = mapped_column(Text)
