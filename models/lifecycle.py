"""What happens to versions once they are published: promoted, rolled back, retired, collected.

Each transition is decided on the state that the log's last entry gives, then logged, then done. Logging it is what
makes it so: whoever finds that his number is taken decides anew. What it did to files (an alias, a mark, a deletion)
is made to follow the log afterwards, by its own process or, when that was killed, by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from models.errors import TransitionError
from models.manifest import format_time
from models.names import check_alias, check_name
from models.retention import Policy, Verdict, judge
from models.source import CHAMPION, QA, find_answering
from models.transitions import LONGEST_REASON, Action, State, Transition
from models.verification import check_sound

if TYPE_CHECKING:
    from models.repository import Repository

_MOST_RACES = 1000
_LONGEST_HISTORY = 20


def utc_now() -> datetime:
    """The clock of a transition; tests bring their own."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class _Change:
    """What is to be logged; ``note`` is said before the reason."""

    action: Action
    versions: tuple[int, ...]
    state: State
    alias: str = ""
    before: int | None = None
    note: str = ""


_Decide = Callable[[State], "_Change | None"]


class Lifecycle:
    """Transitions of the models in ``repository``, made by ``who``.

    Each gives its entry in the log, or None where nothing had to change.
    """

    def __init__(self, repository: Repository, who: str, *, now: Callable[[], datetime] = utc_now) -> None:
        self._repository = repository
        self._who = who
        self._now = now

    def promote(
        self,
        name: str,
        version: int,
        why: str,
        *,
        alias: str = CHAMPION,
        staged: bool = False,
        force: bool = False,
        verify: bool = True,
    ) -> Transition | None:
        """Let ``alias`` mean ``version``, whose files are verified first.

        The champion is the stage prod: where the model has stages, and with ``staged`` in any case, the version must
        have been in qa, unless ``force``.

        Raises: TransitionError H240, H242, H247, H248; ModelNotFoundError; CorruptModelError.
        """
        check_alias(alias)
        self._repository.manifest(name, version)
        if verify:
            check_sound(self._repository, name, version)

        def decide(state: State) -> _Change | None:
            change = _promoted(state, name, version, alias)
            has_rule = alias == CHAMPION and (staged or QA in state.aliases)
            if change is None or not has_rule or _was_in_use(state, version):
                return change
            if not force:
                message = f"version {version} of '{name}' was not in qa, or was rolled back from there"
                hint = f"howdah models promote {name}@{version} --stage qa --reason TEXT; or with --force"
                raise TransitionError("H248", message, hint=hint)
            return replace(change, note="forced, was not in qa: ")

        return self._change(name, why, decide)

    def place(self, name: str, version: int, why: str, alias: str) -> Transition | None:
        """Let ``alias`` mean a version that was just made for it: trained in prod, it needs not have been in qa.

        Raises: TransitionError H240, H242, H247; ModelNotFoundError.
        """
        check_alias(alias)
        self._repository.manifest(name, version)
        return self._change(name, why, lambda state: _promoted(state, name, version, alias))

    def rollback(self, name: str, why: str, *, alias: str = CHAMPION) -> Transition:
        """Let ``alias`` mean what it meant before, passing over what was retired or deleted since.

        Raises: TransitionError H240, H241, H247, and H249 where the alias's last transition was logged and then killed:
        that one is finished, and nothing else, so that who calls again after a kill does not go back twice;
        ModelNotFoundError; CorruptModelError.
        """
        check_alias(alias)
        _check_reason(why)
        if alias in self.settle(name):
            raise self._finished(name, alias)

        def decide(state: State) -> _Change:
            target, older = self._way_back(name, alias, state)
            check_sound(self._repository, name, target)
            return _moved("rollback", state, alias, target, older)

        made = self._change(name, why, decide)
        if made is None:
            raise self._busy(name)
        return made

    def roll_back_from(self, name: str, version: int, why: str, *, alias: str = CHAMPION) -> Transition | None:
        """:meth:`rollback`, but only while ``alias`` means ``version``: of many who ask, and ask again, one is heard.

        Raises: TransitionError H240, H241, H247; ModelNotFoundError; CorruptModelError.
        """
        check_alias(alias)

        def decide(state: State) -> _Change | None:
            if state.aliases.get(alias) != version:
                return None
            target, older = self._way_back(name, alias, state)
            check_sound(self._repository, name, target)
            return _moved("rollback", state, alias, target, older)

        return self._change(name, why, decide)

    def retire(self, name: str, version: int, why: str) -> Transition | None:
        """Take ``version`` out of use: it gets no alias, and nothing chooses it; its files stay until a collection.

        Raises: TransitionError H240, H243, H247; ModelNotFoundError.
        """
        self._repository.manifest(name, version)

        def decide(state: State) -> _Change | None:
            if version in state.retired:
                return None
            using = sorted(alias for alias, meant in state.aliases.items() if meant == version)
            if using:
                message = f"version {version} of '{name}' is its {' and '.join(using)}"
                raise TransitionError("H243", message, hint="promote another one, or roll back, first")
            unused = {version, *state.retired, *state.collected}
            others = [each for each in self._repository.versions(name) if each not in unused]
            if not others or (find_answering(state.aliases) is None and version > others[-1]):
                message = f"version {version} is what '{name}' answers with: its latest, and there is no champion"
                raise TransitionError("H243", message, hint="promote another version first")
            return _Change("retire", (version,), replace(state, retired=tuple(sorted({*state.retired, version}))))

        return self._change(name, why, decide)

    def judge(self, name: str, policy: Policy) -> list[Verdict]:
        """What a collection would do with each version, as it stands. Raises: ModelNotFoundError, TransitionError."""
        self._repository.latest(name)
        return self._judge(name, policy, self._state(name)[1])

    def collect(self, name: str, policy: Policy) -> Transition | None:
        """Delete the files of the versions that ``policy`` does not keep; first what a killed collection left.

        Raises: ModelNotFoundError; TransitionError H247.
        """
        self._repository.latest(name)

        def decide(state: State) -> _Change | None:
            gone = {each.version for each in self._judge(name, policy, state) if not each.kept} - set(state.collected)
            if not gone:
                return None
            standing = set(self._repository.all_versions(name))
            # Those that are gone for good need no mention: no number is given twice.
            after = replace(
                state,
                retired=tuple(version for version in state.retired if version not in gone and version in standing),
                collected=tuple(sorted(gone | (set(state.collected) & standing))),
                history={
                    alias: tuple(version for version in older if version not in gone)
                    for alias, older in state.history.items()
                },
            )
            return _Change("collect", tuple(sorted(gone)), after)

        made = self._change(name, policy.words, decide)
        for version in self._state(name)[1].collected:
            self._repository.delete_version(name, version)
        self._repository.delete_remains(name)
        return made

    def settle(self, name: str) -> list[str]:
        """Make aliases and marks what the log says; gives the aliases that were not. Raises: TransitionError H244."""
        log = self._repository.log(check_name(name))
        mended: list[str] = []
        for _ in range(_MOST_RACES):
            last = log.last()
            if last is None:
                return mended
            found = self._repository.readable_aliases(name)
            for alias in [alias for alias, version in last.state.aliases.items() if found.get(alias) != version]:
                self._repository.write_alias(name, alias, last.state.aliases[alias])
                mended.append(alias)
            self._repository.mark_retired(name, last.state.retired)
            # Somebody who logged after our look may have set the alias before we did: the last one who looks is right.
            if log.numbers()[-1] == last.number:
                return mended
        raise self._busy(name)

    def _change(self, name: str, why: str, decide: _Decide) -> Transition | None:
        why = _check_reason(why)
        for _ in range(_MOST_RACES):
            number, state = self._state(name)
            change = decide(state)
            if change is None:
                self.settle(name)
                return None
            promoted = change.versions[0] if change.alias else None
            entry = Transition(
                number=number + 1,
                time=format_time(self._now()),
                who=self._who,
                why=change.note + why,
                action=change.action,
                versions=change.versions,
                alias=change.alias,
                before=change.before,
                digest=self._repository.manifest(name, promoted).digest if promoted else "",
                state=change.state,
            )
            if self._repository.log(name).append(entry):
                self.settle(name)
                return entry
        raise self._busy(name)

    def _state(self, name: str) -> tuple[int, State]:
        """The last entry's number, and the state: aliases that were set without a log are taken as they are."""
        last = self._repository.log(name).last()
        found = self._repository.readable_aliases(name)
        if last is None:
            return 0, State(aliases=found)
        return last.number, replace(last.state, aliases={**found, **last.state.aliases})

    def _judge(self, name: str, policy: Policy, state: State) -> list[Verdict]:
        return judge(self._repository, name, policy, state, self._now())

    def _way_back(self, name: str, alias: str, state: State) -> tuple[int, tuple[int, ...]]:
        """The version to go back to, and what comes before it. Raises: TransitionError H241."""
        usable = set(self._repository.versions(name)) - set(state.retired) - set(state.collected)
        older = list(state.history.get(alias, ()))
        while older:
            version = older.pop()
            if version in usable and version != state.aliases.get(alias):
                return version, tuple(older)
        self._repository.alias(name, alias)
        message = f"'{name}' has no earlier {alias} to go back to"
        raise TransitionError("H241", message, hint=f"name one: howdah models promote {name}@VERSION --as {alias}")

    def _finished(self, name: str, alias: str) -> TransitionError:
        message = f"an earlier change of '{name}@{alias}' had been cut short: it is finished now, nothing else was done"
        return TransitionError(
            "H249", message, hint=f"see howdah models log {name}; then roll back if you still want to"
        )

    @staticmethod
    def _busy(name: str) -> TransitionError:
        return TransitionError("H247", f"others keep changing '{name}'", hint="try again")


