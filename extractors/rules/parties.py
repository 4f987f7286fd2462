"""Sellers and buyers without a label: the letterhead, the sender's line, the footer; the addressee's block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from extractors.page.companies import (
    LEGAL_FORM,
    has_legal_form,
    is_mostly_form,
    may_be_name,
    with_form_spelled,
    without_registration,
)
from extractors.page.names import form_below, joins
from extractors.page.runs import Layout, Passage, Run, folded
from extractors.rules import address_lines, addresses, addressing, imprint, scoring
from extractors.rules.blocks import PARTS, Block, blocks_of, has_postcode, is_city, is_street
from extractors.rules.full_names import ShortName, in_full
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.values.identifiers import find_ibans

HEAD = 0.33  # share of the page height that letterhead and addressee keep to
FOOT = 0.85
SPELLED_OUT = 0.86  # worth of a name that the sender's line gives in short
LARGE = 1.3  # times the height of the text: a name's second line is looked for
BRAND = 0.7  # worth of a name that begins with the brand at the head
SHORTEST_BRAND = 4  # letters
MOST_SHORT = 8  # names at the head whose whole form is looked for; each reads the whole document
MOST_LINES = 7  # of an address above its city
ADDRESSEE = 0.62  # worth of a postal address near the top that nothing else marks


class Parties:
    """Who stands where on the first page; blocks are found once for all fields."""

    def __init__(self, layout: Layout, labelled_runs: set[int]) -> None:
        self.layout = layout
        self.labelled = labelled_runs
        self.first = min(layout.by_page, default=1)
        self.from_picture = any(page.number == self.first and page.origin == "ocr" for page in layout.pages)
        self.blocks = blocks_of(layout, self.first)
        self.height = layout.height_of(self.first)
        sizes = sorted(self._size(run) for run in layout.by_page.get(self.first, ()))
        self.text_size = sizes[len(sizes) // 2] if sizes else 1.0

    def letterhead(self) -> Iterator[Sighting]:
        """Yield who may have sent the document."""
        addressed = self._surely_addressed() | self._unlike_the_foot()
        named = [*self._senders_line(), *self._top_names(), *self._beside_numbers(), *self._in_full()]
        for sighting in (*named, *self._imprint, *self._under_from()):
            in_window = sighting.passages[0].run.number in addressed and "again" not in sighting.factors
            yield sighting.weighed("addressee", 0.4) if in_window else sighting

    def _under_from(self) -> Iterator[Sighting]:
        """The name under a lone "From", "Von", "De"."""
        for run in addressing.named_as_sender(self.layout, self.first):
            if (name := imprint.name_at_start(run)) is not None:
                yield Sighting(name.text.strip(), (name,), {"place": scoring.UNDER_FROM}, reasons.UNDER_FROM())

    def _in_full(self) -> Iterator[Sighting]:
        """The whole names of the brand that is printed largest at the head, and of what the sender's line says."""
        brands = [" ".join(part.text.strip() for part in brand) for brand in self._brands()]
        short = [ShortName(str(each.value), SPELLED_OUT, reasons.SPELLED_OUT) for each in self._senders_line()]
        short += [ShortName(brand, BRAND, reasons.NAMED_LIKE_BRAND) for brand in brands]
        for name in short[:MOST_SHORT]:
            yield from in_full(self.layout, name)

    def addressee(self) -> Iterator[Sighting]:
        """Yield who the document is addressed to: names with a street and a city that are not the sender's."""
        yield from self._addressed_in_a_line()
        senders = self._known_senders()
        above = set[int]() if self._imprint else self._above_all_others()
        for run, _, known in self._addressees:
            text, factors = run.text.strip(), dict(known)
            if any(_alike(folded(text), sender) for sender in senders):
                factors["sender"] = 0.2
            if run.number in above:
                factors["topmost"] = scoring.TOPMOST_ADDRESS
            start = title.end() if (title := _TITLE.match(run.text)) else addressing.after_to(run.text)
            passage = Passage(run, start, len(run.text))
            yield Sighting(passage.text.strip(), (passage,), factors, reasons.HEADS_ADDRESS())

    @cached_property
    def _imprint(self) -> tuple[Sighting, ...]:
        return tuple(imprint.sightings(self.layout, self.labelled))

    def _addressed_in_a_line(self) -> Iterator[Sighting]:
        """The name that begins a line with the whole address, below the head and over no other address."""
        senders = self._known_senders()
        for run, parts in address_lines.whole_addresses(self.layout, self.first, self.labelled):
            start = addressing.after_to(run.text)
            name = imprint.name_at_start(run, start)
            if name is None or parts < 3 or (not start and address_lines.may_be_senders(self.layout, run)):
                continue
            if not any(_alike(folded(name.text), sender) for sender in senders):
                factors = {"place": ADDRESSEE, "addressed": scoring.ADDRESSED if start else 1.0}
                yield Sighting(name.text.strip(), (name,), factors, reasons.HEADS_ADDRESS())

    def _known_senders(self) -> set[str]:
        """Folded names that stand where only senders do, and what is printed largest at the head."""
        beside = (sighting for sighting in self._beside_numbers() if "account" in sighting.factors)
        placed = (*self._senders_line(), *beside, *self._imprint)
        return {folded(str(sighting.value)) for sighting in placed} | {
            folded(brand[0].text) for brand in self._brands()
        }

    def _brands(self) -> Iterator[tuple[Run, ...]]:
        """What is printed largest at the head of the first page, line by line and two lines as one."""
        head = list(self.layout.within(self.first, 0, HEAD * self.height))
        largest = max((self._size(run) for run in head), default=1.0)
        if largest < 1.1 * self.text_size:
            return
        for run in head:
            if self._size(run) >= 0.95 * largest and len(run.text) >= SHORTEST_BRAND:
                yield (run,)
                if (second := self._goes_on_below(run)) is not None:
                    yield run, second

    def _goes_on_below(self, run: Run) -> Run | None:
        """The second line of a name that is printed larger than the text, or that goes on with a word like "di"."""
        if self.from_picture or self._size(run) < LARGE * self.text_size:
            return None
        below = self.layout.below(run.box, run.page, run.box.height)
        lines = [other for other in below if other is not run and joins(_whole(run), other) and may_be_name(other.text)]
        if lines and _GOES_ON.match(lines[0].text) and LEGAL_FORM.search(lines[0].text):
            return lines[0]
        return next((line for line in lines if abs(self._size(line) - self._size(run)) < 0.05 * self._size(run)), None)

    def _above_all_others(self) -> set[int]:
        """The number of the name that heads the uppermost address, where the next one stands clearly below it."""
        names = sorted((run for run, _, _ in self._addressees), key=lambda run: run.box.y0)
        clearly = len(names) > 1 and names[1].box.y0 - names[0].box.y0 > 3 * self.layout.line_height
        return {names[0].number} if clearly else set()

    def _surely_addressed(self) -> set[int]:
        """Numbers of the runs that belong to an addressee.

        These stand under a sender's line, below a letterhead with telephone or VAT number, or in any block of an
        address but the topmost.
        """
        found = sorted(self._addressees, key=lambda item: item[0].box.y0)
        in_window = [block for _, block, factors in found if "window" in factors or "addressed" in factors]
        chosen = in_window or [
            block for place, (_, block, factors) in enumerate(found) if place or self._is_below_letterhead(block)
        ]
        return {run.number for block in chosen for run in block.runs}

    def _unlike_the_foot(self) -> set[int]:
        """Numbers of the runs of addressees where the foot of the page gives another company with its address."""
        feet = [block for block in self.blocks if block.box.y0 > FOOT * self.height and block.city_line is not None]
        names = [folded(block.runs[0].text) for block in feet if LEGAL_FORM.search(block.runs[0].text)]
        found = [(name, block) for name, block, _ in self._addressees] if names else []
        unlike = [block for name, block in found if not any(_alike(folded(name.text), other) for other in names)]
        return {run.number for block in unlike for run in block.runs}

    def _is_below_letterhead(self, block: Block) -> bool:
        """Whether a telephone or VAT number of the sender stands above a block that has none itself."""
        above = [run for run in self.layout.within(block.page, 0, block.box.y0 - 1) if run.box.y1 <= block.box.y0]
        told = any(imprint.has_contact(run.text) or imprint.has_tax_number(run.text) for run in above)
        return told and not self._has_own_numbers(block)

    @cached_property
    def _addressees(self) -> tuple[tuple[Run, Block, dict[str, float]], ...]:
        return tuple(self._addresses())

    def _addresses(self) -> Iterator[tuple[Run, Block, dict[str, float]]]:
        for block in self.blocks:
            city = block.city_line
            if city is None or block.box.y0 > 0.5 * self.height:
                continue
            name = self._name_in(block, city)
            if name is None:
                continue
            factors = {"place": ADDRESSEE}
            if self._has_own_numbers(block):
                factors["numbers"] = 0.4  # accounts and telephones stand with senders
            elif any(imprint.has_tax_number(line.text) for line in block.runs):
                factors["tax_number"] = 0.9  # a buyer's is printed less often than the seller's
            if addressing.after_to(name.text) or any(addressing.says_to(line.text) for line in self._over(block, name)):
                factors["addressed"] = scoring.ADDRESSED
            elif any(addressing.says_from(line.text) for line in self._over(block, name)):
                factors["from"] = 0.2
            if name.number in self.labelled or self._goes_elsewhere(block, name):
                factors["label"] = 0.3
            if self._sender_above(block):
                factors["window"] = 1.35
            yield name, block, factors

    def _goes_elsewhere(self, block: Block, name: Run) -> bool:
        """Whether a label above the name, in the block or close over it, says what else the address is for."""
        return any(run.number in self.labelled for run in self._over(block, name))

    def _over(self, block: Block, name: Run) -> list[Run]:
        """The lines above the name, in the block or close over it."""
        above = [run for run in block.runs if run.box.y0 < name.box.y0]
        top = block.box.y0
        near = self.layout.within(block.page, top - 2.2 * self.layout.line_height, top - 1)
        return above + [run for run in near if abs(run.box.x0 - block.box.x0) < 20]

    def _senders_line(self) -> Iterator[Sighting]:
        """The line above the addressee that says name, street and city of the sender."""
        for run, parts in address_lines.whole_addresses(self.layout, self.first, self.labelled):
            name = without_registration(PARTS.split(run.text)[0])
            house = any(char.isdigit() for char in name) and not has_legal_form(name)
            if parts < 3 or addressing.after_to(run.text) or not address_lines.may_be_senders(self.layout, run):
                continue
            if may_be_name(name) and not is_street(name) and not house:
                yield Sighting(name.strip(), (Passage(run, 0, len(name)),), {"place": 0.8}, reasons.OPENS_SENDER())

    def _top_names(self) -> Iterator[Sighting]:
        head = list(self.layout.within(self.first, 0, HEAD * self.height))
        largest = max((self._size(run) for run in head), default=1.0)
        in_address = {line.number for line in addresses.lines_at_the_head(self.layout)}
        for position, run in enumerate(head):
            lead = owned.end() if (owned := _OWNED_BY.match(run.text)) else 0
            text = without_registration(run.text[lead:].strip())
            if run.number in self.labelled or not may_be_name(text) or is_street(text) or is_city(text) or ":" in text:
                continue
            if addressing.says_to(text) or addressing.says_from(text):
                continue
            factors = {"place": scoring.UNLABELLED, "line": 0.97 ** min(position, 20)}
            formal = has_legal_form(text)
            if formal:
                factors["legal_form"] = 1.5
            elif run.number in in_address:
                factors["in_address"] = 0.5  # "Taman Berkeley" between street and city
            if self._size(run) > 0.95 * largest:
                factors["large"] = 1.15
            if not formal and (any(char.isdigit() for char in text) or len(text.split()) > 6):
                factors["wordy"] = 0.6
            if self._heads_address(run):
                factors["address"] = 1.1
            if self._again_below(run):
                factors["again"] = 1.2
            passages: tuple[Passage, ...] = (Passage(run, lead, lead + len(text)),)
            if (tail := form_below(self.layout, _whole(run))) is not None:
                end = without_registration(tail.text.strip())
                passages, text = (*passages, Passage(tail, 0, len(end))), f"{text} {end}"
                factors["legal_form"] = 1.6
            elif is_mostly_form(text) and position and joins(_whole(head[position - 1]), run):
                continue  # the line above has it already
            elif (second := self._goes_on_below(run)) is not None and "large" in factors:
                both = (*passages, Passage(second, 0, len(second.text)))
                yield Sighting(
                    f"{text} {second.text.strip()}",
                    both,
                    {**factors, "lines": 1.05, **({"legal_form": 1.5} if has_legal_form(second.text) else {})},
                    reasons.AT_HEAD(),
                )
            name = with_form_spelled(text) if self.from_picture else text
            yield Sighting(name, passages, factors, reasons.AT_HEAD())

    def _beside_numbers(self) -> Iterator[Sighting]:
        """The name that heads a block with a VAT number or a bank account, or stands in the footer."""
        for block in self.blocks:
            in_footer = block.box.y0 > FOOT * self.height
            numbered = self._has_own_numbers(block)
            taxed = any(imprint.has_tax_number(run.text) for run in block.runs)
            if not (in_footer or numbered or taxed):
                continue
            names = [name for run in block.runs[:3] if (name := imprint.name_at_start(run)) is not None]
            name = next((each for each in names if LEGAL_FORM.search(each.text)), None)
            factors = {
                "place": 0.55,
                "numbers": 1.15 if numbered or taxed else 1.0,
                "footer": 1.1 if in_footer else 1.0,
            }
            if name is None and names and names[0].run is block.runs[0] and taxed and block.city_line:
                name, factors["formless"] = names[0], 0.9
            if name is not None and name.run.number not in self.labelled:
                if in_footer or numbered:
                    factors["account"] = 1.0
                yield Sighting(name.text.strip(), (name,), factors, reasons.WITH_SENDERS_NUMBERS())

    def _name_in(self, block: Block, city: int) -> Run | None:
        """The first line of the address proper, no salutation; a person's company if it stands below the person."""
        lines = self._lines_to(block, city)
        for position, run in enumerate(lines):
            text = run.text.strip()
            plain = folded(text).rstrip(":. ")
            if (
                plain in _SALUTATIONS
                or addressing.says_to(text)
                or addressing.says_from(text)
                or text.endswith(":")
                or has_postcode(text)
                or not may_be_name(text)
            ):
                continue
            if is_street(text):
                return None
            if run.number in self.labelled and len(lines) > position + 2:
                continue  # it heads the address: "Delivery address"
            following = lines[position + 1] if position + 1 < len(lines) else run
            return following if _TITLE.match(text) and has_legal_form(following.text) else run
        return None

    def _lines_to(self, block: Block, city: int) -> tuple[Run, ...]:
        """The lines of an address above its city: four, and more where they follow each other closely."""
        start = max(0, city - 4)
        while start and city - start < MOST_LINES:
            upper, lower = block.runs[start - 1], block.runs[start]
            if lower.box.y0 - upper.box.y0 > 1.6 * lower.box.height or imprint.has_contact(upper.text):
                break
            start -= 1
        return block.runs[start:city]

    def _has_own_numbers(self, block: Block) -> bool:
        text = " ".join(run.text for run in block.runs)
        return any(True for _ in find_ibans(text)) or imprint.has_contact(text)

    def _sender_above(self, block: Block) -> bool:
        top = block.box.y0
        above = self.layout.within(block.page, top - 4 * self.layout.line_height, top)
        return any(has_postcode(run.text) and PARTS.search(run.text) for run in above if run is not block.runs[0])

    def _heads_address(self, run: Run) -> bool:
        below = self.layout.below(run.box, run.page, 3.5 * self.layout.line_height)
        return any(is_city(other.text) or is_street(other.text) for other in below[:3])

    def _again_below(self, run: Run) -> bool:
        name = folded(LEGAL_FORM.sub("", run.text)).strip(" .,&")
        if len(name) < 5:
            return False
        return any(name in text for number, text in self._folded if number != run.number)

    @cached_property
    def _folded(self) -> tuple[tuple[int, str], ...]:
        """All lines of the document by their numbers, folded once for all names that are looked for."""
        return tuple((run.number, folded(run.text)) for run in self.layout.runs)

    def _size(self, run: Run) -> float:
        return max(word.size or word.box.height for word in run.words)


