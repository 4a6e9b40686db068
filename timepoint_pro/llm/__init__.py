"""Language models: from a prompt to a checked answer that is kept and paid for. ``base`` has the contract of a backend.

On the way of a call: ``gateway`` (with ``cache``, ``ledger``, ``budget``, ``attempts``, and ``shared`` between runs),
``limiter``, then a backend: ``openai_compatible`` (``endpoints``, ``dialect``, ``chat_reply``), ``local``
(``local_files``, ``local_answers``) or ``scripted``, the built-in model. What comes back is judged by ``structured``,
and what is usable of it kept by ``salvage``.

Which model answers is the ``selector``'s choice (M18) from the ``registry`` (``model_entry``, ``registry_file``);
``routing`` puts it into effect. ``rehearsal`` plays a run with the built-in model in every place.
"""
