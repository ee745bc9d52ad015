"""Which tables of a statement are not limited to one workspace, told from the statement as it really runs."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Alias, ColumnElement, CompoundSelect, Delete, Engine, Insert, Join, Select, Table, Update, event
from sqlalchemy.dialects.postgresql.dml import OnConflictDoUpdate as PostgresUpsert
from sqlalchemy.dialects.sqlite.dml import OnConflictDoUpdate as SqliteUpsert
from sqlalchemy.sql import operators
from sqlalchemy.sql.cache_key import HasCacheKey
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, Grouping
from sqlalchemy.sql.selectable import FromClause, SelectBase
from sqlalchemy.sql.visitors import ExternallyTraversible

from bot.storage.database import WORKSPACE

TEAM: Final = "team_id"
Tables = frozenset[FromClause]
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Condition:
    """What must hold of a row, and of which tables it leaves out others. It is None for all of them."""

    clause: ColumnElement[Any]
    limits: Tables | None = None


@dataclass(frozen=True)
class Limit:
    """A workspace, and the values that a statement which was made before is run with."""

    team: str
    values: Mapping[str, Any]

    def holds(self, value: Any) -> bool:
        """Tell whether a value, or what is put in its place, is the workspace's id."""
        if isinstance(value, BindParameter):
            value = self.values.get(value.key) if value.required else value.effective_value
        return bool(value == self.team)


def _look_at(statement: ExternallyTraversible, limit: Limit, rows: Rows) -> Iterator[str]:
    match statement:
        case Insert():
            yield from _inserted(statement, limit, rows)
        case Select() | Update() | Delete() | CompoundSelect():
            yield from _scope(statement, limit, frozenset(), frozenset())
        case _:
            yield "all of them, for all that can be seen of this statement"


def _scope(statement: ExternallyTraversible, limit: Limit, around: Tables, limited: Tables) -> Iterator[str]:
    """Look at one SELECT, UPDATE or DELETE and at those inside. `around` are the tables of those that it is in."""
    tables, conditions = _read(statement)
    own = (tables - around) or tables  # SQLAlchemy correlates what the statement around has, unless nothing is left
    limited -= own
    while more := _limited(conditions, limited, limit) - limited:
        limited |= more
    yield from sorted(_name(table) for table in own - limited if TEAM in table.c)
    for inner in _inner(statement):
        yield from _scope(inner, limit, around | own, limited)


def _read(statement: ExternallyTraversible) -> tuple[Tables, list[Condition]]:
    """Return the tables of a statement and what holds of its rows."""
    match statement:
        case Select():
            tables: set[FromClause] = set()
            conditions = [Condition(clause) for clause in _parts(statement.whereclause)]
            for source in statement.get_final_froms():
                tables |= _joined(source, conditions)
            return frozenset(tables), conditions
        case Update() | Delete():
            where = [Condition(part) for clause in statement._where_criteria for part in _parts(clause)]
            return frozenset({statement.table}), where
        case _:
            return frozenset(), []


def _joined(source: FromClause, conditions: list[Condition]) -> Tables:
    """Return the tables of a FROM, and add the conditions of its joins."""
    if isinstance(source, Join):
        left, right = _joined(source.left, conditions), _joined(source.right, conditions)
        if not source.full:
            limits = right if source.isouter else None  # an outer join keeps all rows of its left side
            conditions += [Condition(part, limits) for part in _parts(source.onclause)]
        return left | right
    if isinstance(source, Table) or (isinstance(source, Alias) and isinstance(source.element, Table)):
        return frozenset({source})
    return frozenset()  # a subquery is looked at by itself


def _parts(clause: Any) -> Iterator[ColumnElement[Any]]:
    """Split what is joined by AND."""
    match clause:
        case None:
            return
        case Grouping():
            yield from _parts(clause.element)
        case BooleanClauseList() if clause.operator is operators.and_:
            for part in clause.clauses:
                yield from _parts(part)
        case _:
            yield clause


def _limited(conditions: Sequence[Condition], known: Tables, limit: Limit) -> Tables:
    """Return the tables that the conditions limit, directly or by a table that is limited itself."""
    found = set()
    for condition in conditions:
        for column, other in _equals(condition.clause):
            table = getattr(column, "table", None)
            if getattr(column, "name", None) != TEAM or table is None:
                continue
            by_value = isinstance(other, BindParameter) and limit.holds(other)
            by_table = getattr(other, "name", None) == TEAM and getattr(other, "table", None) in known
            if (by_value or by_table) and (condition.limits is None or table in condition.limits):
                found.add(table)
    return frozenset(found)


