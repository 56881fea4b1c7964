"""The composition root: what runs where is chosen in this package, and only here."""

from pramana.app.memory import Pramana
from pramana.app.opening import destroy, open, open_with_seat
from pramana.app.version import VERSION

__all__ = ["VERSION", "Pramana", "destroy", "open", "open_with_seat"]
