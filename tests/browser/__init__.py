"""Tests in real browsers: of the sources' storage and messages, and of the built site."""
