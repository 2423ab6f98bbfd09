"""Tokens to a tree. Templates are parsed once and remembered."""

from __future__ import annotations

from functools import lru_cache

from oozie.language.el import lexer
from oozie.language.el.errors import ElError
from oozie.language.el.lexer import Token
from oozie.language.el.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    Literal,
    Property,
    Template,
    Unary,
    Variable,
)

# No app nests like this; Java's own parser ends in a stack overflow. Two levels for a pair of parentheses.
DEEPEST = 120
_MAX_LONG = 2**63 - 1
_MOST_DIGITS = 100

_WORDS = {"or": "||", "and": "&&", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
_WORDS |= {"div": "/", "mod": "%", "not": "!"}
# From loosest to tightest; all of them bind to the left.
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+=",), ("+", "-"), ("*", "/", "%"))
_PRECEDENCE = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NOT_IN_OOZIE = {
    "=": ("assignment", "compare with '=='"),
    "->": ("a lambda", ""),
    ";": ("a sequence", ""),
    "{": ("a set or map literal", ""),
    "[": ("a list literal", ""),
    "instanceof": ("'instanceof'", ""),
}


@lru_cache(maxsize=4096)
def parse(text: str, code: str = "EL_ERROR") -> Template:
    """The tree of a template: plain text with ``${...}`` in it. Raises: ElError with ``code``."""
    if "${" not in text and "#{" not in text:
        return Template(text, (Literal(text, 0),), ())
    return _Parser(text, code).template()


class _Parser:
    """One pass over the tokens of one template."""

    def __init__(self, text: str, code: str) -> None:
        self.text = text
        self.code = code
        self.tokens = list(lexer.tokens(text, code))
        self.index = 0
        self.depth = 0
        self.calls: list[Call] = []

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
        return Template(self.text, tuple(parts), tuple(self.calls))

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

    def at_sign(self, sign: str, ahead: int = 0) -> bool:
        """Whether the token at hand (or one further on) is ``sign``."""
        token = self.tokens[min(self.index + ahead, len(self.tokens) - 1)]
        return token.kind == "sign" and token.value == sign

    def error(self, message: str, token: Token, hint: str = "") -> ElError:
        """An error at ``token``."""
        return ElError(self.code, message, text=self.text, offset=token.offset, hint=hint)

    def unexpected(self, token: Token, message: str = "") -> ElError:
        """An error at a token that cannot stand where it stands."""
        if token.kind in ("sign", "keyword") and token.value in _NOT_IN_OOZIE:
            what, hint = _NOT_IN_OOZIE[token.value]
            return self.error(f"{what} is not supported in Oozie's EL", token, hint)
        if token.kind == "close":
            return self.error(message or "the expression ends too early", token)
        return self.error(message or f"'{token.value}' cannot stand here", token)

    def expression(self) -> Expression:
        """A whole expression, the ternary being the loosest."""
        self.descend(1)
        condition = self.binary(0)
        if self.at_sign("?"):
            offset = self.take().offset
            then = self.expression()
            self.take_sign(":")
            condition = Conditional(condition, then, self.expression(), offset)
        self.depth -= 1
        return condition

    def descend(self, levels: int) -> None:
        """Count ``levels`` more; what counted them takes them back."""
        self.depth += levels
        if self.depth > DEEPEST:
            raise self.error("the expression is nested too deeply", self.token)

    def operator(self) -> str:
        """The binary operator at hand by its sign, or nothing."""
        token = self.token
        name = _WORDS.get(token.value, "") if token.kind == "keyword" else token.value if token.kind == "sign" else ""
        return name if name in _PRECEDENCE else ""

    def binary(self, loosest: int) -> Expression:
        """Operands joined by operators of level ``loosest`` and tighter."""
        self.descend(1)
        left = self.unary()
        while (operator := self.operator()) and _PRECEDENCE[operator] >= loosest:
            offset = self.take().offset
            left = Binary(operator, left, self.binary(_PRECEDENCE[operator] + 1), offset)
        self.depth -= 1
        return left

    def unary(self) -> Expression:
        """An operand with the signs before it."""
        signs: list[Token] = []
        while (self.token.kind == "sign" and self.token.value in "-!") or (
            self.token.kind == "keyword" and self.token.value in ("not", "empty")
        ):
            signs.append(self.take())
        self.descend(len(signs))
        operand = self.operand()
        self.depth -= len(signs)
        for sign in reversed(signs):
            operand = Unary(_WORDS.get(sign.value, sign.value), operand, sign.offset)
        return operand

    def operand(self) -> Expression:
        """A value and the properties taken of it."""
        value = self.value()
        while self.at_sign(".") or self.at_sign("["):
            opening = self.take()
            if opening.value == "[":
                key = self.expression()
                self.take_sign("]")
            elif self.token.kind == "name":
                name = self.take()
                key = Literal(name.value, name.offset)
            else:
                raise self.unexpected(self.token, f"'{self.token.value}' is no name of a property")
            if self.at_sign("("):
                hint = "Oozie evaluates a method to nothing; use a function such as replaceAll or concat"
                raise self.error("methods cannot be called in Oozie's EL", opening, hint)
            value = Property(value, key, opening.offset)
        return value

    def value(self) -> Expression:
        """A literal, a name, a call, or an expression in parentheses."""
        token = self.take()
        if token.kind == "string":
            return Literal(token.value, token.offset)
        if token.kind == "integer":
            if len(token.value) > _MOST_DIGITS or int(token.value) > _MAX_LONG:
                raise self.error(f"{token.value} is too large for a whole number", token)
            return Literal(int(token.value), token.offset)
        if token.kind == "float":
            return Literal(float(token.value), token.offset)
        if token.kind == "keyword" and token.value in _CONSTANTS:
            return Literal(_CONSTANTS[token.value], token.offset)
        if token.kind == "name":
            return self.named(token)
        if token.kind == "sign" and token.value == "(":
            inner = self.expression()
            self.take_sign(")")
            return inner
        raise self.unexpected(token)

    def named(self, token: Token) -> Expression:
        """A variable, or a call when a parenthesis follows; the prefix of a ternary's ``a:b`` is no prefix."""
        if self.at_sign("("):
            return self.call(token.value, token)
        local = self.tokens[min(self.index + 1, len(self.tokens) - 1)]
        if self.at_sign(":") and local.kind == "name" and self.at_sign("(", ahead=2):
            self.index += 2
            return self.call(f"{token.value}:{local.value}", token)
        return Variable(token.value, token.offset)

    def call(self, name: str, token: Token) -> Call:
        """The arguments of a call whose name has been read."""
        self.take_sign("(")
        arguments: list[Expression] = []
        while not self.at_sign(")"):
            if arguments:
                self.take_sign(",")
            arguments.append(self.expression())
        self.take()
        call = Call(name, tuple(arguments), token.offset)
        if ":" in name:
            self.calls.append(call)
        return call
