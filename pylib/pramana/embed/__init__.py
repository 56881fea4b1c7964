"""Texts to vectors: the embedder in the box, a server's, a callable of one's own, and the check of what they return."""

from pramana.embed.callable import CallableEmbedder
from pramana.embed.http import HttpEmbedder
from pramana.embed.static import StaticEmbedder

__all__ = ["CallableEmbedder", "HttpEmbedder", "StaticEmbedder"]
