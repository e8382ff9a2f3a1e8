"""Entry point for the web server (granian --interface wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpart.sites.accounting.settings")

application = get_wsgi_application()
