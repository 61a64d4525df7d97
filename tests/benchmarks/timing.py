"""How long the server worked on an answer."""

import time


class ServerTimingMiddleware:
    """Outermost middleware: everything Django does is inside."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        response = self.get_response(request)
        response["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.2f}"
        return response
