"""The rules of `python -m bot check`, by kind; each is one function that gives its problems.

A rule takes what `given` describes. Its name is that of its case in `tests/broken_content/`.
"""
