"""Terms and predicates as dense numbers, which the kernels work with."""

from __future__ import annotations

from pramana.text.terms import key_of

__all__ = ["Terms"]


class Terms:
    """Numbers given out in the order of first mention, one per `key_of`; terms and predicates share them.

    A term is shown as it was spelled first.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        """By key, and by the spelling shown: most terms come as they were spelled first, and are found at once."""
        self._names: list[str] = []

    def __len__(self) -> int:
        return len(self._names)

    def id_of(self, text: str) -> int | None:
        """The number of a spelled term; None if it was never mentioned."""
        number = self._numbers.get(text)
        return self._numbers.get(key_of(text)) if number is None else number

    def intern(self, text: str) -> int:
        """The number of a spelled term, which it gets now if it has none."""
        number = self.id_of(text)
        if number is None:
            number = self._numbers[key_of(text)] = self._numbers[text] = len(self._names)
            self._names.append(text)
        return number

    def name(self, number: int) -> str:
        """The spelling first seen of a number given out."""
        return self._names[number]