_SALUTATIONS = {
    "firma",
    "herrn",
    "herr",
    "frau",
    "an",
    "to",
    "mr",
    "mrs",
    "attn",
    "monsieur",
    "madame",
    "sr",
    "sra",
    "spett.le",
    "spettle",
    "egr",
    "t.a.v",
    "de heer",
    "mevrouw",
    "aan",
    "a",
    "para",
    "eheleute",
    "familie",
    "famille",
}
_TITLE = re.compile(
    r"\s*(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?|M\.|Mme|Mlle|Monsieur|Madame|Sra?\.|D\.|Sig\.(?:ra)?)\s+"
    r"(?!(?:and|und|et|y|e|en)\b)(?=\w)"
)
_GOES_ON = re.compile(r"\s*(?:di|dei|&|and|und|et|e|y|en)\s")  # "OFFICINA GATTI" over "di Gatti Luca & C. s.n.c."
_OWNED_BY = re.compile(r"\W*(?:owne?d?|operated|managed)\s+by\b[\s:]*", re.IGNORECASE)  # a brand, then its company


def _whole(run: Run) -> Passage:
    return Passage(run, 0, len(run.text))


def _alike(one: str, other: str) -> bool:
    return len(one) > 4 and len(other) > 4 and (one in other or other in one)
