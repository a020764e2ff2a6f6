"""Everything that reads `content/`, and what turns it into words.

Read in this order: `problems` (how faults are told), `markup` (styled text), `modules` and `graph`
(Markdown to a flow), `catalogue`, `data` and `helplines`, `bundle` (all of it), `render`.
For authors: `check` with its `rules/`, on what `said` and `styles` know; `draw`, `new_module`.
"""
