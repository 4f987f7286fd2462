"""A schema file is understood or refused with file, line and remedy; a class says the same as a file."""

import copy
import pickle
from pathlib import Path

import pytest

from schemas.errors import SchemaError
from schemas.fields import Kind
from schemas.loader import builtin_schemas, load_class, load_schemas, load_yaml

NOTE = """schema: delivery_note
title: Delivery note
description: What came with the goods.
headings:
  en: [delivery note]
  de: [Lieferschein]
fields:
  number:
    kind: identifier
    description: Number of the delivery.
    labels: [delivery no]
    required: true
  day:
    kind: date
    description: Day of the delivery.
    maximum_error: 0.02
  weight:
    kind: number
    description: Weight in kilograms.
    validators: [positive]
  way:
    kind: choice
    description: How it came.
    choices: [road, rail]
  items:
    kind: table
    description: What was delivered.
    columns:
      name:
        kind: text
        description: What it is.
      count:
        kind: number
        description: How many.
        labels: {en: [count], de: [Anzahl]}
checks:
  - kind: rows_sum
    total: weight
    rows: items
    column: count
"""

NOTE_CLASS = '''
from schemas.record import Record, define


class Item(Record):
    """What was delivered."""

    name = define("text", "What it is.")
    count = define("number", "How many.", labels={"en": ["count"], "de": ["Anzahl"]})


class DeliveryNote(Record):
    """Delivery note.

    What came with the goods.
    """

    headings = {"en": ["delivery note"], "de": ["Lieferschein"]}
    checks = ({"kind": "rows_sum", "total": "weight", "rows": "items", "column": "count"},)

    number = define("identifier", "Number of the delivery.", labels=["delivery no"], required=True)
    day = define("date", "Day of the delivery.", maximum_error=0.02)
    weight = define("number", "Weight in kilograms.", validators=["positive"])
    way = define("choice", "How it came.", choices=["road", "rail"])
    items = define("table", "What was delivered.", columns=Item)
'''


