"""The app as people use it: by mouse, by keyboard alone, without a script, on a narrow screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

PAGES = (
    "/matrix",
    "/pair?a=NOR&b=ISL&by=year",
    "/pair/wants?a=SWE&b=NOR",
    "/pair/signals?a=SWE&b=ISL",
    "/watch",
    "/views",
    "/actor?actor=SWE",
    "/issue?issue=sanctions",
    "/happenings",
    "/search?q=sanctions",
    "/article?id=r3",
    "/live",
    "/data",
    "/method",
    "/matrix?actor=Ruritania",
    "/pair",
    "/actor",
    "/issue",
    "/enter",
    "/matrix?since=1801&until=1802",
    "/nowhere",
)
TEXT = (
    "Denmark visits\n\nDenmark's prime minister visited Norway on Tuesday. "
    "Denmark condemned the sanctions against Norway."
)


def test_from_the_matrix_to_the_sentence_by_mouse(page: Any) -> None:
    page.goto("/")
    page.locator(".matrix td a[title^='Iceland → Sweden']").click()
    assert "Iceland" in page.title()
    page.locator("#events .line a").first.click()
    page.wait_for_url("**/article?**")
    lit = page.locator(".card.lit")
    assert lit.count() == 1 and page.locator(".m.lit").count() >= 1
    assert lit.bounding_box()["y"] < 900


def test_from_the_matrix_to_the_sentence_by_keyboard(page: Any) -> None:
    page.goto("/matrix")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"

    def go(wanted: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({wanted!r})"):
                return
        raise AssertionError(f"no {wanted} is reached by the keyboard")

    go(".matrix td a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pair?**")
    go("#events .line a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article?**")
    go(".m")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('card')")


def test_a_view_is_kept_found_again_and_forgotten_by_keyboard_alone(page: Any) -> None:
    page.goto("/matrix?measure=events&actor=NOR&actor=ISL")

    def go(wanted: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({wanted!r})"):
                return
        raise AssertionError(f"no {wanted} is reached by the keyboard")

    go(".keep summary")
    page.keyboard.press("Enter")
    go(".keep input[name=name]")
    page.keyboard.type("North Sea, counted")
    page.keyboard.press("Enter")
    page.wait_for_url("**/views")
    assert page.locator("th a", has_text="North Sea, counted").count() == 1
    page.goto("/matrix")
    go(".kept a")
    assert page.evaluate("document.activeElement.textContent") == "North Sea, counted"
    page.keyboard.press("Enter")
    page.wait_for_url("**measure=events**")
    assert page.locator("figcaption b").inner_text().lower().startswith("events")
    page.goto("/views")
    go("button")
    page.keyboard.press("Enter")
    page.get_by_text("None yet").wait_for()
    page.goto("/matrix")
    assert page.locator(".kept").count() == 0


def test_a_page_seen_before_comes_from_the_browser(page: Any) -> None:
    page.goto("/matrix?measure=net")
    page.goto("/matrix?measure=net")
    with page.expect_response("**/matrix?measure=net") as coming:
        page.goto("/matrix?measure=net")
    assert coming.value.status in (200, 304) and page.locator(".matrix td a").count() > 0


def test_a_kept_form_of_a_page_seen_before_still_works(page: Any) -> None:
    for _ in range(3):
        page.goto("/pair?a=NOR&b=ISL&by=year")
    page.locator(".keep summary").click()
    page.get_by_label("Its name").fill("Seen before")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.wait_for_url("**/views")
    page.get_by_role("button", name="Forget Seen before").click()
    page.get_by_text("None yet").wait_for()


def test_choosing_a_measure_changes_the_table_and_the_address(page: Any) -> None:
    page.goto("/matrix")
    page.get_by_label("Measure").select_option("events")
    page.wait_for_url("**measure=events**")
    assert page.locator("figcaption b").inner_text().lower().startswith("events")
    page.go_back()
    page.wait_for_url(lambda url: "events" not in url)
    page.locator("figcaption b", has_text="score").wait_for()
    assert "score" in page.locator("figcaption b").inner_text().lower()


def test_a_mark_shows_all_its_records_and_the_way_back(page: Any) -> None:
    page.goto("/article?id=r3")
    mark = page.locator(".m[data-keys*=' ']").first
    keys = mark.get_attribute("data-keys").split()
    mark.click()
    assert page.locator(".card.lit").count() == len(keys)
    assert page.evaluate("location.hash") == f"#{keys[0]}"
    mark.click()
    assert page.evaluate("location.hash") == f"#{keys[1]}"
    page.locator(f"#{keys[1]} .number").click()
    assert page.locator(".m.lit").first.bounding_box()["y"] < 900


def test_a_correction_is_kept_and_seen_by_the_next_who_looks(page: Any) -> None:
    page.goto("/article?id=r5")
    card = page.locator(".card.c-event").first
    card.locator("summary").click()
    assert not card.get_by_label("What is wrong").is_visible()
    card.get_by_label("Wrong", exact=True).check()
    card.get_by_label("What is wrong").select_option("type")
    card.get_by_label("What it should be").fill("AID")
    card.get_by_label("Your name").fill("Ada")
    card.get_by_role("button").click()
    page.locator(".verdict").wait_for()
    assert "Ada" in page.locator(".verdict").inner_text()
    page.reload()
    assert "the type" in page.locator(".verdict").first.inner_text()


def test_a_correction_that_cannot_be_says_why(page: Any) -> None:
    page.expected.append("400")
    page.goto("/article?id=r4")
    card = page.locator(".card.c-event").first
    card.locator("summary").click()
    card.get_by_label("Wrong", exact=True).check()
    card.get_by_label("What is wrong").select_option("type")
    card.get_by_label("What it should be").fill("LOVE")
    card.get_by_role("button").click()
    page.locator(".trouble").wait_for()
    assert "LOVE" in page.locator(".trouble").inner_text()


def test_a_pasted_page_is_coded_and_marked(page: Any) -> None:
    page.goto("/live")
    page.get_by_label("The article").fill(TEXT)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/live?coded=**", timeout=90_000)
    assert page.locator(".k-event").count() >= 1
    assert page.locator(".judge").count() == 0
    page.get_by_role("button", name="Keep it in the store").click()
    page.wait_for_url("**/article?id=**")


def test_a_hostile_page_is_only_ever_words(page: Any) -> None:
    page.goto("/live")
    bad = "<img src=x onerror=alert(1)><script>document.title='taken'</script>"
    page.get_by_label("The article").fill(f"Denmark {bad}\n\nDenmark visited Norway on Tuesday, said {bad} of Denmark.")
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/live?coded=**", timeout=90_000)
    assert "taken" not in page.title() or "script" in page.title()
    assert page.locator("article img").count() == 0


def test_a_chart_can_be_looked_into(page: Any) -> None:
    page.expected.append("WARN")  # Vega-Lite talks while it compiles
    page.goto("/pair?a=SWE&b=ISL&by=year")
    page.locator("[data-chart]").click()
    page.locator(".explored svg").wait_for(timeout=60_000)


def test_names_are_suggested(page: Any) -> None:
    page.goto("/pair")
    page.get_by_label("The other").focus()
    page.locator("#actors option").nth(100).wait_for(state="attached")


def test_files_are_what_the_table_shows(page: Any, tmp_path: Path) -> None:
    page.goto("/matrix?measure=events")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV").click()
    coming.value.save_as(tmp_path / "matrix.csv")
    lines = (tmp_path / "matrix.csv").read_text("utf-8").splitlines()
    assert len(lines) - 1 == page.locator(".matrix td a").count()


def test_pages_work_without_a_script(chromium: Any, address: str) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/matrix")
    page.get_by_label("Measure").select_option("events")
    page.get_by_role("button", name="Show").click()
    assert "measure=events" in page.url
    page.locator(".matrix td a[title^='Iceland → Sweden']").click()
    page.locator("#events .line a").first.click()
    mark = page.locator(".m").first
    wanted = mark.get_attribute("href")
    mark.click()
    assert page.url.endswith(wanted)
    card = page.locator(".card.c-event").first
    card.locator("summary").click()
    card.get_by_label("Right", exact=True).check()
    card.get_by_role("button").click()
    assert "Right" in page.locator(".verdict").first.inner_text()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_fault(page: Any, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.expected += ["400", "404"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["help"], [node["html"][:120] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert not serious, (scheme, serious)


@pytest.mark.parametrize("path", PAGES)
def test_narrow_screens_need_no_scrolling_sideways(page: Any, path: str) -> None:
    page.expected += ["400", "404"]
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
