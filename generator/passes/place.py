"""What depends on where the app runs: options without a value there, the way to Hive, Spark's deploy mode."""

from __future__ import annotations

from dataclasses import replace

from generator.actions import HIVE_URL, SPARK_MASTER, quoted
from generator.passes.draft import Draft, map_actions
from generator.values import ActionStep
from oozie.language.model import Element

_WORDS = ("arg", "argument")


def drop_absent(draft: Draft) -> Draft:
    """Leaves out each ``--option ${name}`` whose property the profile says not to have."""
    absent = frozenset(f"${{{name}}}" for name, value in draft.profile.properties.items() if value is None)

    def change(step: ActionStep) -> ActionStep:
        children: list[Element] = []
        for child in step.body.children:
            if child.tag in _WORDS and child.text in absent:
                if children and children[-1].tag == child.tag and children[-1].text.startswith("-"):
                    children.pop()
                continue
            children.append(child)
        return replace(step, body=replace(step.body, children=tuple(children)))

    return replace(draft, steps=map_actions(draft.steps, change))


def reach_hive(draft: Draft) -> Draft:
    """Makes hive actions hive2 actions where the profile has a HiveServer2."""
    if not draft.profile.properties.get("hiveUrl"):
        return draft

    def change(step: ActionStep) -> ActionStep:
        if step.body.tag != "hive":
            return step
        children = list(step.body.children)
        at = next(index for index, child in enumerate(children) if child.tag in ("script", "query"))
        children.insert(at, Element("jdbc-url", text=HIVE_URL))
        return replace(step, body=replace(step.body, tag="hive2", children=tuple(children)))

    return replace(draft, steps=map_actions(draft.steps, change))


def configure_spark(draft: Draft) -> Draft:
    """Adds the profile's deploy mode and settings where the master is the profile's too and they are not said."""
    if not draft.profile.spark_mode and not draft.profile.spark_conf:
        return draft

    def change(step: ActionStep) -> ActionStep:
        body = step.body
        if body.tag != "spark" or body.text_of("master") != SPARK_MASTER:
            return step
        options = body.text_of("spark-opts")
        settings = [
            f"--conf {quoted(f'{key}={value}')}" for key, value in draft.profile.spark_conf if f"{key}=" not in options
        ]
        children: list[Element] = []
        for child in body.children:
            if child.tag == "spark-opts":
                child = replace(child, text=" ".join([*settings, options]))
            children.append(child)
            if child.tag == "master" and draft.profile.spark_mode and body.first("mode") is None:
                children.append(Element("mode", text=draft.profile.spark_mode))
        return replace(step, body=replace(body, children=tuple(children)))

    return replace(draft, steps=map_actions(draft.steps, change))
