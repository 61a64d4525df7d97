"""What gunicorn asks of the portal; addresses and numbers are given on the command line."""

from ntm_portal.dashboard.charts.renderer import warm_up


def post_worker_init(worker) -> None:
    """In each worker process, after it forked and before its first request (`charts.renderer` says why)."""
    warm_up()
