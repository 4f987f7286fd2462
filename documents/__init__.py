"""Bytes to ParsedDocument: type by content, PDF, office, mail, images, OCR, behind one door in a killable child."""
