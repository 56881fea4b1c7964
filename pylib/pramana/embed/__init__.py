"""Texts to vectors: the embedder in the box, a callable of one's own, and the check of what they return."""

from pramana.embed.callable import CallableEmbedder
from pramana.embed.static import StaticEmbedder

__all__ = ["CallableEmbedder", "StaticEmbedder"]
