"""What contracts in other languages than English say: phrases per language, as alternatives of a pattern."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.fields import Language

Phrases = Mapping[Language, tuple[str, ...]]

BETWEEN: Phrases = {
    "de": (r"zwischen",),
    "fr": (r"entre\s+les\s+soussignés", r"entre"),
    "es": (r"entre",),
    "it": (r"tra", r"fra"),
    "nl": (r"tussen",),
}
"""What begins the list of parties."""

LEADS: Phrases = {
    "de": (r"(?:der|die|dem|das)\s+(?:Firma\s+)?", r"Firma\s+", r"Herrn?\s+", r"Frau\s+"),
    "fr": (r"la\s+société\s+", r"Monsieur\s+", r"Madame\s+", r"M(?:me)?\.?\s+"),
    "es": (r"la\s+(?:empresa|sociedad)\s+", r"(?:D|Dña|Don|Doña)\.?\s+"),
    "it": (r"la\s+società\s+", r"(?:Sig|Sig\.ra)\.?\s+"),
    "nl": (r"de\s+(?:heer|besloten\s+vennootschap)\s+", r"mevrouw\s+"),
}
"""Articles and titles before a name, which are no part of it."""

DESCRIPTIONS: Phrases = {
    "de": (r"mit\s+Sitz", r"nachfolgend", r"im\s+Folgenden", r"vertreten", r"wohnhaft", r"geschäftsansässig", r"vom"),
    "fr": (
        r"dont\s+le\s+si[èe]ge",
        r"ayant\s+son\s+si[èe]ge",
        r"ci-après",
        r"représentée?",
        r"demeurant",
        r"il\s+a\s+été",
    ),
    "es": (r"con\s+domicilio", r"en\s+adelante", r"representada?", r"a\s+\d"),
    "it": (r"con\s+sede", r"di\s+seguito", r"rappresentat[ao]", r"del\s+\d"),
    "nl": (r"gevestigd", r"hierna", r"vertegenwoordigd", r"kantoorhoudende", r"van\s+\d"),
}
"""What follows a party's name and describes it."""

TERM: Phrases = {
    "de": (r"Laufzeit\s+(?:von|beträgt)", r"(?:für|auf)\s+(?:die\s+Dauer|einen\s+Zeitraum)\s+von", r"gilt\s+für"),
    "fr": (r"(?:pour\s+une\s+)?durée\s+(?:est\s+)?de", r"pendant\s+une\s+période\s+de"),
    "es": (r"duración\s+(?:será\s+)?de", r"(?:por\s+un\s+)?plazo\s+de", r"período\s+de"),
    "it": (r"durata\s+(?:è\s+)?di", r"(?:per\s+un\s+)?periodo\s+di"),
    "nl": (r"(?:voor\s+een\s+)?periode\s+van", r"looptijd\s+(?:is|van)", r"voor\s+de\s+duur\s+van"),
}
"""What stands right before the span of time that a contract lasts."""

LAW: Phrases = {
    "de": (r"unterliegt", r"es\s+gilt", r"anwendbar\s+ist"),
    "fr": (r"régie?s?\s+par", r"soumise?s?\s+(?:au|à)", r"droit\s+applicable"),
    "es": (r"se\s+rige\s+por", r"se\s+regirá\s+por"),
    "it": (r"regolat[oa]\s+dall[ao]", r"disciplinat[oa]\s+dall[ao]"),
    "nl": (r"van\s+toepassing\s+is", r"op\s+deze\s+overeenkomst\s+is", r"beheerst\s+door"),
}
"""What leads to the name of the law that governs."""

IN_FORCE: Phrases = {
    "de": (r"tritt\s+(?:am|zum)", r"gültig\s+ab", r"mit\s+Wirkung\s+(?:vom|zum|ab)"),
    "fr": (r"prend\s+effet\s+(?:le|au)", r"entre\s+en\s+vigueur\s+(?:le|au)", r"à\s+compter\s+du"),
    "es": (r"entra(?:rá)?\s+en\s+vigor\s+el", r"con\s+efectos?\s+(?:desde|a\s+partir\s+del)"),
    "it": (r"entra\s+in\s+vigore\s+il", r"con\s+effetto\s+dal", r"a\s+decorrere\s+dal"),
    "nl": (r"treedt\s+in\s+werking\s+op", r"gaat\s+in\s+op", r"met\s+ingang\s+van"),
}
"""What stands before the day from which a contract is in force."""

MADE_ON: Phrases = {
    "de": (r"vom", r"geschlossen\s+am"),
    "fr": (r"fait\s+(?:à\s+\w+,?\s+)?le", r"en\s+date\s+du", r"conclue?\s+le"),
    "es": (r"a\s+fecha\s+de", r"con\s+fecha", r",\s+a(?=\s+\d?$)", r"de\s+fecha"),
    "it": (r"in\s+data", r"stipulato\s+il", r",\s+del"),
    "nl": (r"gedateerd", r"gesloten\s+op", r",\s+van"),
}
"""What stands before the day on which a contract was made."""


def any_of(phrases: Phrases) -> str:
    """Return one pattern for the phrases of all languages, longest first."""
    return "|".join(sorted({text for texts in phrases.values() for text in texts}, key=len, reverse=True))