def _equals(clause: ColumnElement[Any]) -> Iterator[tuple[Any, Any]]:
    if isinstance(clause, BinaryExpression) and clause.operator is operators.eq:
        yield clause.left, clause.right
        yield clause.right, clause.left


def _inner(element: ExternallyTraversible) -> Iterator[SelectBase]:
    """Yield the SELECTs right inside a statement."""
    for child in element.get_children():
        if isinstance(child, SelectBase):
            yield child
        else:
            yield from _inner(child)


def _inserted(statement: Insert, limit: Limit, rows: Rows) -> Iterator[str]:
    """Look at the rows that an INSERT adds, and at those that it changes instead."""
    table = statement.table
    if TEAM in table.c:
        added = _values(statement, rows)
        if not added or any(not limit.holds(row.get(TEAM)) for row in added):
            yield f"{_name(table)}, whose new rows have another {TEAM} or none"
        upsert = statement._post_values_clause
        if isinstance(upsert, PostgresUpsert | SqliteUpsert) and not _upserts_own(upsert, table, limit):
            yield f"{_name(table)}, where a row that is there already may be another workspace's"
    for inner in _inner(statement):
        yield from _scope(inner, limit, frozenset(), frozenset())


def _values(statement: Insert, rows: Rows) -> list[dict[str, Any]]:
    """Return the rows that are added, each as what its columns get."""
    several: Any = statement._multi_values
    written = [row for many in several for row in many] + ([statement._values] if statement._values else [])
    if (source := statement.select) is not None:
        names: Any = statement._select_names
        written += [dict(zip(names, one._raw_columns, strict=True)) for one in getattr(source, "selects", [source])]
    plain = [{getattr(key, "name", key): value for key, value in row.items()} for row in written]
    base = plain or [{}]
    return [{**one, **row} for one in base for row in rows] if rows else plain


def _upserts_own(upsert: PostgresUpsert | SqliteUpsert, table: Any, limit: Limit) -> bool:
    """Tell whether a row that is changed instead is the workspace's own: by its key, or by a condition."""
    key = {getattr(one, "name", one) for one in upsert.inferred_target_elements or ()}
    where = [Condition(part) for part in _parts(upsert.update_whereclause)]
    return TEAM in key or table in _limited(where, frozenset(), limit)


def _name(table: Any) -> str:
    return str(getattr(table, "name", table))


_told: Final[dict[Hashable, Sequence[str]]] = {}
"""What was told of a statement, by its shape and by which of its values are the workspace."""


def unlimited(statement: ExternallyTraversible, team: str, rows: Rows = ()) -> Sequence[str]:
    """Name each table with a `team_id` from which a statement may read or change rows of another workspace.

    Of all statements that differ in other values alone, one is looked at.
    """
    limit = Limit(team, rows[0] if len(rows) == 1 else {})
    shape = statement._generate_cache_key() if isinstance(statement, HasCacheKey) else None
    if shape is None:
        return list(_look_at(statement, limit, rows))
    own = tuple(map(limit.holds, shape.bindparams))
    rows_own = frozenset((TEAM in row, row.get(TEAM) == team) for row in rows)
    key = (shape.key, own, rows_own)
    if key not in _told:
        _told[key] = list(_look_at(statement, limit, rows))
    return _told[key]


@dataclass
class StatementWatch:
    """The statements of units of work that ran, and those of them that reach beyond their workspace."""

    seen: int = 0
    broken: list[str] = field(default_factory=list)

    def look(self, _connection: Any, statement: Any, many: Rows, one: Mapping[str, Any], options: Any) -> None:
        """Take a look at a statement before it runs."""
        team = options.get(WORKSPACE)
        if team is None:
            return  # it is meant to be for all workspaces
        self.seen += 1
        tables = unlimited(statement, team, many or ([one] if one else []))
        if tables:
            self.broken.append(f"not limited to its workspace: {'; '.join(tables)}\n{statement}")


@contextmanager
def watched() -> Iterator[StatementWatch]:
    """Watch every statement that any engine runs until the end of the block."""
    watch = StatementWatch()
    event.listen(Engine, "before_execute", watch.look)
    try:
        yield watch
    finally:
        event.remove(Engine, "before_execute", watch.look)
