"""Wire shapes of the programme: what is planned, what is covered, what recurs."""