def _promoted(state: State, name: str, version: int, alias: str) -> _Change | None:
    _check_usable(state, name, version)
    before = state.aliases.get(alias)
    if before == version:
        return None
    older = [*state.history.get(alias, ()), *([] if before is None else [before])]
    return _moved("promote", state, alias, version, tuple(older[-_LONGEST_HISTORY:]))


def _was_in_use(state: State, version: int) -> bool:
    """Whether ``version`` is or was in qa or in prod; a rollback takes that back."""
    return any(
        version == state.aliases.get(alias) or version in state.history.get(alias, ()) for alias in (QA, CHAMPION)
    )


def _moved(action: Action, state: State, alias: str, version: int, older: tuple[int, ...]) -> _Change:
    aliases: Mapping[str, int] = {**state.aliases, alias: version}
    after = replace(state, aliases=aliases, history={**state.history, alias: older})
    return _Change(action, (version,), after, alias, state.aliases.get(alias))


def _check_usable(state: State, name: str, version: int) -> None:
    for versions, word in ((state.collected, "deleted"), (state.retired, "retired")):
        if version in versions:
            message = f"version {version} of '{name}' was {word}"
            raise TransitionError("H242", message, hint=f"howdah models log {name} says why; promote another version")


def _check_reason(why: str) -> str:
    text = why.strip()
    if not text:
        raise TransitionError("H240", "no reason is given", hint="say why, for those who read the log: --reason TEXT")
    if len(text) > LONGEST_REASON or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise TransitionError(
            "H240", f"the reason is no text of {LONGEST_REASON} characters at most", hint="shorten it"
        )
    return text
