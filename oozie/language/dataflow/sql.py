"""Which tables and directories a text in SQL reads and writes, as far as it can be told without a database.

Words are looked at, not grammar: Hive, Impala and what databases speak differ in everything but the words that count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from oozie.language.dataflow.uses import How, Use, What, merged
from oozie.language.filling import replaced

_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<text>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<word>(?:\$\{[^}$]*\}|`[^`]*`|[\w.$@])+)"
    r"|(?P<sign>[();,=])",
    re.DOTALL,
)
_VARIABLE = re.compile(r"\$\{(?:(?:hivevar|hiveconf|env|system):)?([\w.]+)\}")
_SETTING = re.compile(
    r"(?:^|;)[ \t]*set\s+(?:hivevar:|hiveconf:)?([\w.]+)\s*=[ \t]*([^;\n]*)", re.IGNORECASE | re.MULTILINE
)
_NO_TABLES = frozenset(
    {"select", "where", "lateral", "unnest", "values", "table", "dual", "json_table", "only", "from", "join", "set"}
)
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
_LONGEST = 512 * 1024
_LONGEST_CALL = 40  # tokens
_MOST_TABLES = 100  # behind one FROM


def tables_of(
    text: str, variables: Mapping[str, str] = _NO_VARIABLES, *, what: What = "table", where: str = ""
) -> tuple[Use, ...]:
    """The uses in a script or a query; ``variables`` stand for ``${hivevar:name}``, ``${hiveconf:name}``, ``${name}``.

    ``what`` and ``where`` are what its tables are. A table that the script makes and drops again is its own business.
    """
    text = text[:_LONGEST]
    values = {name.lower(): value.strip() for name, value in _SETTING.findall(_without_comments(text))} | {
        name.lower(): value for name, value in variables.items()
    }
    script = _Script(what, where)
    filled = replaced(_VARIABLE, lambda match: values.get(match[1].lower(), match[0]), text, _LONGEST)
    for statement in _statements(text if filled is None else filled):
        script.take(statement)
    return merged(script.outside())


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text)


def _statements(text: str) -> Iterator[list[str]]:
    statement: list[str] = []
    for match in _TOKEN.finditer(text):
        if match["comment"]:
            continue
        if match["sign"] == ";":
            yield statement
            statement = []
        else:
            statement.append(match[0])
    yield statement


@dataclass
class _Script:
    """What the statements before have said."""

    what: What
    where: str
    database: str = ""
    found: dict[Use, None] = field(default_factory=dict)
    temporary: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    dropped_after: set[str] = field(default_factory=set)

    def take(self, tokens: Sequence[str]) -> None:
        """One statement."""
        lower = [token.lower() for token in tokens]
        if not lower:
            return
        if lower[0] == "use" and len(tokens) > 1:
            self.database = _plain(tokens[1])
            return
        statement = _Statement(tokens, lower, self)
        handler = _STATEMENTS.get(lower[0])
        if handler is not None:
            handler(statement)
        if lower[0] not in _WITHOUT_SOURCES:
            statement.sources()

    def add(self, how: How, name: str, what: What | None = None) -> None:
        """One use; a name without its database gets the one in use."""
        kind = what or self.what
        plain = _plain(name)
        if not plain:
            return
        if kind == self.what and self.database and "." not in plain:
            plain = f"{self.database}.{plain}"
        if kind in ("table", "database table") and how == "deletes" and plain.lower() in self.made:
            self.dropped_after.add(plain.lower())
        self.found[Use(how, kind, plain, where=self.where if kind == self.what else "")] = None

    def outside(self) -> Iterator[Use]:
        """The uses without those of tables that are the script's own."""
        own = {self.qualified(name) for name in self.temporary} | (self.made & self.dropped_after)
        made = {use.name.lower() for use in self.found if use.how in ("writes", "replaces")} & self.made
        for use in self.found:
            name = use.name.lower()
            if use.what in ("path", "local path") or (name not in own and not (use.how == "reads" and name in made)):
                yield use

    def qualified(self, name: str) -> str:
        """As :meth:`add` writes it, in lower case."""
        return (f"{self.database}.{name}" if self.database and "." not in name else name).lower()


