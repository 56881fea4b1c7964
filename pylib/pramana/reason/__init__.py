"""Questions over memories and knowledge: how they are understood, answered, and answered again."""
