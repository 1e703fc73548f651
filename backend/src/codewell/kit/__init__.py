"""Small tools that know no NHS word."""
