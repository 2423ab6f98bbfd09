"""A real Chromium, and a real service to look at."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from models.manifest import Field
from models.profile.document import PROFILE_NAME
from models.repository import Repository
from storage.local import LocalDisk
from tests.unit.serving.service_process import Service, starting

FIXTURES = Path(__file__).parents[1] / "fixtures" / "spark-3.5"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CITIES = tuple(f"city-{number}" for number in range(12))
FIELDS = (
    Field("age", "double", minimum=18, maximum=79.5, example=43.5, description="Age of the visitor, in years"),
    Field("spend", "double", minimum=0, maximum=512.75, example=120.0, description="Revenue of the last year"),
    Field("constant", "double", nullable=False, minimum=1, maximum=40, example=7.0, description="Pages seen by now"),
    Field(
        "channel",
        "string",
        categories=("organic", "paid", "partner"),
        example="paid",
        description="How the session began",
    ),
    Field("city", "string", categories=CITIES, example="city-3", description="City of the visitor"),
)
MORE_FIELDS = (*FIELDS, Field("device", "string", categories=("desktop", "phone"), example="phone"))


def publish(root, case="forest-categorical", inputs=FIELDS, *, breaking=False, profile=None, **manifest):
    metrics = {"accuracy": 0.8312, "accuracy of the majority": 0.5233, "f1.buy": 0.612}
    manifest = {"metrics": metrics, "aliases": ["champion"]} | manifest
    with Repository(LocalDisk(durable=False), str(root)).stage("funnel") as staging:
        shutil.copytree(FIXTURES / case / "model", staging.model_path)
        if breaking:
            shutil.rmtree(Path(staging.model_path) / "stages")
        if profile:
            staging.add(PROFILE_NAME, profile.to_json().encode())
        return staging.publish(
            inputs=inputs,
            classes=("leave", "browse", "buy"),
            description="How a session of the web shop will end, from what is known after its first clicks.",
            target="the session's end",
            **manifest,
        ).version


@pytest.fixture
def root(tmp_path):
    return tmp_path / "models"


@pytest.fixture(name="publish")
def _publish(root):
    """Publishes the next version: ``more`` with one input more, ``breaking`` with a model that cannot be read."""

    def publish_next(case="forest-categorical", *, more=False, inputs=None, **manifest):
        return publish(root, case, inputs or (MORE_FIELDS if more else FIELDS), **manifest)

    return publish_next


@pytest.fixture
def start(root, tmp_path):
    with starting(root, tmp_path) as start:
        yield start


@pytest.fixture(scope="session")
def steady(tmp_path_factory):
    """The address of a service with one version, for tests that only look."""
    folder = tmp_path_factory.mktemp("steady")
    publish(folder / "models")
    service = Service(folder / "models", folder)
    yield service.url
    service.stop()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield running
        running.close()


@pytest.fixture
def open_page(browser):
    """Opens an address; at the end nothing may have been written to the console or asked from elsewhere."""
    contexts, noise, allowed = [], [], []

    def open_page(url, width=1400, height=1000, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: noise.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: noise.append(str(error)))
        origin = "/".join(url.split("/")[:3]) + "/"
        page.on("request", lambda request: noise.append(request.url) if not request.url.startswith(origin) else None)
        page.goto(url)
        return page

    open_page.allowed = allowed
    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in noise if not any(part in text for part in allowed)] == []


@pytest.fixture
def screenshot():
    """Keeps a picture where HOWDAH_SCREENSHOTS says; nowhere by default."""
    folder = os.environ.get("HOWDAH_SCREENSHOTS")

    def keep(page, name, **options):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", **options)

    return keep
