"""The page of a rig with hostile names, driven in a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import specs

import rigjit

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("no chromium", allow_module_level=True)

KINDS = ("spec", "inputs", "ir", "asm", "bytes")


def make_page(program: Path, folder: Path, *options: object) -> Path:
    (folder / "hero.yaml").write_text(specs.EVERYTHING)
    page = folder / "hero.html"
    command = [program, "explain", folder / "hero.yaml", "-o", page, *options]
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)
    return page


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as tool:
        made = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def rig() -> rigjit.Rig:
    return rigjit.loads(specs.EVERYTHING)


@pytest.fixture
def open_page(browser, rigjit_program: Path, tmp_path: Path, rig: rigjit.Rig):
    """A page, and what goes wrong in it."""
    vecs = np.random.default_rng(3).uniform(-1, 1, (5, rig.vec_size)).astype(np.float32)
    rigjit.clips.save_vectors(tmp_path / "frames.safetensors", rig, vecs)
    path = make_page(
        rigjit_program, tmp_path, "--vectors", tmp_path / "frames.safetensors", "--profile"
    )
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.on("request", lambda request: problems.append(request.url))
    page.goto(path.as_uri())
    problems.remove(path.as_uri())
    yield page, vecs
    assert problems == []
    page.close()


def shown_message(page) -> bytes:
    return bytes.fromhex("".join(page.locator("#bytes code").all_text_contents()).replace(" ", ""))


def paste(page, vec: np.ndarray) -> None:
    page.click("#paste")
    page.fill("#pasted", " ".join(repr(float(x)) for x in vec))
    page.click("#take")


def test_bytes_are_the_kernels(open_page, rig: rigjit.Rig):
    page, vecs = open_page
    assert shown_message(page) == rig.vec_to_rig(rig.rest_vec)
    good = [vec for vec in vecs if rig.vec_to_rig_batch(vec[None], errors="mask")[1][0]]
    assert good
    for vec in good:
        paste(page, vec)
        assert shown_message(page) == rig.vec_to_rig(vec)
    page.select_option("#frames", "2")
    made, is_good = rig.vec_to_rig_batch(vecs[2:3], errors="mask")
    if is_good[0]:
        assert shown_message(page) == made[0].tobytes()
    page.click("#rest")
    assert shown_message(page) == rig.vec_to_rig(rig.rest_vec)


def test_evaluator_agrees_with_the_kernel_to_the_last_bit(open_page, rig: rigjit.Rig):
    page, _ = open_page
    rng = np.random.default_rng(9)
    vecs = rng.uniform(-1.5, 1.5, (300, rig.vec_size)).astype(np.float32)
    vecs[:50] *= np.float32(10) ** rng.uniform(-30, 18, (50, 1)).astype(np.float32)
    vecs[50:80] = np.round(vecs[50:80])
    values, good = rig.vec_to_values_batch(vecs, errors="mask")
    results = page.evaluate(
        """(vecs) => vecs.map((vec) => {
             const {values, bad} = evaluator.run(Float32Array.from(vec));
             return [bad.length === 0, Array.from(new Uint32Array(values.buffer))];
           })""",
        vecs.astype(float).tolist(),
    )
    assert [is_good for is_good, _ in results] == good.tolist()
    assert good.sum() > 50
    for (is_good, bits), row in zip(results, values, strict=True):
        if is_good:
            assert bits == row.view(np.uint32).tolist()


def test_a_slider_moves_its_value_alone(open_page, rig: rigjit.Rig):
    page, _ = open_page
    page.fill("#vec0", "0.5")
    vec = rig.rest_vec
    vec[0] = 0.5
    assert shown_message(page) == rig.vec_to_rig(vec)
    piece = page.locator("#bytes .value").first
    assert piece.locator("small").inner_text() == "12.5"


def test_what_is_pointed_at_is_lit_everywhere(open_page):
    page, _ = open_page
    page.locator("#list li.child", has_text="FK_roll").hover()
    for kind in KINDS:
        assert page.locator(f"#{kind} .hit").count() > 0, kind
    assert any("FK_roll" in text for text in page.locator("#spec .hit").all_text_contents())
    assert any("0.375" in text for text in page.locator("#ir .hit").all_text_contents())
    texts = page.locator("#bytes .hit").all_text_contents()
    assert len(texts) < 6
    assert any("FK_roll" in text for text in texts)


def test_clicks_and_keys_keep_and_let_go(open_page):
    page, _ = open_page
    page.locator("#list li", has_text="l_elbow_CTRL").first.click()
    lit = page.locator(".hit").count()
    page.locator("#spec span[data-line]").first.hover()
    assert page.locator(".hit").count() == lit > 0
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("quaternion")
    shown = page.locator("#list li.shown").all_text_contents()
    assert shown == ["quaternionW", "quaternionX", "quaternionY", "quaternionZ"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#list li[aria-selected=true]").inner_text() == "quaternionW"
    assert page.locator("#asm .hit").count() > 0
    assert page.locator("#asm .hit").first.is_visible()


def test_a_bad_vector_and_a_wrong_paste_are_told(open_page, rig: rigjit.Rig):
    page, _ = open_page
    vec = rig.rest_vec
    vec[3:9] = 0
    paste(page, vec)
    assert "x_main_CTRL.rotateX" in page.locator("#bad").inner_text()
    page.click("#paste")
    page.fill("#pasted", "1 2 three")
    page.click("#take")
    assert "three" in page.locator("#pasteproblem").inner_text()


def test_names_are_text_whatever_they_are(open_page):
    page, _ = open_page
    assert page.locator("#list b").count() == 0
    assert page.locator("#list li", has_text="</script><b>é 右手").count() == 1
    assert page.title() == "every thing"


def test_the_profile_is_a_chart_and_a_table(open_page):
    page, _ = open_page
    assert page.locator("#profile .bar").count() > 3
    page.click("#profile summary")
    shares = page.locator("#profile tr td:last-child").all_text_contents()
    assert 99 < sum(float(share.removesuffix(" %")) for share in shares) < 101


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots(open_page, scheme: str, tmp_path: Path):
    """Kept where RIGJIT_SCREENSHOTS says, for people to look at."""
    page, _ = open_page
    page.emulate_media(color_scheme=scheme)
    page.locator("#list li", has_text="l_elbow_CTRL").first.click()
    folder = Path(os.environ.get("RIGJIT_SCREENSHOTS", tmp_path))
    page.screenshot(path=folder / f"explain-{scheme}.png")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (scheme == "light")


def test_a_large_rig_stays_small(rigjit_program: Path, tmp_path: Path):
    lines = ["rigjit: 1", "controllers:"]
    for i in range(200):
        lines.append(f"  - name: c{i}_CTRL")
        lines.append("    transformations:")
        lines.append("      - translation: {axes: xyz, scale: 25}")
        lines.append("      - rotation3d: {}")
        lines.append("      - scale: {axes: xyz, scale: 0.9, center: 1}")
    (tmp_path / "large.yaml").write_text("\n".join(lines))
    page = tmp_path / "large.html"
    subprocess.run(
        [str(rigjit_program), "explain", str(tmp_path / "large.yaml"), "-o", str(page)], check=True
    )
    assert page.stat().st_size < 3_000_000


def test_profile_covers_all_channels(rig: rigjit.Rig):
    profile = rig.profile(rig.rest_vec)
    assert profile["call_ns"] > 0
    assert sum(part["share"] for part in profile["parts"]) == pytest.approx(1)
    known = {tuple(channel) for part in profile["parts"] for channel in part["channels"]}
    assert known >= {("head", "quaternionW"), ("l_elbow_CTRL", "rotateY")}
    with pytest.raises(rigjit.RigError):
        rig.profile(rig.rest_vec, program="vector")
