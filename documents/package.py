"""Office files are zip packages of XML: what such a package may hold before a library opens it."""

from __future__ import annotations

import io
import zipfile

from documents.safe_xml import DOCTYPE, HEAD
from schemas.errors import Reason, Refusal

LARGEST_UNPACKED = 250_000_000  # bytes of all members together, as declared; zipfile reads no more than that
MOST_MEMBERS = 10_000
LARGEST_RATIO = 400  # unpacked over packed, for packages that unpack to more than ten million bytes
SMALL = 10_000_000  # bytes


def check_package(content: bytes) -> zipfile.ZipFile:
    """Return the opened package once its size and the heads of its XML members are found harmless.

    Raises:
        Refusal: `broken_structure` for a damaged package, `too_large` for one that unpacks to far more than it is,
            `embedded_unsafe` where a member declares a document type or entities.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        members = package.infolist()
        unpacked = sum(member.file_size for member in members)
        if len(members) > MOST_MEMBERS or unpacked > min(LARGEST_UNPACKED, max(SMALL, LARGEST_RATIO * len(content))):
            raise Refusal(
                Reason.TOO_LARGE,
                f"The file unpacks to {unpacked / 1e6:,.0f} megabytes in {len(members):,} parts, more than is read.",
                "Save it again without pictures and unused sheets, or print it to PDF.",
            )
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels", ".vml")) and _declares(package, member):
                raise Refusal(
                    Reason.EMBEDDED_UNSAFE,
                    "The file declares an XML document type or entities, which can pull in other files.",
                    "No office program writes these; ask the sender for a clean file.",
                )
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The office file is damaged ({type(error).__name__}).",
            "Open it in the program that made it and save it again.",
        ) from error
    return package


def _declares(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with package.open(member) as stream:
        return DOCTYPE.search(stream.read(HEAD).replace(b"\x00", b"")) is not None
