"""The least that Django does for a request: settings and URLs of a studio that answers 204 to everything."""

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

SECRET_KEY = "of a benchmark"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.linking.bare"
MIDDLEWARE: list[str] = []


def nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


urlpatterns = [re_path("", nothing)]


def application() -> WSGIHandler:
    django.setup()
    return WSGIHandler()
