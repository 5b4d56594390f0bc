"""Serve the preview: `python -m tests.theme.preview [port]` prints its address and runs until it is ended."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.theme.preview.settings"
django.setup()

from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402 - needs the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing: the tests read the browser's console instead."""


server = Server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), QuietHandler)
server.set_app(StaticFilesHandler(get_wsgi_application()))
sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
