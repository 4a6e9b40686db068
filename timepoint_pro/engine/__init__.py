"""The engine: the only caller of mechanisms. Begin with ``loop``.

What a moment adds to the log is an ``open_chunk`` until it is committed: by ``journal``, in a database
``stored_journal``; tables are made from it by ``projection``. ``ahead``, ``branches`` and ``probing`` say which moments
are played side by side, on which path, or for a trial only; ``forking`` and ``realising`` where a new run parts from
another. ``parts`` tells what a run was made with, ``progress`` how far it is, ``threads`` how one plays without
``await``.
"""
