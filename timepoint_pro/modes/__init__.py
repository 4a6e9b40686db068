"""The five modes of time (M17), and what each is made of. ``base`` has the contract and ``catalogue`` the list.

    ===========  =============================================================================
    forward      nothing of its own
    portal       portal_search, paths, exploration, probing, portal_layout, portal_revision, outcome
    branching    nothing of its own
    cyclical     layers, wheel, rounds, carrying, prophecy, loops
    directorial  acts, audience, irony, stagecraft
    ===========  =============================================================================

All of them plan from a ``scenario`` (what a template and the world give a planner), set the ``clock``, guard each
``premise``, turn a proposal into a moment by ``staging`` (``steering`` where they want it their way), and look at how
scenes ended (``settlements``) and what instruments show (``readings``). ``frames`` says where a moment stands, for the
tables.
"""