def _file(folder: Path, text: str, name: str = "note.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_schemas_load() -> None:
    """Invoice, receipt and contract are there, with the fields that evaluation data use."""
    schemas = builtin_schemas()
    assert set(schemas) == {"contract", "invoice", "receipt"}
    invoice = [field.name for field in schemas["invoice"].fields]
    assert invoice[:3] == ["invoice_number", "issue_date", "due_date"]
    columns = [column.name for column in schemas["invoice"].field("line_items").columns]
    assert columns == ["description", "quantity", "unit_price", "line_total"]
    assert [field.name for field in schemas["receipt"].fields] == [
        "merchant_name",
        "merchant_address",
        "transaction_date",
        "total",
    ]
    assert schemas["contract"].field("parties").many


def test_a_class_and_a_file_give_equal_schemas(tmp_path: Path) -> None:
    """Whichever way a user writes it, it is the same schema, to its version."""
    from_file = load_yaml(_file(tmp_path, NOTE))
    place = f"{_file(tmp_path, NOTE_CLASS, 'note.py')}:DeliveryNote"
    assert load_class(place) == from_file
    assert load_class(place).version == from_file.version
    assert load_schemas([place])["delivery_note"] == from_file


def test_short_forms_are_understood(tmp_path: Path) -> None:
    """Bare lists are English, the policy stands beside the other keys, choices mean themselves."""
    schema = load_yaml(_file(tmp_path, NOTE))
    assert schema.field("number").labels == {"en": ("delivery no",)}
    assert schema.field("number").acceptance.required
    assert schema.field("day").acceptance.maximum_error == 0.02
    assert schema.field("way").choices == {"road": ("road",), "rail": ("rail",)}


def test_three_lines_are_enough(tmp_path: Path) -> None:
    """Title and descriptions come from the names if a user writes none."""
    schema = load_yaml(_file(tmp_path, "schema: purchase_order\nfields:\n  order_number: {kind: identifier}\n"))
    assert schema.title == "Purchase order"
    assert schema.field("order_number").description == "Order number."


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "    labels: [delivery no]",
            "    lables: [delivery no]",
            11,
            "'lables' is not known here. Did you mean 'labels'?",
        ),
        ("kind: identifier", "kind: identifyer", 9, "Did you mean 'identifier'?"),
        ("    kind: date\n", "", 13, "fields.day: 'kind' is missing. Add 'kind'."),
        ("schema: delivery_note\n", "", 1, "'schema' is missing. Add 'schema'."),
        ("schema: delivery_note", "schema: Delivery Note", 1, "a name is lower case letters"),
        ("  number:", "  Number:", 8, "a name is lower case letters"),
        (
            "labels: {en: [count], de",
            "labels: {en: [count], dk",
            35,
            "Known are: en, de, fr, es, it, nl, pt, pl, sv, da, cs.",
        ),
        ("[delivery no]", "delivery no", 11, "lists of words by language are expected"),
        ("[delivery no]", "[no]", 11, "put yes, no, numbers and dates in quotes"),
        ("required: true", "required: perhaps", 12, "true or false is expected here"),
        ("maximum_error: 0.02", "maximum_error: 2", 16, "less than 1"),
        (
            "    validators: [positive]",
            "    validators: [iban]",
            20,
            "the validator iban is not for a field of kind number",
        ),
        ("    validators: [positive]", "    validators: [ibam]", 20, "there are iban, bic"),
        ("    validators: [positive]", "    pattern: '['", 20, "the pattern is no regular expression"),
        ("    choices: [road, rail]\n", "", 21, "a choice needs choices"),
        ("        kind: text", "        kind: texd", 30, "fields.items.columns.name.kind"),
        ("  day:", "  number:", 13, "'number' stands here a second time"),
        ("kind: rows_sum", "kind: row_sum", 37, "there is no check of kind 'row_sum'. Did you mean 'rows_sum'?"),
        ("    column: count", "    colum: count", 40, "'colum' is not known here. Did you mean 'column'?"),
        ("    column: count", "    column: counts", 37, "names counts, which is no column of items"),
        ("    rows: items", "    rows: way", 37, "needs a table, which way is not"),
        ("    total: weight", "    total: day", 37, "needs a single amount or number, which day is not"),
        ("    total: weight", "    total: wait", 37, "names wait, which is no field of this schema"),
        ("title: Delivery note", "titel: Delivery note", 2, "Did you mean 'title'?"),
        ("  en: [delivery note]", "  en: delivery note", 5, "a list is expected here"),
        ("title: Delivery note", "title: [", 4, "This is no valid YAML"),
        ("  day:", "\tday:", 13, "This is no valid YAML"),
        ("schema: delivery_note", "schema: !!python/name:os.system x", 1, "This is no valid YAML"),
    ],
)
def test_each_mistake_is_told_with_file_line_and_remedy(
    old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    """A person who makes this mistake learns where it is and what to write instead."""
    assert NOTE.count(old) >= 1
    path = _file(tmp_path, NOTE.replace(old, new, 1))
    with pytest.raises(SchemaError) as caught:
        load_yaml(path)
    assert said in str(caught.value)
    assert (caught.value.path, caught.value.line) == (str(path), line)
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["", "- a\n", "schema: x\nfields:\n", "schema: x\nfields: {}\n", "a: \x00"])
def test_a_file_without_a_schema_is_told(text: str, tmp_path: Path) -> None:
    """Empty and strange files are schema errors, never another exception."""
    with pytest.raises(SchemaError):
        load_yaml(_file(tmp_path, text))


