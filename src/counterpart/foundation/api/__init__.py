"""What both products' APIs share: tokens, problems, paging, versions, repeats, documentation.

Import the pieces from their modules; ``make_api`` and ``api_urls`` live in ``making``. Importing
django-ninja needs configured settings, so this package itself imports nothing.
"""
