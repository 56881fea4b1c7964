"""Knowledge packs: sets of facts and rules from elsewhere, in the formats they come in."""
