"""What models are asked: a prompt is structured context first (``..._views``) and words second (``..._text``).

``dialog`` is a turn (``dialog_terse`` below the full level, ``recollection`` above it, ``dialog_size`` its length),
``planning`` what comes next or before, ``population`` a person, ``drafting`` a template. ``base`` has the type,
``actions`` the purposes, ``snapshot`` the form in which a turn's context is stored; ``wording`` and ``relative_time``
are shared.
"""
