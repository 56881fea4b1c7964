"""Where records live: memory, SQLite or IndexedDB behind `ports.RecordStore`, and the writer in front of them.

Nothing is imported here: a page has no threads for `sqlite`, and CPython has no IndexedDB.
"""
