"""The portal as a server of its own on a test database, which stops for good after a step of an approval.

`NTM_TEST_CONNECTION` says where the database is; the step is named by `NTM_TEST_STOP_AFTER`, and the file
`NTM_TEST_STOPPED` appears once it is reached. Served by gunicorn from `tests/reports/test_killed.py` alone.
"""

import json
import os
import time
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

settings.DEMO_DATE = date.fromisoformat(os.environ["NTM_TEST_TODAY"])
for configured in (connections.settings["default"], connections["default"].settings_dict):
    configured.update(json.loads(os.environ["NTM_TEST_CONNECTION"]))
application = get_wsgi_application()

from reports.actions import transitions  # noqa: E402, PLC0415 - needs the apps

STEP = os.environ["NTM_TEST_STOP_AFTER"]
_act = getattr(transitions, STEP)


def _act_and_stop(*args: object, **kwargs: object) -> None:
    _act(*args, **kwargs)
    Path(os.environ["NTM_TEST_STOPPED"]).touch()
    time.sleep(600)


setattr(transitions, STEP, _act_and_stop)
