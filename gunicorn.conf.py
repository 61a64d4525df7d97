"""What gunicorn asks of the portal; addresses and numbers are given on the command line."""

import gc

from ntm_portal.dashboard.charts.renderer import warm_up


def post_worker_init(worker) -> None:
    """In each worker process, after it forked and before its first request (`charts.renderer` says why)."""
    warm_up()
    # A snapshot is many small objects without a cycle: looking for cycles among them every 700 objects takes a tenth of
    # the time of a page that is not remembered.
    gc.set_threshold(20_000, 20, 50)