@dataclass
class _Statement:
    """One statement: its tokens, the same in lower case, and the script that it stands in."""

    tokens: Sequence[str]
    lower: Sequence[str]
    script: _Script

    def after(self, *words: str, start: int = 0) -> int:
        """The place behind the first sequence of ``words``; -1 where it does not stand."""
        for place in range(start, len(self.lower) - len(words) + 1):
            if tuple(self.lower[place : place + len(words)]) == words:
                return place + len(words)
        return -1

    def name_at(self, place: int) -> str:
        """The name that begins at ``place``, past ``if [not] exists``."""
        while 0 <= place < len(self.lower) and self.lower[place] in ("if", "not", "exists", "table"):
            place += 1
        if place >= 0 and _is_name(self.tokens[place : place + 1]):
            return self.tokens[place]
        return ""

    def text_after(self, *words: str) -> str:
        """The quoted text behind ``words``."""
        place = self.after(*words)
        if 0 <= place < len(self.tokens) and self.tokens[place][:1] in ("'", '"'):
            return self.tokens[place][1:-1]
        return ""

    def add(self, how: How, name: str, what: What | None = None) -> None:
        """One use, where there is a name."""
        if name:
            self.script.add(how, name, what)

    def inserts(self) -> None:
        """Every insert: of one statement there may be several, behind one FROM."""
        place = 0
        while (place := self.after("insert", start=place)) >= 0:
            how: How = "writes"
            if self.lower[place : place + 1] == ["overwrite"]:
                how = "replaces"
            rest = place + (self.lower[place : place + 1] in (["into"], ["overwrite"]))
            is_local = self.lower[rest : rest + 1] == ["local"]
            if self.lower[rest + is_local : rest + is_local + 1] == ["directory"]:
                path = self.tokens[rest + is_local + 1 : rest + is_local + 2]
                self.add(how, path[0].strip("'\"") if path else "", "local path" if is_local else "path")
            else:
                self.add(how, self.name_at(rest))

    def create(self) -> None:
        """CREATE TABLE or VIEW; what an external table's directory holds is read."""
        kind = next((place for place, word in enumerate(self.lower) if word in ("table", "view")), -1)
        if kind < 0 or kind > 4:
            return
        name = self.name_at(kind + 1)
        if "temporary" in self.lower[:kind] and name:
            self.script.temporary.add(_plain(name).lower())
            return
        if name:
            self.script.made.add(self.script.qualified(_plain(name)))
        self.add("writes", name)
        if place := self.text_after("location"):
            has_rows = self.after("as", "select") >= 0 or self.after("as", "with") >= 0
            self.add("reads" if "external" in self.lower[:kind] and not has_rows else "writes", place, "path")

    def drop(self) -> None:
        """DROP TABLE or VIEW, and TRUNCATE."""
        place = max(self.after("table"), self.after("view"))
        if 0 < place <= 3:
            self.add("deletes", self.name_at(place))

    def alter(self) -> None:
        """ALTER TABLE: its rows stay, but a partition may come from elsewhere."""
        table = self.name_at(self.after("table"))
        self.add("writes", table)
        if place := self.text_after("location"):
            self.add("reads", place, "path")

    def load(self) -> None:
        """LOAD DATA INPATH."""
        is_local = self.after("local", "inpath") >= 0
        self.add("reads", self.text_after("inpath"), "local path" if is_local else "path")
        how: How = "replaces" if "overwrite" in self.lower else "writes"
        self.add(how, self.name_at(self.after("into", "table")))

    def export(self) -> None:
        """EXPORT TABLE t TO 'p'."""
        self.add("reads", self.name_at(self.after("table")))
        self.add("writes", self.text_after("to"), "path")

    def import_(self) -> None:
        """IMPORT [TABLE t] FROM 'p'."""
        self.add("writes", self.name_at(self.after("table")))
        self.add("reads", self.text_after("from"), "path")

    def change(self) -> None:
        """UPDATE t, DELETE FROM t, MERGE INTO t, REPLACE INTO t, CALL is not looked into."""
        place = 1 + (self.lower[1:2] in (["from"], ["into"]))
        self.add("writes", self.name_at(place))

    def sources(self) -> None:
        """What stands behind FROM, JOIN and USING, but not the names that WITH gives."""
        own = self._named_by_with() | _NO_TABLES
        for place, word in enumerate(self.lower[:-1]):
            if word == "from" and not self._is_inside_a_call(place):
                for name in self._list_from(place + 1):
                    self._source(name, own)
            elif word == "join" or (word == "using" and self.lower[0] == "merge"):
                self._source(self.tokens[place + 1], own)

    def _source(self, name: str, own: set[str]) -> None:
        if _is_name([name]) and _plain(name).lower() not in own and not _plain(name).isdigit():
            self.add("reads", name)

    def _list_from(self, place: int) -> Iterator[str]:
        """``a x, b as y``: the names that begin each item."""
        for _ in range(_MOST_TABLES):
            yield self.tokens[place]
            if self.lower[place] in _NO_TABLES or self.lower[place] == "(":  # a select in it has a FROM of its own
                return
            following = place + 1
            while following <= place + 2 and _is_name(self.tokens[following : following + 1]):
                following += 1
            if self.tokens[following : following + 1] != [","] or not _is_name(
                self.tokens[following + 1 : following + 2]
            ):
                return
            place = following + 1

    def _is_inside_a_call(self, place: int) -> bool:
        """extract(year FROM x), trim(both ' ' FROM x): no table."""
        depth = 0
        for back in range(place - 1, max(place - _LONGEST_CALL, 0) - 1, -1):
            depth += {")": 1, "(": -1}.get(self.tokens[back], 0)
            if depth < 0:
                return back > 0 and self.lower[back - 1] in ("extract", "trim", "substring", "overlay", "position")
        return False

    def _named_by_with(self) -> set[str]:
        return {
            _plain(self.tokens[place]).lower()
            for place in range(1, len(self.lower) - 2)
            if self.lower[place + 1] == "as"
            and self.lower[place + 2] == "("
            and self.lower[place - 1] in ("with", ",", "recursive")
        }


_STATEMENTS: Mapping[str, Callable[[_Statement], None]] = {
    "insert": _Statement.inserts,
    "from": _Statement.inserts,
    "with": _Statement.inserts,
    "create": _Statement.create,
    "drop": _Statement.drop,
    "truncate": _Statement.drop,
    "alter": _Statement.alter,
    "load": _Statement.load,
    "export": _Statement.export,
    "import": _Statement.import_,
    "update": _Statement.change,
    "delete": _Statement.change,
    "merge": _Statement.change,
    "replace": _Statement.change,
}
_WITHOUT_SOURCES = frozenset({
    "set", "add", "drop", "truncate", "alter", "load", "export", "import", "show", "describe", "grant", "revoke",
    "delete",
})  # fmt: skip


def _is_name(tokens: Sequence[str]) -> bool:
    """Whether there is a token, and it is no text and no sign."""
    return bool(tokens) and tokens[0][:1] not in ("'", '"', "(", ")", ",", "=", ";", "")


def _plain(name: str) -> str:
    return name.replace("`", "").strip("'\"").strip(".")
