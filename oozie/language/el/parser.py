"""Tokens to a tree. Templates are parsed once and remembered.

Source: the grammar of Tomcat's apache-el 8.0.33 (ELParser.jjt), with how far it looks ahead: it takes ``a:b(`` for a
function wherever it stands, and braces for a map only behind a single literal and a colon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from oozie.language.el import lexer
from oozie.language.el.depth import DEEPEST, room_for
from oozie.language.el.errors import ElError
from oozie.language.el.lexer import Token
from oozie.language.el.syntax import (
    Assignment,
    Binary,
    Call,
    Conditional,
    Expression,
    Lambda,
    ListLiteral,
    Literal,
    MapLiteral,
    MethodCall,
    Property,
    Sequence,
    SetLiteral,
    Template,
    Unary,
    Variable,
)

_MAX_LONG = 2**63 - 1
_MOST_DIGITS = 100

_WORDS = {"or": "||", "and": "&&", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
_WORDS |= {"div": "/", "mod": "%", "not": "!"}
# From loosest to tightest; all of them bind to the left.
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+=",), ("+", "-"), ("*", "/", "%"))
_PRECEDENCE = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_OPENING = frozenset({"(", "[", "{", "?", "=", "->"})  # what lets an expression stand inside another
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
# Java's own words, which the EL of Oozie takes for no name.
_RESERVED = frozenset(
    "abstract assert boolean break byte case catch char class const continue default do double else enum extends final "  # noqa: SIM905 - a table of words
    "finally float for goto if implements import int interface long native new package private protected public return "
    "short static strictfp super switch synchronized this throw throws transient try void volatile while".split()
)


@lru_cache(maxsize=4096)
def parse(text: str, code: str = "EL_ERROR") -> Template:
    """The tree of a template: plain text with ``${...}`` in it. Raises: ElError with ``code``."""
    if "${" not in text and "#{" not in text:
        return Template(text, (Literal(text, 0),))
    parser = _Parser(text, code)
    with room_for(parser.deepest_possible()):
        return parser.template()


class _Parser:
    """One pass over the tokens of one template."""

    def __init__(self, text: str, code: str) -> None:
        self.text = text
        self.code = code
        self.tokens = list(lexer.tokens(text, code))
        self.index = 0
        self.depth = 0
        self.deepest = 0
        self.calls: list[Call] = []

    def deepest_possible(self) -> int:
        """As many expressions as are opened, or as may stand in one another."""
        opened = sum(token.kind == "sign" and token.value in _OPENING for token in self.tokens)
        return min(opened + 1, DEEPEST)

    def template(self) -> Template:
        """Text and expressions up to the end."""
        parts: list[Expression] = []
        opened = ""
        while (token := self.take()).kind != "end":
            if token.kind == "text":
                parts.append(Literal(token.value, token.offset))
                continue
            if opened not in ("", token.value):
                raise self.error("'${' and '#{' cannot stand in one text", token, "use '${' throughout")
            opened = token.value
            parts.append(self.expression())
            if (token := self.take()).kind != "close":
                raise self.unexpected(token)
        return Template(self.text, tuple(parts), tuple(self.calls), self.deepest)

    # --- tokens -------------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self.tokens[self.index]

    def take(self) -> Token:
        """The token at hand, and go on to the next."""
        token = self.tokens[self.index]
        self.index += 1
        return token

    def take_sign(self, sign: str) -> Token:
        """The token at hand, which has to be ``sign``."""
        if not self.at_sign(sign):
            raise self.unexpected(self.token, f"'{sign}' is missing")
        return self.take()

    def ahead(self, count: int) -> Token:
        """The token that stands ``count`` further on, the last one behind the end."""
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def at_sign(self, sign: str, ahead: int = 0) -> bool:
        """Whether the token at hand (or one further on) is ``sign``."""
        token = self.ahead(ahead)
        return token.kind == "sign" and token.value == sign

    def error(self, message: str, token: Token, hint: str = "") -> ElError:
        """An error at ``token``."""
        return ElError(self.code, message, text=self.text, offset=token.offset, hint=hint)

    def unexpected(self, token: Token, message: str = "") -> ElError:
        """An error at a token that cannot stand where it stands."""
        if token.kind == "keyword" and token.value == "instanceof":
            return self.error("'instanceof' is not supported in Oozie's EL", token)
        if token.kind == "close":
            return self.error(message or "the expression ends too early", token)
        return self.error(message or f"'{token.value}' cannot stand here", token)

    def name(self, what: str) -> Token:
        """The token at hand, which has to be a name and none of Java's own words."""
        token = self.token
        if token.kind != "name":
            raise self.unexpected(token, f"'{token.value}' is no name of {what}")
        if token.value in _RESERVED:
            hint = "read a property of that name with wf:conf('...')" if what == "a variable" else "write ['...']"
            raise self.error(f"'{token.value}' is a word of Java and can be no name of {what}", token, hint)
        return self.take()

    # --- from the loosest to the tightest -----------------------------------------------------------------------------

    def expression(self) -> Expression:
        """A whole expression, with all that may stand in parentheses."""
        return self.nested(self.sequence)

    def sequence(self) -> Expression:
        """Assignments with semicolons between them."""
        found = self.assignment()
        while self.at_sign(";"):
            offset = self.take().offset
            found = Sequence(found, self.assignment(), offset)
        return found

    def assignment(self) -> Expression:
        """A lambda, a choice, or what is assigned to one."""
        if self.at_lambda():
            return self.lambda_()
        found = self.choice()
        if self.at_sign("="):
            offset = self.take().offset
            return Assignment(found, self.nested(self.assignment), offset)
        return found

    def choice(self) -> Expression:
        """``a ? b : c`` and what binds tighter; of a chain of them only what stands between is nested."""
        parts: list[tuple[Expression, Expression, int]] = []
        found = self.binary(0)
        while self.at_sign("?"):
            offset = self.take().offset
            then = self.nested(self.choice)
            self.take_sign(":")
            parts.append((found, then, offset))
            found = self.binary(0)
        for condition, then, offset in reversed(parts):
            found = Conditional(condition, then, found, offset)
        return found

    def nested(self, part: Callable[[], Expression]) -> Expression:
        """``part``, which stands one level deeper."""
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        if self.depth > DEEPEST:
            raise self.error("the expression is nested too deeply", self.token)
        found = part()
        self.depth -= 1
        return found

    def operator(self) -> str:
        """The binary operator at hand by its sign, or nothing."""
        token = self.token
        name = _WORDS.get(token.value, "") if token.kind == "keyword" else token.value if token.kind == "sign" else ""
        return name if name in _PRECEDENCE else ""

    def binary(self, loosest: int) -> Expression:
        """Operands joined by operators of level ``loosest`` and tighter."""
        left = self.unary()
        while (operator := self.operator()) and _PRECEDENCE[operator] >= loosest:
            offset = self.take().offset
            left = Binary(operator, left, self.binary(_PRECEDENCE[operator] + 1), offset)
        return left

    def unary(self) -> Expression:
        """An operand with the signs before it."""
        signs: list[Token] = []
        while (self.token.kind == "sign" and self.token.value in "-!") or (
            self.token.kind == "keyword" and self.token.value in ("not", "empty")
        ):
            signs.append(self.take())
        operand = self.operand()
        for sign in reversed(signs):
            operand = Unary(_WORDS.get(sign.value, sign.value), operand, sign.offset)
        return operand

    def operand(self) -> Expression:
        """A value, and the properties and methods of it."""
        value = self.value()
        while self.at_sign(".") or self.at_sign("["):
            opening = self.take()
            if opening.value == "[":
                key = self.expression()
                self.take_sign("]")
            else:
                name = self.name("a property")
                key = Literal(name.value, name.offset)
            if self.at_sign("("):
                value = MethodCall(value, key, self.arguments(), opening.offset)
            else:
                value = Property(value, key, opening.offset)
        return value

    def value(self) -> Expression:
        """A literal, a name, a call, a collection, or an expression in parentheses."""
        if self.token.kind == "name":
            return self.named()
        if self.at_sign("("):
            return self.parenthesised()
        if self.at_sign("["):
            offset = self.take().offset
            return ListLiteral(self.items("]"), offset)
        if self.at_sign("{"):
            return self.braces()
        return self.literal()

    def literal(self) -> Literal:
        """A string, a number, or one of the three words."""
        token = self.take()
        match token.kind:
            case "string":
                return Literal(token.value, token.offset)
            case "integer":
                if len(token.value) > _MOST_DIGITS or int(token.value) > _MAX_LONG:
                    raise self.error(f"{token.value} is too large for a whole number", token)
                return Literal(int(token.value), token.offset)
            case "float":
                return Literal(float(token.value), token.offset)
            case "keyword" if token.value in _CONSTANTS:
                return Literal(_CONSTANTS[token.value], token.offset)
        raise self.unexpected(token)

    def named(self) -> Expression:
        """A variable, or a call when a parenthesis follows; the prefix of a ternary's ``a:b`` is no prefix."""
        token = self.token
        if self.at_sign("(", ahead=1):
            self.take()
            return self.call(token.value, token)
        if self.at_sign(":", ahead=1) and self.ahead(2).kind == "name" and self.at_sign("(", ahead=3):
            local = self.ahead(2)
            self.index += 3
            return self.call(f"{token.value}:{local.value}", token)
        return Variable(self.name("a variable").value, token.offset)

    def call(self, name: str, token: Token) -> Call:
        """The arguments of a call whose name has been read."""
        arguments = self.arguments()
        more = []
        while self.at_sign("("):
            more.append(self.arguments())
        call = Call(name, arguments, token.offset, tuple(more))
        self.calls.append(call)
        return call

    def arguments(self) -> tuple[Expression, ...]:
        """What stands in the parentheses behind a function."""
        self.take_sign("(")
        return self.items(")")

    def items(self, closing: str) -> tuple[Expression, ...]:
        """Expressions with commas between them, up to ``closing``."""
        found: list[Expression] = []
        while not self.at_sign(closing):
            if found:
                self.take_sign(",")
            found.append(self.expression())
        self.take()
        return tuple(found)

    def braces(self) -> Expression:
        """A set or a map."""
        offset = self.take().offset
        is_literal = self.token.kind in ("string", "integer", "float") or self.token.value in _CONSTANTS
        if not (is_literal and self.at_sign(":", ahead=1)):
            return SetLiteral(self.items("}"), offset)
        entries: list[tuple[Expression, Expression]] = []
        while not entries or self.at_sign(","):
            if entries:
                self.take()
            key = self.expression()
            self.take_sign(":")
            entries.append((key, self.expression()))
        self.take_sign("}")
        return MapLiteral(tuple(entries), offset)

    # --- lambdas ------------------------------------------------------------------------------------------------------

    def at_lambda(self, ahead: int = 0) -> bool:
        """Whether parameters and an arrow follow, as far as four tokens tell."""
        if self.ahead(ahead).kind == "name":
            return self.at_sign("->", ahead + 1)
        if not self.at_sign("(", ahead):
            return False
        if self.ahead(ahead + 1).kind != "name":
            return self.at_sign(")", ahead + 1) and self.at_sign("->", ahead + 2)
        is_many = self.at_sign(",", ahead + 2) and self.ahead(ahead + 3).kind == "name"
        return is_many or (self.at_sign(")", ahead + 2) and self.at_sign("->", ahead + 3))

    def lambda_(self) -> Lambda:
        """Parameters, an arrow and a body."""
        offset = self.token.offset
        parameters: list[str] = []
        if self.token.kind == "name":
            parameters.append(self.name("a variable").value)
        else:
            self.take()
            while not self.at_sign(")"):
                if parameters:
                    self.take_sign(",")
                parameters.append(self.name("a variable").value)
            self.take()
        self.take_sign("->")
        # Three tokens decide here: (x) is taken for the parameters of another lambda, which then has to follow.
        is_lambda = self.at_lambda() or (self.at_sign("(") and self.ahead(1).kind == "name" and self.at_sign(")", 2))
        return Lambda(tuple(parameters), self.nested(self.lambda_ if is_lambda else self.choice), offset)

    def parenthesised(self) -> Expression:
        """An expression in parentheses; a lambda there may be called at once."""
        self.take()
        if not self.at_lambda():
            inner = self.expression()
            self.take_sign(")")
            return inner
        found = self.lambda_()
        self.take_sign(")")
        calls = []
        while self.at_sign("("):
            calls.append(self.arguments())
        return replace(found, calls=tuple(calls))
