"""Office files locked with a password: a container around the encrypted package."""

from __future__ import annotations

import io

from schemas.errors import Reason, Refusal

OLE = "application/x-ole-storage"  # what such a file is by its first bytes
MARK = "EncryptedPackage".encode("utf-16-le")  # name of the stream that holds the package


def is_locked(content: bytes) -> bool:
    """Return whether an OLE file is an encrypted DOCX or XLSX rather than an old Office file."""
    return MARK in content


def unlocked(content: bytes, password: str | None) -> bytes:
    """Return the package inside.

    Raises:
        Refusal: `password_needed` without the right password, `broken_structure` for a damaged container.
    """
    if not password:
        raise _needed("is locked with a password")
    import msoffcrypto  # comes with unstructured's reader of XLSX
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    opened = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(content))
        file.load_key(password=password, verify_password=True)
        file.decrypt(opened)
    except InvalidKeyError:
        raise _needed("is locked, and the password given does not open it") from None
    except (DecryptionError, ValueError, KeyError, OSError, IndexError, AttributeError, TypeError) as error:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"the locked Office file is damaged ({type(error).__name__}).",
            "Open it in the program that made it and save it again.",
        ) from error
    return opened.getvalue()


def _needed(what: str) -> Refusal:
    return Refusal(Reason.PASSWORD_NEEDED, f"the Office file {what}.", "Give its password, or save a copy without one.")
