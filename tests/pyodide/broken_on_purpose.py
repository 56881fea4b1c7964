"""Fails, to show that a failure inside Pyodide is seen outside. Its name keeps ordinary runs from collecting it."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st


def test_sync():
    assert 1 + 1 == 3


async def test_async():
    await asyncio.sleep(0)
    assert 1 + 1 == 3


@given(st.integers())
async def test_property(number):
    await asyncio.sleep(0)
    assert number < 1000


async def test_that_passes():
    assert await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0.01, 2)) == [1, 2]
