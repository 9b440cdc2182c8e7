"""The pages in headless Chromium, by clicks, drags and keys; only loopback is reached."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from running import OCTETS, serving

import rigjit

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or ""
SHOTS = os.environ.get("RIGJIT_SCREENSHOTS")  # a folder, for those who want to look at them

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs chromium")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as api:
        made = api.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield made
        made.close()


@pytest.fixture
def page(browser):
    """A tab; what goes wrong in it fails the test."""
    tab = browser.new_page(viewport={"width": 1200, "height": 900})
    troubles = []
    tab.set_default_timeout(90_000)  # ms; a machine may have much else to do
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
    tab.expected = troubles
    yield tab
    tab.close()
    assert not troubles


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def wait(page, expression, arg=None):
    """Until it is true in the page. Playwright's own would need eval, which the policy forbids."""
    for _ in range(1200):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not in a minute: {expression}; {status(page)}")


def status(page):
    return page.locator("#status").inner_text()


def test_sliders_move_the_pose(page, server, rig):
    page.goto(f"{server.url}/")
    page.get_by_label("Rig", exact=True).select_option("hero")
    wait(page, "document.querySelector('#pose').textContent.includes('root')")
    shown = json.loads(page.locator("#pose").inner_text())
    rest = json.loads(rig.vec_to_json(rig.rest_vec))
    assert shown.keys() == rest.keys()
    page.get_by_text("root", exact=True).click()
    slider = page.get_by_label("translateX")
    before = json.loads(page.locator("#pose").inner_text())["root"]["translateX"]
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    wait(
        page,
        f"JSON.parse(document.querySelector('#pose').textContent).root.translateX !== {before}",
    )
    after = json.loads(page.locator("#pose").inner_text())["root"]["translateX"]
    assert 10 < after <= 26
    slider.focus()
    page.keyboard.press("End")
    wait(page, "JSON.parse(document.querySelector('#pose').textContent).root.translateX === 26")
    shoot(page, "sliders")
    page.get_by_role("button", name="Rest pose").click()
    wait(
        page,
        f"JSON.parse(document.querySelector('#pose').textContent).root.translateX === {before}",
    )


def test_names_are_text(page, server):
    """A controller is called <b>l_hand & "co"</b>."""
    page.goto(f"{server.url}/")
    page.get_by_label("Rig", exact=True).select_option("hero")
    summary = page.get_by_text('<b>l_hand & "co"</b>', exact=True)
    summary.click()
    assert page.locator("#channels b").count() == 0
    page.get_by_label("space").select_option("chest")
    wait(page, "document.querySelector('#pose').textContent.includes('\"space\": 1')")
    page.get_by_label("pinned").check()
    wait(page, "document.querySelector('#pose').textContent.includes('\"pinned\": true')")


def test_texts(page, server, rig):
    page.goto(f"{server.url}/")
    page.get_by_label("Rig", exact=True).select_option("hero")
    wait(page, "document.querySelector('#pose').textContent.includes('root')")
    page.get_by_role("button", name="Plan").click()
    wait(page, "document.querySelector('#text').textContent.length > 20")
    assert page.locator("#text").text_content() == rig.plan()
    page.get_by_role("button", name="Machine code").click()
    wait(page, "document.querySelector('#text').textContent.includes('ret')")


def test_live_frames_are_shown(page, server, rig, vecs):
    page.goto(f"{server.url}/")
    page.get_by_label("Rig", exact=True).select_option("hero")
    page.get_by_text("root", exact=True).click()
    page.get_by_label("show what comes live").check()
    vec = vecs[4]
    wanted = float(rig.vec_to_values(vec)[0])
    for _ in range(100):
        server.ask("POST", "/rigs/hero/live", vec.tobytes(), {"Content-Type": OCTETS})
        page.wait_for_timeout(50)
        if "live frames" in status(page):
            break
    assert float(page.get_by_label("translateX").input_value()) == pytest.approx(wanted, abs=1e-3)
    page.get_by_label("show what comes live").uncheck()


