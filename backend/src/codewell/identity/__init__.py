"""Trusts, people, roles, sign-ins and API clients."""
