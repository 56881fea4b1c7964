"""Tests that run inside Pyodide: in browsers by pytest-pyodide, in bulk on Node."""
