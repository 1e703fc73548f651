"""Coding standards as data, and the engine that checks an episode's codes against them."""