def test_a_token_is_asked_for(page, tmp_path, spec_path):
    (tmp_path / "token").write_text("some-token")
    with serving(tmp_path, spec_path, "--token-file", tmp_path / "token") as server:
        page.goto(f"{server.url}/")
        page.get_by_label("Token of this server").fill("some-token")
        page.get_by_role("button", name="Use").click()
        wait(page, "document.querySelector('#pose').textContent.includes('root')")
        # The browser itself tells of the first request, which was refused.
        assert all("401" in each for each in page.expected)
        page.expected.clear()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo with an untrained network: what a page does is not a matter of what it predicts."""
    tmp_path = tmp_path_factory.mktemp("demo")
    folder = ROOT / "configs" / "sketch"
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import demo; demo.main()"
    model = tmp_path / "sketch.onnx"
    sys.path.insert(0, str(folder))
    try:
        from train import GRID, Network, save

        rig = rigjit.load(folder / "sketch.yaml")
        rng = np.random.default_rng(1)
        save(Network((GRID * GRID, 8, rig.vec_size), rig.rest_vec, rng), rig, model)
    finally:
        sys.path.remove(str(folder))
    with serving(tmp_path, "--model", model, code=code) as running:
        yield running


def picture(page, name):
    return page.evaluate(f"document.querySelector('#{name}').toDataURL()")


def test_a_dragged_joint_moves_the_pose(page, demo):
    page.goto(f"{demo.url}/sketch/")
    wait(page, "document.querySelector('#status').textContent.includes('predicted')")
    before = picture(page, "sketch"), picture(page, "predicted")
    box = page.locator("#sketch").bounding_box()
    # The left wrist in the rest pose, see figure.py.
    x = box["x"] + (0.66 / 2.4 + 0.5) * box["width"]
    y = box["y"] + ((0.95 - 1.31) / 2.4 + 0.5) * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y - 120, steps=12)
    page.mouse.up()
    wait(page, "old => document.querySelector('#predicted').toDataURL() !== old", arg=before[1])
    assert page.get_by_label("Joint for the arrow keys").input_value() == "wrist.L"
    assert picture(page, "sketch") != before[0]
    shoot(page, "drag")


def test_keys_move_a_joint(page, demo):
    page.goto(f"{demo.url}/sketch/")
    wait(page, "document.querySelector('#status').textContent.includes('predicted')")
    page.get_by_label("Joint for the arrow keys").select_option("knee.R")
    before = picture(page, "predicted")
    page.locator("#sketch").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    wait(page, "old => document.querySelector('#predicted').toDataURL() !== old", arg=before)
    page.get_by_label("Look from the side").focus()
    seen = picture(page, "predicted")
    page.keyboard.press("End")
    assert picture(page, "predicted") != seen


def test_strokes_and_sliders(page, demo):
    page.goto(f"{demo.url}/sketch/")
    wait(page, "document.querySelector('#status').textContent.includes('predicted')")
    page.get_by_label("draw strokes").check()
    box = page.locator("#sketch").bounding_box()
    before = picture(page, "predicted")
    for x0, y0, x1, y1 in [(0.5, 0.1, 0.5, 0.5), (0.2, 0.2, 0.8, 0.25), (0.5, 0.5, 0.4, 0.9)]:
        page.mouse.move(box["x"] + x0 * box["width"], box["y"] + y0 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + x1 * box["width"], box["y"] + y1 * box["height"], steps=8)
        page.mouse.up()
    wait(page, "old => document.querySelector('#predicted').toDataURL() !== old", arg=before)
    page.get_by_text("forearm_fk.L", exact=True).click()
    seen = picture(page, "predicted")
    page.get_by_label("rotateX").focus()
    page.keyboard.press("End")
    wait(page, "old => document.querySelector('#predicted').toDataURL() !== old", arg=seen)
    shoot(page, "strokes")


def test_pages_reach_nothing_else(page, demo):
    """Not by accident either: the policy says so."""
    answer = page.goto(f"{demo.url}/sketch/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    blocked = page.evaluate("fetch('https://example.com/').then(() => false, () => true)")
    assert blocked
    page.expected.clear()
