from __future__ import annotations

import inspect
import json
import pickle

import pytest

from pramana import errors
from pramana.errors import BY_CODE, DimensionError, InputError, PramanaError, from_wire, to_wire
from pramana.protocol import ERRORS

CLASSES = [
    value for _, value in inspect.getmembers(errors, inspect.isclass) if issubclass(value, PramanaError)
]


def test_the_codes_are_those_of_the_protocol_and_each_is_one_class() -> None:
    assert {cls.code for cls in CLASSES} == set(ERRORS)
    assert len({cls.code for cls in CLASSES}) == len(CLASSES)
    assert set(BY_CODE.values()) == set(CLASSES)
    assert sorted(errors.__all__) == sorted([*(cls.__name__ for cls in CLASSES), "from_wire", "to_wire"])


def test_the_docstring_draws_the_tree() -> None:
    assert errors.__doc__ is not None
    for cls in CLASSES:
        assert cls.__name__ in errors.__doc__


@pytest.mark.parametrize("cls", CLASSES)
def test_an_error_survives_pickling_and_the_wire(cls: type[PramanaError]) -> None:
    error = cls("what happened", field="x", ids=["a"])
    for copy in (pickle.loads(pickle.dumps(error)), from_wire(json.loads(json.dumps(to_wire(error))))):
        assert type(copy) is cls
        assert str(copy) == "what happened"
        assert copy.details == {"field": "x", "ids": ["a"]}


def test_a_detail_may_have_any_name() -> None:
    error = from_wire({"code": "corrupt", "message": "m", "details": {"message": "other", "self": 1}})
    assert (str(error), error.details) == ("m", {"message": "other", "self": 1})


def test_errors_are_what_python_programmers_catch() -> None:
    assert issubclass(InputError, ValueError)
    assert issubclass(DimensionError, InputError)
    assert issubclass(errors.NotFoundError, LookupError)
    assert issubclass(errors.QuotaError, errors.StoreError)


def test_other_errors_cross_with_their_name() -> None:
    assert to_wire(ZeroDivisionError("no")) == {
        "code": "error",
        "message": "ZeroDivisionError: no",
        "details": {},
    }
    unknown = from_wire({"code": "of_the_future", "message": "m", "details": None})
    assert type(unknown) is PramanaError
    assert type(from_wire({})) is PramanaError
