"""Pramana: memory and reasoning for agents that live in a web page.

import pramana

memory = await pramana.open("memory.db")
await memory.store(task_description="Implement a REST API", strategy="TDD", success_score=0.95)
hits = await memory.find_similar("Build an API endpoint")
"""

from pramana import proofs
from pramana.app import VERSION, Pramana, destroy, open
from pramana.bank.ranking import Ranking
from pramana.embed import CallableEmbedder, HttpEmbedder
from pramana.errors import PramanaError
from pramana.records import Hit, Page, Pattern

__all__ = [
    "CallableEmbedder",
    "Hit",
    "HttpEmbedder",
    "Page",
    "Pattern",
    "Pramana",
    "PramanaError",
    "Ranking",
    "__version__",
    "destroy",
    "open",
    "proofs",
]

__version__ = VERSION
