"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_portal.settings.prod")

_django = get_wsgi_application()

from ntm_portal.api.gate import AnswersFromMemory  # noqa: E402  (needs the apps to be loaded)

application = AnswersFromMemory(_django)
