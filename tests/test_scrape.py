"""The scrape cleaner: furniture goes and is listed, words of the article stay. All people here are invented."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.read import furniture, published, scrape
from dragoman.read.lines import lines, plain, tidy

SCRAPES = sorted((Path(__file__).parent / "scrapes").glob("*.txt"))
BODY = [
    "Norway and Chile will open talks on fishing rights in the southern ocean next month, the two foreign ministries "
    "said in a joint statement on Monday.",
    "The talks follow a dispute over quotas that began when Chilean inspectors held a Norwegian trawler for nine days.",
    "“We have chosen the table and not the court,” said Ingrid Solvang, the Norwegian minister of fisheries.",
    "Her Chilean colleague, Tomás Arriagada, called the decision a step that both coasts had long hoped for.",
    "A first round is planned in Valparaíso; a second, in Bergen, would follow in the autumn.",
]
TITLE = "Norway and Chile to open talks on fishing rights"


class Marked(NamedTuple):
    """A scrape, and what should become of each of its lines."""

    page: str
    title: str | None
    published: str | None
    paragraphs: list[str]
    furniture: list[str]


def marked(path: Path) -> Marked:
    """The scrape in a file whose lines are marked (see the README beside it)."""
    page: list[str] = []
    title = published = None
    paragraphs: list[str] = []
    gone: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, text = line[:1], line[2:]
        if mark in ("T", "+", "~", "-", ""):
            page.append(text)
        if mark == "@":
            published = text
        elif mark == "T":
            title = text
        elif mark == "+":
            paragraphs.append(text)
        elif mark == "~":
            paragraphs[-1] += " " + text
        elif mark == "-":
            gone.append(text)
        elif mark == "=":
            page[-1] += " " + text
            gone.append(text)
    return Marked("\n".join(page), title, published, paragraphs, gone)


def reasons(cleaned: scrape.Cleaned) -> dict[str, str]:
    return {item.text: item.reason for item in cleaned.dropped}


def test_furniture_around_an_article_is_dropped_with_reasons() -> None:
    page = "\n\n".join(
        [
            "Home\nWorld\nBusiness\nSport",
            TITLE,
            "By Lena Hartwig",
            "Published: 14 May 2019, 10:40 GMT",
            "Share Button",
            *BODY[:2],
            "Related: Fishing fleets count the cost of a cold spring",
            *BODY[2:],
            "Follow us on Facebook and Twitter",
            "Leave a Reply",
            "Your email address will not be published. Required fields are marked *",
        ]
    )
    cleaned = scrape.clean(page)
    assert cleaned.title == TITLE
    assert list(cleaned.paragraphs) == BODY
    assert cleaned.author == "Lena Hartwig"
    assert cleaned.published is not None
    assert (cleaned.published.start, cleaned.published.source) == ("2019-05-14", "text")
    why = reasons(cleaned)
    assert why["Share Button"] == "share box"
    assert why["Leave a Reply"] == "comment box"
    assert why["Related: Fishing fleets count the cost of a cold spring"] == "link to another article"
    assert why["By Lena Hartwig"] == "byline"


@pytest.mark.parametrize("path", SCRAPES, ids=lambda path: path.stem)
def test_scrapes_of_many_presses(path: Path) -> None:
    wanted = marked(path)
    cleaned = scrape.clean(wanted.page)
    assert cleaned.title == wanted.title
    assert list(cleaned.paragraphs) == wanted.paragraphs
    assert (cleaned.published.start if cleaned.published else None) == wanted.published
    listed = " ".join(item.text for item in cleaned.dropped)
    assert [line for line in wanted.furniture if line not in listed and line not in (wanted.title or "")] == []
    assert all(item.reason for item in cleaned.dropped)


@pytest.mark.parametrize(
    "line",
    [
        "Share this article",
        "Click to share on Facebook (Opens in new window)",
        "3 Comments",
        "We use cookies to improve your experience on this site.",
        "Read more: Ministers quarrel over the price of cod",
        "You may also like",
        "ADVERTISEMENT",
        "Photo: Harbour Press / Getty Images",
        "Sign up for our newsletter and get the news in your inbox every morning.",
        "© 2019 Harbour Press. All rights reserved.",
        "Continue reading",
        "Tags: fishing, Norway, Chile, quotas",
        "(Reporting by Lena Hartwig; editing by Paul Orme)",
        "Skip to main content",
        "Subscribe to our newsletter",
        "2 of 5 A trawler leaves the harbour at dawn.",
        "Minister Solvang walks along the quay on Monday. HARBOUR / L. Hartwig",
        "The trawler is displayed on a stamp. Reuters",
        "Follow Lena Hartwig on Twitter and Instagram.",
        "Found a mistake? Select it and press Ctrl+Enter",
        "What do you think? Leave a comment below.",
        "Home > World > Europe > Norway",
        "Put heart (17)",
        "(hp/lh)",
        "- END -",
    ],
)
def test_one_line_of_furniture_in_the_middle_or_at_the_end(line: str) -> None:
    for place in (2, len(BODY)):
        parts = [TITLE, *BODY[:place], line, *BODY[place:]]
        cleaned = scrape.clean("\n\n".join(parts))
        assert list(cleaned.paragraphs) == BODY
        assert line in reasons(cleaned)


@pytest.mark.parametrize(
    "sentence",
    [
        "Share prices in Oslo fell after the minister spoke of new quotas.",
        "Related talks on cod will be held in Reykjavik, the ministry said.",
        "More from the northern fleet will be needed, the admiral told lawmakers.",
        "Hosted by Qatar, the talks ended on Friday without a text.",
        "The two sides agree to the terms of the ceasefire, the mediator said.",
        "Moldova wants to become a member of the union by 2030.",
        "The aircraft entered the zone without permission, the staff said.",
        "Terms of the deal were not disclosed.",
        "Inspectors had unlimited access to the site, the agency reported.",
        "Credit for the agreement belongs to the mediators, he added.",
        "The move does not constitute recognition, the spokeswoman said.",
        "The envoy arrived two days ago and will leave on Sunday.",
        "“Share the burden, or share the blame,” the envoy said.",
        "The regulator blocked Facebook, Twitter and Instagram on Monday.",
        "Published by the ministry on Friday, the report names eleven firms.",
        "With assistance from Iran, the militia rebuilt its stores.",
        "Home Secretary Ottoline Marsh met her French colleague in Calais on Monday.",
        "Minority rights are protected by the constitution, the envoy said.",
        "Chile does not bear responsibility for the collision, the ministry said.",
        "Journalists may not enter the zone, the junta announced.",
        "No part of the island will be ceded, the premier told parliament.",
        "Flights over the strait are allowed only with the permission of the ministry.",
        "A deal can be reached at the summit in Geneva, he said.",
        "Full or partial withdrawal is not on the table, the general said.",
        "This release is a gesture of good will, the foreign ministry said.",
        "Moldova hopes to become a member of our alliance, the secretary general said.",
        "High-resolution images show new trenches along the border.",
        "The remark does not represent the views of the government, the spokesman said.",
        "More than sixty countries have agreed to sign up for the plan.",
        "Under the House rules the treaty needs two readings.",
        "Unauthorized use of force will be answered, the alliance said.",
        "The text continues the line of the earlier resolution, diplomats said.",
        "The rest of the text was agreed in the night.",
        "You may also remember that Chile asked first, the envoy told reporters.",
        "We are in talks with both sides, the mediator said.",
        "Tell us what happened in Geneva.",
        "C-17 aircraft brought tents to the island on Thursday.",
        "About the ministry's plans he said little.",
        "The firm broke its own terms of use, the regulator in Oslo found after a year.",
        "Norway thanked Chile.",
        "Like Facebook, Twitter closed the accounts of the two envoys.",
        "“Never again.”",
        "He refused.",
    ],
)
def test_sentences_that_resemble_furniture_stay(sentence: str) -> None:
    for place in (1, 3, len(BODY)):
        parts = [*BODY[:place], sentence, *BODY[place:]]
        cleaned = scrape.clean("\n\n".join([TITLE, *parts]))
        assert list(cleaned.paragraphs) == parts


def test_a_report_that_ends_in_quotations_loses_nothing() -> None:
    end = [
        "“We will not sign,” he said.",
        "“Not this year, and not the next.”",
        "“Ask me again when the ice has gone.”",
    ]
    cleaned = scrape.clean("\n".join([TITLE, "", *BODY, *end]))
    assert list(cleaned.paragraphs) == [*BODY, *end]
    assert not cleaned.dropped


def test_wire_copy_keeps_its_dateline() -> None:
    first = "GENEVA, 3 May (Harbour Press) - Norway and Chile resumed talks on Friday, diplomats said."
    cleaned = scrape.clean("\n".join(["Norway, Chile resume talks", "", first, *BODY[1:]]))
    assert cleaned.paragraphs[0] == first
    assert cleaned.title == "Norway, Chile resume talks"
    assert not cleaned.dropped


def test_a_dateline_on_its_own_line_is_joined_to_the_report() -> None:
    cleaned = scrape.clean("\n".join([TITLE, "", "OSLO (Harbour Press) —", *BODY]))
    assert cleaned.paragraphs[0] == f"OSLO (Harbour Press) — {BODY[0]}"


def test_a_ministry_release_comes_back_whole() -> None:
    release = [
        "The Minister for Foreign Affairs received the Ambassador of Chile on 6 May 2019.",
        "The two sides discussed the following points:",
        "fishing quotas in the southern ocean",
        "the return of the trawler Havbris",
        "a working group on inspections",
        "The Minister expressed her hope that the talks would begin without delay.",
    ]
    cleaned = scrape.clean("\n".join(["Minister receives Ambassador of Chile", "", *release]))
    assert list(cleaned.paragraphs) == release


@pytest.mark.parametrize(
    "text",
    [
        "Russia expelled two diplomats.",
        BODY[0],
        "Envoys from both capitals met for an hour. No statement was made.",
    ],
)
def test_very_short_texts_come_back_whole(text: str) -> None:
    cleaned = scrape.clean(text)
    assert cleaned.paragraphs == (text,)
    assert cleaned.title is None
    assert not cleaned.dropped
    assert cleaned.prose


def test_wrapped_lines_are_joined() -> None:
    wrapped = """Norway and Chile will open talks on fishing rights in the southern
