"""Settings of the documentation site: ``python -m sphinx -W docs site`` (extra ``[docs]``)."""

from __future__ import annotations

from timepoint_pro import __version__

project = "Timepoint Pro"
release = version = __version__
author = "Timepoint Pro contributors"
project_copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"Timepoint Pro {version}"
html_show_copyright = False
html_show_sphinx = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
# Blocks with a title are files of an example; their first word is the language all the same.
suppress_warnings = ["misc.highlighting_failure"]
