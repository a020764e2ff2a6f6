"""Conversations with branches, one file each, as data; words live in content."""
