import inspect
import re

import models.errors
from models.errors import ModelError
from storage.errors import HowdahError


def test_the_tree_in_the_docstring_is_the_tree():
    kinds = {name for name, kind in inspect.getmembers(models.errors, inspect.isclass) if issubclass(kind, HowdahError)}
    assert set(re.findall(r"\w+Error\b", models.errors.__doc__)) == kinds


def test_every_model_error_is_one():
    for _, kind in inspect.getmembers(models.errors, inspect.isclass):
        if issubclass(kind, HowdahError) and kind is not HowdahError:
            assert issubclass(kind, ModelError)
            assert kind("H200", "what", hint="how").code == "H200"
