"""The engine: the only caller of mechanisms. Begin with ``loop``; one moment in the making is a ``scene``.

What a run leaves is written by ``journal`` (in a database: ``stored_journal``) and made into tables by ``projection``.
``ahead``, ``branches`` and ``probing`` say which moments are played side by side, on which path, or for a trial only;
``forking`` and ``realising`` where a new run parts from another. ``parts`` tells what a run was made with, ``progress``
how far it is, ``threads`` how one plays without ``await``.
"""
