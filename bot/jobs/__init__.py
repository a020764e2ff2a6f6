"""What happens later: one ticker over the rows that are due."""