ocean next month, the two foreign ministries said in a joint
statement on Monday.

The talks follow a dispute over quotas that began when Chilean
inspectors held a Norwegian trawler for nine days, and that the minis-
ters settled by telephone.
"""
    cleaned = scrape.clean(wrapped)
    assert list(cleaned.paragraphs) == [
        BODY[0],
        "The talks follow a dispute over quotas that began when Chilean inspectors held a Norwegian trawler for nine "
        "days, and that the ministers settled by telephone.",
    ]


def test_sentences_torn_by_links_are_joined() -> None:
    torn = [
        TITLE,
        "The talks follow a dispute over quotas that began when",
        "Chilean inspectors",
        "held a Norwegian trawler for nine days",
        ".",
        BODY[3],
    ]
    cleaned = scrape.clean("\n".join(torn))
    assert cleaned.paragraphs[0] == (BODY[1])


def test_readers_comments_are_not_the_article() -> None:
    comments: list[str] = []
    for name in ("cod_friend", "Old Salt", "Petra", "skipper12"):
        comments += [
            f"{name} says:",
            "May 15, 2019 at 6:34 am",
            f"{name} thinks that nobody asked the crews, and that is a shame.",
        ]
    cleaned = scrape.clean("\n\n".join([TITLE, *BODY, "4 Comments", *comments]))
    assert list(cleaned.paragraphs) == BODY


def test_a_pull_quote_is_said_once() -> None:
    quote = "We have chosen the table and not the court"
    cleaned = scrape.clean("\n\n".join([TITLE, *BODY[:4], quote, BODY[4]]))
    assert list(cleaned.paragraphs) == BODY


def test_a_large_initial_is_put_back() -> None:
    torn = ["N orway" + BODY[0].removeprefix("Norway"), *BODY[1:]]
    assert list(scrape.clean("\n\n".join([TITLE, *torn])).paragraphs) == BODY
    kept = "A trawler broke from its moorings in the harbour of Bergen on Friday, the police said."
    assert scrape.clean(kept).paragraphs == (kept,)


def test_words_set_apart_as_a_quotation_are_said_once() -> None:
    cleaned = scrape.clean("\n\n".join([TITLE, *BODY[:3], "“the table”", *BODY[3:]]))
    assert list(cleaned.paragraphs) == BODY


def test_a_sign_off_behind_the_last_sentence_goes() -> None:
    cleaned = scrape.clean("\n\n".join([TITLE, *BODY[:-1], f"{BODY[-1]} (hp/lh)"]))
    assert list(cleaned.paragraphs) == BODY
    assert reasons(cleaned)["(hp/lh)"] == "sign-off of the desk"


def test_a_given_title_is_found_and_not_repeated() -> None:
    cleaned = scrape.clean("\n\n".join(["News", TITLE, *BODY]), f"{TITLE} | Harbour Press")
    assert cleaned.title == f"{TITLE} | Harbour Press"
    assert list(cleaned.paragraphs) == BODY


def test_a_place_in_capitals_may_be_the_last_line() -> None:
    assert scrape.clean("Talks on fish\n12 February 2019\nOSLO").paragraphs == ("Talks on fish", "OSLO")


def test_a_menu_alone_is_no_prose() -> None:
    cleaned = scrape.clean("\n".join(["Home", "World", "Business", "Sport", "Weather", "Contact us", "Privacy policy"]))
    assert not cleaned.prose


def test_a_wall_is_noticed() -> None:
    cleaned = scrape.clean(
        "\n\n".join([TITLE, BODY[0], "Subscribe to continue reading", "Already a subscriber? Log in"])
    )
    assert cleaned.paywalled
    assert cleaned.paragraphs == (BODY[0],)


def test_characters_are_made_plain_and_kept() -> None:
    assert tidy("a\r\nb\u2028c\x00\u200bd\ufeff") == "a\nb\ncd"
    assert plain("  Zürich\u00a0—\u202f“é”\t e\u0301 ") == "Zürich — “é” e\u0301"
    assert "\ud800" not in tidy("broken \ud800 surrogate")


def test_lines_that_are_furniture_join_nothing() -> None:
    table = furniture.table()
    rows = lines(
        "The talks follow a dispute over quotas that began when\nRead more\nChilean inspectors arrived.",
        standing=lambda row: furniture.tokens(row) in table.whole,
        open_words=table.open_words,
    )
    assert [row.text for row in rows][1] == "Read more"


@pytest.mark.parametrize(
    ("text", "start", "granularity"),
    [
        ("2019-05-14", "2019-05-14", "day"),
        ("2019-05-14T08:05:00Z", "2019-05-14T08:05:00+00:00", "second"),
        ("2019-05-14 08:05 +0200", "2019-05-14T08:05:00+02:00", "minute"),
        ("20190514", "2019-05-14", "day"),
        ("2019-05", "2019-05-01", "month"),
        ("2019", "2019-01-01", "year"),
        ("Tue, 14 May 2019 08:05:00 +0300", "2019-05-14T08:05:00+03:00", "second"),
        ("May 14, 2019", "2019-05-14", "day"),
        ("Tuesday, 14th of May 2019", "2019-05-14", "day"),
        ("14 Sept. 2019", "2019-09-14", "day"),
        ("25/12/2019", "2019-12-25", "day"),
    ],
)
def test_written_dates(text: str, start: str, granularity: str) -> None:
    found = published.parse(text, source="given", confidence=1.0)
    assert found is not None
    assert (found.start, found.granularity) == (start, granularity)


@pytest.mark.parametrize("text", ["", "soon", "2019-13-40", "31 February 2019", "04/05/2019", "14 May", "9999999999"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert published.parse(text, source="given", confidence=1.0) is None


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("https://news.example/2019/05/14/talks", "2019-05-14"),
        ("https://news.example/world/2019-05-14-talks.html", "2019-05-14"),
        ("https://news.example/world/20190514/talks", "2019-05-14"),
        ("https://news.example/2019/may/14/talks", "2019-05-14"),
        ("https://news.example/2019/05/talks", "2019-05-01"),
        ("https://news.example/article/12345678", None),
        ("https://news.example/talks?date=2019-05-14", None),
    ],
)
def test_dates_in_addresses(url: str, start: str | None) -> None:
    found = published.of_path(url)
    assert (found.start if found else None) == start


def test_no_phrase_stands_twice_in_one_list() -> None:
    table = furniture.table()
    assert len(table.kinds) >= 12
    for kind in table.kinds.values():
        assert kind.reason
        assert 3 <= kind.weight <= 9


def test_cleaning_is_quick() -> None:
    text = "\n\n".join([TITLE, *BODY * 8])
    scrape.clean(text)
    start = time.process_time()
    for _ in range(20):
        scrape.clean(text)
    assert (time.process_time() - start) / 20 < 0.02  # about 2 ms; a wide margin for slow machines


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_taken_apart_without_loss_of_control(text: str) -> None:
    cleaned = scrape.clean(text)
    for row in cleaned.paragraphs:
        assert row == row.strip()
        assert "\n" not in row
        assert row


@settings(max_examples=40, deadline=None)
@given(st.permutations(BODY), st.integers(min_value=0, max_value=5))
def test_paragraphs_in_any_order_and_number_stay(order: list[str], number: int) -> None:
    kept = order[:number]
    assert list(scrape.clean("\n\n".join([TITLE, *kept])).paragraphs) == (kept or [TITLE])


def test_dates_that_agree_are_surer() -> None:
    text = published.written("Published 14 May 2019")
    month = published.of_path("https://news.example/2019/05/talks")
    day = published.of_path("https://news.example/2016/01/02/talks")
    assert text is not None
    assert month is not None
    assert day is not None
    finer = published.best([text, month])
    assert finer is not None
    assert (finer.start, finer.source) == ("2019-05-14", "text")
    assert finer.confidence > text.confidence
    against = published.best([text, day])
    assert against is not None
    assert (against.source, against.confidence) == ("url", 0.6)
    assert published.best([]) is None
