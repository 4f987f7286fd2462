"""What accepted records say of a supplier: how many there are, and the accounts that they name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from store.desk_tables import DeskItemRow
from store.states import State
from store.tables import DocumentRow


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one supplier."""

    records: int  # accepted or exported
    accounts: frozenset[str]


class Suppliers:
    """Looks suppliers up inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, supplier_key: str, *, other_than: str) -> Known:
        """Return what accepted records but one say of the supplier of this folded name."""
        query = (
            select(DeskItemRow.account)
            .join(DocumentRow, DocumentRow.sha256 == DeskItemRow.document)
            .where(DeskItemRow.supplier_key == supplier_key, DocumentRow.sha256 != other_than)
            .where(DocumentRow.state.in_((State.ACCEPTED, State.EXPORTED)))
        )
        accounts = list(self._connection.execute(query).scalars())
        return Known(len(accounts), frozenset(account for account in accounts if account))
