"""What the schemas of a corpus say, as a model of tables, rows and properties: everything else is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["METADATA", "Layer", "Model", "Overlap", "Property", "Table"]

METADATA = ("corpus", "document")

Overlap = Literal["none", "nested", "any"]


@dataclass(frozen=True, slots=True)
class Property:
    """A value in a file: a property of an object, or the items of an array.

    `type` is the JSON Schema type; `span` marks an `x-span` object. Bounds that a schema leaves open are None.
    """

    name: str
    type: str
    required: bool = False
    description: str = ""
    properties: tuple[Property, ...] = ()
    items: Property | None = None
    span: bool = False
    ref: str | None = None
    overlap: Overlap | None = None
    inside: str | None = None
    enum: tuple[str | int, ...] = ()
    pattern: str | None = None
    date: bool = False
    minimum: int | float | None = None
    maximum: int | float | None = None
    shortest: int | None = None
    longest: int | None = None

    @property
    def plain(self) -> bool:
        """Whether it is any string: no enum, no date."""
        return self.type == "string" and not self.enum and not self.date

    @property
    def spans(self) -> bool:
        """Whether it is an array of spans."""
        return self.items is not None and self.items.span

    def __getitem__(self, name: str) -> Property:
        return next(member for member in self.properties if member.name == name)

    def __contains__(self, name: str) -> bool:
        return any(member.name == name for member in self.properties)


@dataclass(frozen=True, slots=True)
class Table:
    """An `x-table` array, the property `key` of a layer's files: its rows become one Arrow table."""

    name: str
    layer: str
    key: str
    row: Property
    required: bool
    description: str
    overlap: Overlap | None = None
    inside: str | None = None

    @property
    def sorts_by(self) -> Property | None:
        """What its rows are sorted by, (start, -end): the row itself, or its first required span or list of spans."""
        if self.row.span:
            return self.row
        return next((p for p in self.row.properties if p.required and (p.span or p.spans)), None)


@dataclass(frozen=True, slots=True)
class Layer:
    """One schema file: `root` is the whole file's object, `schema` the same with every `$ref` resolved."""

    name: str
    root: Property
    schema: dict[str, Any]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """The schemas of a corpus: `layers` by name, in the corpus's order, and the two kinds of metadata files.

    `contested` are the names that several schemas gave to a table: nobody knows whose rows are meant by them.
    """

    layers: Mapping[str, Layer]
    metadata: Mapping[str, Layer]
    contested: frozenset[str] = frozenset()
    tables: Mapping[str, Table] = field(init=False)

    def __post_init__(self) -> None:
        tables = {table.name: table for layer in self.layers.values() for table in layer.tables}
        object.__setattr__(self, "tables", tables)

    def property(self, table: str, name: str) -> Property | None:
        """The property of that name of that table's rows; None where there is no such table or property."""
        if table not in self.tables or name not in self.tables[table].row:
            return None
        return self.tables[table].row[name]

    def text(self, table: str, *names: str) -> bool:
        """Whether these properties are strings: what a rule of a built-in layer asks before it runs."""
        found = [self.property(table, name) for name in names]
        return all(node is not None and node.type == "string" and not node.date for node in found)

    def refers(self, table: str, name: str, target: str) -> bool:
        """Whether this property is a reference to that table, or a list of them."""
        node = self.property(table, name)
        node = node.items if node is not None and node.items is not None else node
        return node is not None and node.ref == target and target in self.tables

    def listed(self, table: str, name: str) -> bool:
        """Whether this property is an array."""
        node = self.property(table, name)
        return node is not None and node.items is not None

    def points(self, table: str, name: str | None = None) -> bool:
        """Whether this property, or without a name the row itself, is a span."""
        if name is None:
            return table in self.tables and self.tables[table].row.span
        node = self.property(table, name)
        return node is not None and node.span

    def lists_spans(self, table: str, name: str) -> bool:
        """Whether this property is an array of spans."""
        node = self.property(table, name)
        return node is not None and node.spans
