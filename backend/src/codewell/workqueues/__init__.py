"""Work items: which episode stands where, why, due when, and who holds it."""
