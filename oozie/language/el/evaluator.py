"""A template and a scope to text.

Oozie 5 evaluates with Tomcat's apache-el 8.0.33; so do we, corner by corner. Oozie lets nothing be assigned to, and it
calls no method: ``name.length()`` is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from oozie.language.el.coercion import TO_TYPE, JavaType, to_boolean, to_text
from oozie.language.el.containers import JavaList, JavaMap, JavaSet, LambdaValue, Value, weight
from oozie.language.el.depth import room_for
from oozie.language.el.errors import ElError, EvaluationFault
from oozie.language.el.operators import BINARY, UNARY, property_of
from oozie.language.el.parser import parse
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
from storage.nearest import did_you_mean

_T = TypeVar("_T")
_MOST_LAMBDA_CALLS = 10_000  # what calls itself would not end otherwise
_LONGEST = 16 * 1024 * 1024  # characters of a text on the way: a lambda may double it again and again
_HEAVIEST = 100_000  # what a collection holds, which is walked each time that it is compared
_TOO_DEEP = "the expression is nested too deeply"


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
    try:
        with room_for(template.depth):
            if len(template.parts) == 1:
                return run.value(template.parts[0])
            return "".join([to_text(run.value(part)) for part in template.parts])
    except RecursionError:  # a lambda that calls itself
        raise ElError(scope.code, _TOO_DEEP, text=text) from None


class _Evaluation:
    """One evaluation of one template."""

    def __init__(self, template: Template, scope: Scope) -> None:
        self.template = template
        self.scope = scope
        # Whether the last look-up found something: only then does Oozie let properties be taken of null.
        self.has_resolved = False
        # The arguments of the lambdas at hand, the innermost last.
        self.lambdas: list[dict[str, Value]] = []
        self.lambda_calls = 0
        self.nests: dict[int, tuple[bool, int]] = {}

    def error(self, reason: str, offset: int, hint: str = "") -> ElError:
        """An error at ``offset``."""
        return ElError(self.scope.code, reason, text=self.template.text, offset=offset, hint=hint)

    def check_calls(self) -> None:
        """Every function that is named has to be there with so many parameters, in a branch not taken as well.

        What is called without a prefix may also be a lambda.
        """
        for call in self.template.calls:
            function = self.scope.functions.get(call.name)
            if function is not None:
                self.check_arguments(call, function)
            elif ":" in call.name:
                raise self.unknown_function(call)

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
        """An argument of a lambda, or a variable by the scope."""
        for arguments in reversed(self.lambdas):
            if node.name in arguments:
                return arguments[node.name]
        try:
            value = self.scope.variables[node.name]
        except KeyError:
            hint = did_you_mean(node.name, self.scope.variables, f"set it, such as --set {node.name}=...")
            raise self.error(f"variable [{node.name}] cannot be resolved", node.offset, hint) from None
        self.has_resolved = True
        return value

    def property(self, node: Property | MethodCall) -> Value:
        """A property; a chain is walked, not recursed into."""
        chain: list[Property | MethodCall] = []
        base: Expression = node
        while isinstance(base, Property | MethodCall):
            chain.append(base)
            base = base.base
        value = self.value(base)
        for link in reversed(chain):
            if value is None:  # the names of the properties are not even looked at
                break
            key = self.value(link.key)
            if isinstance(link, MethodCall):
                for argument in link.arguments:
                    self.value(argument)
                value = None
            elif key is None:
                return None
            else:
                value = self.guarded(link.offset, property_of, value, key)
                self.has_resolved = True
        if value is None and not self.has_resolved:
            raise self.nothing_of_null(link)
        return value

    def nothing_of_null(self, link: Property | MethodCall) -> ElError:
        """What to say of a property or a method of null, or of a method that came to nothing."""
        if isinstance(link, MethodCall):
            hint = "use a function such as replaceAll or concat"
            return self.error("methods cannot be called in Oozie's EL", link.offset, hint)
        return self.error("null has no properties", link.offset)

    def call(self, node: Call) -> Value:
        """A function of its arguments, or a lambda."""
        function = self.scope.functions.get(node.name)
        if function is None:
            return self.call_by_name(node)
        if node.more:
            raise self.error(f"what '{node.name}' gives cannot be called", node.offset)
        arguments = [
            self.guarded(argument.offset, TO_TYPE[parameter], self.value(argument))
            for parameter, argument in zip(function.parameters, node.arguments, strict=True)
        ]
        return self.guarded(node.offset, function.body, self.scope.context, *arguments)

    def call_by_name(self, node: Call) -> Value:
        """A lambda that is an argument of another."""
        found = next((arguments[node.name] for arguments in reversed(self.lambdas) if node.name in arguments), None)
        if not isinstance(found, LambdaValue):
            raise self.unknown_function(node)
        return self.call_lambda(found, (node.arguments, *node.more), node.offset)

    def lambda_(self, node: Lambda) -> Value:
        """A lambda, called when arguments follow it, or when neither it nor those around or in it take any."""
        takes_arguments, count = self.nest_of(node)
        if len(node.calls) > count:
            raise self.error("there are more arguments than lambdas to take them", node.offset)
        made = LambdaValue(node.parameters, node.body)
        if node.calls:
            return self.call_lambda(made, node.calls, node.offset)
        return made if takes_arguments else self.invoke(made, (), node.offset)

    def nest_of(self, node: Lambda) -> tuple[bool, int]:
        """Of the lambdas of which each is all the body of the next: whether one takes arguments, and how many."""
        if id(node) not in self.nests:
            nest: list[Lambda] = []
            body: Expression = node
            while isinstance(body, Lambda):
                nest.append(body)
                body = body.body
            self.nests |= dict.fromkeys(map(id, nest), (any(one.parameters for one in nest), len(nest)))
        return self.nests[id(node)]

    def call_lambda(self, made: LambdaValue, calls: tuple[tuple[Expression, ...], ...], offset: int) -> Value:
        """``made`` of the first arguments, what that gives of the next ones, and so on."""
        value: Value = made
        for arguments in calls:
            if not isinstance(value, LambdaValue):
                raise self.error("there are more arguments than lambdas to take them", offset)
            value = self.invoke(value, tuple(self.value(argument) for argument in arguments), offset)
        return value

    def invoke(self, made: LambdaValue, arguments: tuple[Value, ...], offset: int) -> Value:
        """The body's value; more arguments than parameters do no harm."""
        if len(arguments) < len(made.parameters):
            needed = len(made.parameters)
            raise self.error(f"the lambda takes {needed} arguments, not {len(arguments)}", offset)
        self.lambda_calls += 1
        if self.lambda_calls > _MOST_LAMBDA_CALLS:
            raise self.error("lambdas are called more often than any text needs", offset)
        named = {**dict(zip(made.parameters, arguments, strict=False)), **made.outer}
        self.lambdas.append(named)
        value = self.value(made.body)
        self.lambdas.pop()
        if isinstance(value, LambdaValue):
            value.outer.update(named)
        return value

    def unary(self, node: Unary) -> Value:
        """Signs and their operand."""
        signs: list[Unary] = []
        operand: Expression = node
        while isinstance(operand, Unary):
            signs.append(operand)
            operand = operand.operand
        value = self.value(operand)
        for sign in reversed(signs):
            value = self.guarded(sign.offset, UNARY[sign.operator], value)
        return value

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
        branch: Expression = node
        while isinstance(branch, Conditional):
            condition = self.guarded(branch.condition.offset, to_boolean, self.value(branch.condition))
            branch = branch.then if condition else branch.otherwise
        return self.value(branch)

    def map_(self, node: MapLiteral) -> Value:
        """A map; the keys and values are evaluated in turn."""
        values = self.items(tuple(each for entry in node.entries for each in entry), node.offset)
        return JavaMap(zip(values[::2], values[1::2], strict=True))

    def sequence(self, node: Sequence) -> Value:
        """Both, for the second one's value; a chain is walked, not recursed into."""
        chain: list[Sequence] = []
        first: Expression = node
        while isinstance(first, Sequence):
            chain.append(first)
            first = first.first
        value = self.value(first)
        for link in reversed(chain):
            value = self.value(link.second)
        return value

    def assignment(self, node: Assignment) -> Value:
        """Refused, once the value is known."""
        self.value(node.value)
        raise self.error("nothing can be assigned to in Oozie's EL", node.offset, "compare with '=='")

    def guarded(self, offset: int, function: Callable[..., _T], *arguments: Any) -> _T:
        """``function(*arguments)``, its objection placed at ``offset``."""
        try:
            value = function(*arguments)
        except EvaluationFault as fault:
            raise self.error(fault.reason, offset, fault.hint) from None
        if isinstance(value, str) and len(value) > _LONGEST:
            raise self.error("the text grows beyond all measure", offset)
        return value

    def items(self, nodes: tuple[Expression, ...], offset: int) -> list[Value]:
        """The values of a collection's items."""
        values = [self.value(node) for node in nodes]
        if sum(map(weight, values)) > _HEAVIEST:
            raise self.error("the collection grows beyond all measure", offset)
        return values


_HANDLERS: Mapping[type, Callable[[_Evaluation, Any], Value]] = {
    Literal: lambda _, node: node.value,
    Variable: _Evaluation.variable,
    Property: _Evaluation.property,
    MethodCall: _Evaluation.property,
    Call: _Evaluation.call,
    Lambda: _Evaluation.lambda_,
    ListLiteral: lambda run, node: JavaList(tuple(run.items(node.items, node.offset))),
    SetLiteral: lambda run, node: JavaSet(run.items(node.items, node.offset)),
    MapLiteral: _Evaluation.map_,
    Unary: _Evaluation.unary,
    Binary: _Evaluation.binary,
    Conditional: _Evaluation.conditional,
    Sequence: _Evaluation.sequence,
    Assignment: _Evaluation.assignment,
}