def test_a_missing_file_and_a_wrong_encoding_are_told(tmp_path: Path) -> None:
    """The message names the file and what to check."""
    with pytest.raises(SchemaError, match=r"nowhere\.yaml: There is no such schema file"):
        load_schemas([str(tmp_path / "nowhere.yaml")])
    (tmp_path / "latin.yaml").write_bytes("schema: x\ntitle: Küche\n".encode("latin-1"))
    with pytest.raises(SchemaError, match="Check the path and its encoding"):
        load_yaml(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("class DeliveryNote(Record)", "class DeliveryNote", "no subclass of schemas.record.Record"),
        ('"identifier"', '"identifyer"', r"DeliveryNote\.number\.kind: .* Did you mean 'identifier'"),
        ("required=True", "requird=True", r"'requird' is not known here\. Did you mean 'required'"),
        ('define("date"', 'defin("date"', r"line 2\d: Running the file failed with NameError"),
        ("class Item(Record):", "class Item(Record:", r"line \d+: Running the file failed with SyntaxError"),
    ],
)
def test_mistakes_in_a_class_are_told(old: str, new: str, said: str, tmp_path: Path) -> None:
    """A Python schema that cannot be used gives a schema error with the attribute or the line."""
    path = _file(tmp_path, NOTE_CLASS.replace(old, new, 1), "note.py")
    with pytest.raises(SchemaError, match=said):
        load_class(f"{path}:DeliveryNote")


def test_a_folder_of_schemas_and_a_replacement(tmp_path: Path) -> None:
    """Every YAML file of a folder counts; a user's invoice takes the place of ours."""
    _file(tmp_path, NOTE, "a.yaml")
    _file(tmp_path, "schema: invoice\nfields:\n  total: {kind: money}\n", "b.yml")
    schemas = load_schemas([str(tmp_path)])
    assert set(schemas) == {"contract", "delivery_note", "invoice", "receipt"}
    assert [field.name for field in schemas["invoice"].fields] == ["total"]
    assert len(builtin_schemas()["invoice"].fields) > 1


def test_the_version_changes_with_every_part_of_the_definition(tmp_path: Path) -> None:
    """A label, a check or a policy more is another version; the same text is the same version."""
    versions = {load_yaml(_file(tmp_path, NOTE)).version}
    assert load_yaml(_file(tmp_path, NOTE)).version in versions
    for old, new in (
        ("[delivery no]", "[delivery no, no of delivery]"),
        ("required: true", "required: false"),
        ("maximum_error: 0.02", "maximum_error: 0.03"),
        ("column: count\n", "column: count\n    tolerance: 0.5\n"),
        ("[Lieferschein]", "[Begleitschein]"),
    ):
        versions.add(load_yaml(_file(tmp_path, NOTE.replace(old, new))).version)
    assert len(versions) == 6


def test_a_changed_copy_has_its_own_version() -> None:
    """What was worked out of a schema does not stick to a copy with other fields."""
    receipt = builtin_schemas()["receipt"]
    assert receipt.version
    assert receipt.record_type
    for deep in (False, True):
        other = receipt.model_copy(update={"fields": receipt.fields[:1]}, deep=deep)
        assert other.version != receipt.version
        assert list(other.record_type.model_fields) == ["merchant_name"]
    assert copy.deepcopy(receipt).version == receipt.version


def test_a_schema_travels_to_another_process() -> None:
    """A schema can be pickled, also after its record type was used."""
    invoice = builtin_schemas()["invoice"]
    assert invoice.record_type.__name__ == "invoice"
    other = pickle.loads(pickle.dumps(invoice))
    assert other == invoice
    assert other.version == invoice.version


def test_every_kind_can_be_used(tmp_path: Path) -> None:
    """A schema may have a field of each kind."""
    fields = []
    for kind in Kind:
        extra = {Kind.TABLE: ", columns: {a: {kind: text}}", Kind.CHOICE: ", choices: [a, b]"}.get(kind, "")
        fields.append(f"  {kind}_field: {{kind: {kind}{extra}}}\n")
    schema = load_yaml(_file(tmp_path, "schema: every\nfields:\n" + "".join(fields)))
    assert {field.kind for field in schema.fields} == set(Kind)
