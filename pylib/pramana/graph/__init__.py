"""Facts, rules and what follows from them; nothing is imported here."""
