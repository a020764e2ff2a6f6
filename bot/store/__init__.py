"""What is kept, and the questions asked of it by name. Synchronous; one unit is one transaction.

Read in this order: `tables` (what is kept), `encryption` (how it is sealed), `database` (one unit
of work), `people`, `chats` and `sight` (one chat, and what its role may see), `erasure`, `cases`
(everything that is done in a case), `goals` and `progress`, `dues` (what happens later), `outbox`
and `updates` (what comes and goes), `journal`.
"""
