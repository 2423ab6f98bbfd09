"""A template and a scope to text.

Oozie 5 evaluates with Tomcat's apache-el 8.0.33; so do we, corner by corner. What only EL 3.0 has (lambdas,
assignments, collections) and methods of Java objects are errors here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from oozie.language.el.coercion import TO_TYPE, JavaType, to_boolean, to_text
from oozie.language.el.errors import ElError, EvaluationFault
from oozie.language.el.operators import BINARY, UNARY, property_of
from oozie.language.el.parser import parse
from oozie.language.el.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    Literal,
    Property,
    Template,
    Unary,
    Value,
    Variable,
)
from storage.nearest import did_you_mean

_T = TypeVar("_T")


@dataclass(frozen=True)
class Function:
    """An EL function: ``body(context, *arguments)``, the arguments being of ``parameters``' Java types."""

    body: Callable[..., Value]
    parameters: tuple[JavaType, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: the names it may use and the code that its errors get.

    ``context`` is what the functions work on. ``elsewhere`` says of functions (``coord:current``) and prefixes
    (``coord:``) that belong in another place where that is.
    """

    variables: Mapping[str, Value]
    functions: Mapping[str, Function]
    context: Any = None
    code: str = "EL_ERROR"
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def evaluate(text: str, scope: Scope) -> str:
    """``text`` with every ``${...}`` in it replaced by its value.

    Raises: ElError; StorageError from fs: functions when the file system fails.
    """
    return to_text(evaluate_value(text, scope))


def evaluate_value(text: str, scope: Scope) -> Value:
    """As :func:`evaluate`, but a text that is one expression keeps its type."""
    template = parse(text, scope.code)
    run = _Evaluation(template, scope)
    run.check_calls()
    if len(template.parts) == 1:
        return run.value(template.parts[0])
    return "".join([to_text(run.value(part)) for part in template.parts])


class _Evaluation:
    """One evaluation of one template."""

    def __init__(self, template: Template, scope: Scope) -> None:
        self.template = template
        self.scope = scope
        # Whether the last look-up found something: only then does Oozie let properties be taken of null.
        self.has_resolved = False

    def error(self, reason: str, offset: int, hint: str = "") -> ElError:
        """An error at ``offset``."""
        return ElError(self.scope.code, reason, text=self.template.text, offset=offset, hint=hint)

    def check_calls(self) -> None:
        """Every function that is named has to be there with so many parameters, in a branch not taken as well."""
        for call in self.template.calls:
            function = self.scope.functions.get(call.name)
            if function is None:
                raise self.unknown_function(call)
            self.check_arguments(call, function)

    def check_arguments(self, call: Call, function: Function) -> None:
        """As many arguments as parameters."""
        takes, given = len(function.parameters), len(call.arguments)
        if takes != given:
            plural = "" if takes == 1 else "s"
            raise self.error(f"function '{call.name}' takes {takes} argument{plural}, not {given}", call.offset)

    def unknown_function(self, call: Call) -> ElError:
        """What to say of a function that is not there."""
        prefix = call.name[: call.name.find(":") + 1]
        place = self.scope.elsewhere.get(call.name) or self.scope.elsewhere.get(prefix)
        if place is not None:
            return self.error(f"function '{call.name}' is not allowed here", call.offset, place)
        hint = did_you_mean(call.name, self.scope.functions)
        return self.error(f"there is no function '{call.name}'", call.offset, hint)

    def value(self, node: Expression) -> Value:
        """The value of any node."""
        return _HANDLERS[type(node)](self, node)

    def variable(self, node: Variable) -> Value:
        """A variable by the scope."""
        try:
            value = self.scope.variables[node.name]
        except KeyError:
            hint = did_you_mean(node.name, self.scope.variables, f"set it: {node.name}=...")
            raise self.error(f"variable [{node.name}] cannot be resolved", node.offset, hint) from None
        self.has_resolved = True
        return value

    def property(self, node: Property) -> Value:
        """A property; a chain is walked, not recursed into."""
        chain: list[Property] = []
        base: Expression = node
        while isinstance(base, Property):
            chain.append(base)
            base = base.base
        value = self.value(base)
        for link in reversed(chain):
            if value is None:  # the names of the properties are not even looked at
                if not self.has_resolved:
                    raise self.error("null has no properties", link.offset)
                return None
            value = self.guarded(link.offset, property_of, value, self.value(link.key))
            self.has_resolved = True
        return value

    def call(self, node: Call) -> Value:
        """A function of its arguments."""
        function = self.scope.functions.get(node.name)
        if function is None:  # without a prefix Oozie takes it for a variable
            raise self.unknown_function(node)
        self.check_arguments(node, function)
        arguments = [
            self.guarded(argument.offset, TO_TYPE[parameter], self.value(argument))
            for parameter, argument in zip(function.parameters, node.arguments, strict=True)
        ]
        return self.guarded(node.offset, function.body, self.scope.context, *arguments)

    def unary(self, node: Unary) -> Value:
        """A sign and its operand."""
        return self.guarded(node.offset, UNARY[node.operator], self.value(node.operand))

    def binary(self, node: Binary) -> Value:
        """Operators that bind to the left make a long chain; it is walked, not recursed into."""
        chain: list[Binary] = []
        left: Expression = node
        while isinstance(left, Binary):
            chain.append(left)
            left = left.left
        value = self.value(left)
        for link in reversed(chain):
            if link.operator in ("&&", "||"):
                value = self.guarded(link.left.offset, to_boolean, value)
                if value is (link.operator == "&&"):
                    value = self.guarded(link.right.offset, to_boolean, self.value(link.right))
            elif value is None and link.operator in ("<", ">"):
                value = False  # the right operand is left alone
            else:
                value = self.guarded(link.offset, BINARY[link.operator], value, self.value(link.right))
        return value

    def conditional(self, node: Conditional) -> Value:
        """One of two branches; the other is left alone."""
        condition = self.guarded(node.condition.offset, to_boolean, self.value(node.condition))
        return self.value(node.then if condition else node.otherwise)

    def guarded(self, offset: int, function: Callable[..., _T], *arguments: Any) -> _T:
        """``function(*arguments)``, its objection placed at ``offset``."""
        try:
            return function(*arguments)
        except EvaluationFault as fault:
            raise self.error(fault.reason, offset, fault.hint) from None


_HANDLERS: Mapping[type, Callable[[_Evaluation, Any], Value]] = {
    Literal: lambda _, node: node.value,
    Variable: _Evaluation.variable,
    Property: _Evaluation.property,
    Call: _Evaluation.call,
    Unary: _Evaluation.unary,
    Binary: _Evaluation.binary,
    Conditional: _Evaluation.conditional,
}
