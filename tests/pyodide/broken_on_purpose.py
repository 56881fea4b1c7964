"""Fails, to show that a failure inside Pyodide is seen outside. Its name keeps ordinary runs from collecting it."""

from __future__ import annotations

import asyncio
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st


def test_plain():
    assert 1 + 1 == 3


async def test_coroutine():
    await asyncio.sleep(0)
    assert 1 + 1 == 3


@given(st.integers())
def test_property(number):
    assert number < 1000


@given(st.integers())
async def test_coroutine_property(number):
    await asyncio.sleep(0)
    assert number < 1000


def test_warning():
    warnings.warn("is an error", stacklevel=1)


def test_missing_fixture(no_such_fixture):
    pass


async def test_wait_without_end():
    await asyncio.get_running_loop().create_future()


def test_skip():
    pytest.skip("on purpose")


async def test_that_passes():
    assert await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0.01, 2)) == [1, 2]
