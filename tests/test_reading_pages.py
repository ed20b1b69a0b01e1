"""Pages read whole: the thirty in tests/pages against what a careful reader expects, and HTML of other shapes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dragoman.read import page, sources
from dragoman.records import Article

PAGES = sorted(path for path in (Path(__file__).parent / "pages").iterdir() if path.is_dir())
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


@pytest.fixture(params=PAGES, ids=lambda path: path.name[:2])
def sample(request: pytest.FixtureRequest) -> tuple[Article, dict[str, Any], str]:
    """A page as it was read, what is expected of it, and what it was read from."""
    folder: Path = request.param
    meta = tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))
    path = next(folder.glob("page.*"))
    known = {key: meta["given"].get(key) for key in ("url", "published", "title")}
    (article,) = sources.articles(path, given=sources.Given(**known))
    return article, meta["expect"], path.suffix


def test_a_page_is_read_as_expected(sample: tuple[Article, dict[str, Any], str]) -> None:
    article, expected, suffix = sample
    assert article.outcome == "read"
    assert article.language == "en"
    if "title" in expected:
        assert article.title == expected["title"]
    assert article.published is not None
    assert article.published.start[:10] == expected["published"]
    # the machine's date of a printed one counts as meta
    assert article.published.source in {expected["published_source"], "meta" if suffix == ".html" else ""}


def test_no_furniture_is_left_and_all_of_it_is_listed(sample: tuple[Article, dict[str, Any], str]) -> None:
    article, expected, suffix = sample
    lines = [fold(line) for line in article.body.split("\n")]
    whole = fold(article.body)
    listed = fold(" ".join(item.text for item in article.dropped))
    for row in expected["furniture"]:
        folded = fold(row)
        assert folded not in lines
        assert len(folded.split()) < 4 or folded not in whole
        if suffix == ".txt":
            assert folded in listed
    assert all(item.reason for item in article.dropped)


def test_no_word_of_the_text_is_lost(sample: tuple[Article, dict[str, Any], str]) -> None:
    article, expected, _ = sample
    assert [said["first_words"] for said in expected["speakers"] if said["first_words"] not in article.text] == []
    assert expected.get("dateline", "") in article.body
    furniture = [fold(row) for row in expected["furniture"]]
    # what a reader does not call furniture and was dropped all the same is short: menus, buttons, names of readers
    for item in article.dropped:
        folded = fold(item.text)
        assert len(folded.split()) < 12 or any(row in folded or folded in row for row in furniture)


def test_every_plain_line_is_kept_or_furniture() -> None:
    for folder in PAGES:
        for path in folder.glob("page.txt"):
            meta = tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))
            (article,) = sources.articles(path)
            whole = fold(article.text)
            gone = fold(" ".join(meta["expect"]["furniture"]))
            lost = [
                row
                for row in path.read_text(encoding="utf-8").split("\n")
                if fold(row) not in whole and fold(row) not in gone
            ]
            assert lost == [], folder.name


# HTML of other shapes: the same short report each time, with the habits of other sites around it

TITLE = "Georgia and Armenia open second crossing"
BODY = [
    "The foreign ministers of Georgia and Armenia opened a second road crossing on Friday, and each of them drove a "
    "lorry across it.",
    "The old crossing at Sadakhlo had been the only one for goods since the flood of last year, and drivers waited "
    "there for days.",
    "“I have not driven a lorry since my military service,” said Minister Davit Kvaratsia, who needed three attempts "
    "to find the gear.",
    "His guest, Minister Armen Hovsepyan, thanked the engineers and promised lower tolls until the end of the year.",
]


def rows(*texts: str, tag: str = "p", name: str = "") -> str:
    return "".join(f"<{tag}{f' class={name}' if name else ''}>{text}</{tag}>" for text in texts)


BRIEFING = [
    "MS. TARROW: Good afternoon, everybody. I have nothing at the top.",
    "QUESTION: On the crossing. Did you pay for it?",
    "MS. TARROW: We paid for the bridge. The road was paid by the two governments.",
    "QUESTION: How much?",
    "MS. TARROW: I will have to take that question.",
]
LIST = [
    "The two sides agreed on the following:",
    "- tolls are halved until December",
    "- drivers may stay for fourteen days without a visa",
    "- a joint post of customs officers is opened in autumn",
]
DATED = f"TBILISI, Georgia, May 5, 2017 (Kura Wire) — {BODY[0]}"
WALL = {"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": False, "datePublished": "2017-05-05"}

# name: head, body, paragraphs, date, author
SHAPES: dict[str, tuple[str, str, list[str], str | None, str | None]] = {
    "old_page_with_line_breaks": (
        f"<title>{TITLE} :: Kura Valley Times</title>",
        f"<div id=menu><a>Home</a> | <a>News</a></div><div><b>{TITLE}</b><br>Tbilisi, 5 May 2017<br><br>"
        + "<br><br>".join(BODY)
        + "<br><br><a>Print</a> <a>Send to a friend</a><br><br><b>Comments (2)</b><br><br><i>Zura</i>: nobody needs "
        "this road and the money is gone<br><br><i>Anna K.</i>: I do<br><br>© Kura Valley Times</div>",
        ["Tbilisi, 5 May 2017", *BODY],  # place and date alone: a dateline stays
        "2017-05-05",
        None,
    ),
    "nothing_but_divisions": (
        f'<title>{TITLE}</title><meta property="og:site_name" content="Kura Wire">',
        rows("Sections", TITLE, "Natia Beridze in Tbilisi", "Fri 5 May 2017 14.02 BST", tag="div")
        + rows("A lorry at the new crossing. Photograph: Lasha Gelovani/Kura Wire", tag="div")
        + rows(*BODY[:2], "Read more", "<a>Why the bridge at Sadakhlo fell</a>", *BODY[2:], tag="div")
        + rows("Topics", "Georgia", "Armenia", "Reuse this content", tag="div"),
        BODY,
        "2017-05-05",
        "Natia Beridze",
    ),
    "comments_with_dates": (
        "",
        f"<h1>{TITLE}</h1><p>Posted on May 5, 2017 by admin</p>{rows(*BODY)}<p>Filed under: Caucasus, Roads</p>"
        f"<h3>3 thoughts on “{TITLE}”</h3><ol><li>"
        + rows("truckerlevan says:", "May 6, 2017 at 8:11 am", "At last somebody thinks of us.")
        + "</li><li>"
        + rows("Ani says:", "May 6, 2017 at 9:40 am", "And who pays for it? We do, as always, and they drive lorries.")
        + "</li><li>"
        + rows("Giga says:", "May 7, 2017 at 11:02 pm", "Georgia should build a railway there and nothing else.")
        + "</li></ol><h3>Leave a Reply</h3>",
        BODY,
        "2017-05-05",
        None,
    ),
    "newsletter_between_paragraphs": (
        f"<title>{TITLE}</title>",
        f'<main><article><h1>{TITLE}</h1><p>By Natia Beridze</p><p><time datetime="2017-05-05">5 May</time></p>'
        f"{rows(*BODY[:2])}<section class=promo><h2>The Caucasus letter</h2>"
        + rows("Every Friday, what matters between the two seas.", "Your e-mail address", "By signing up you agree.")
        + f"</section>{rows(*BODY[2:])}"
        + rows("Natia Beridze is a reporter for Kura Wire in Tbilisi.", "This article was amended on 6 May.")
        + "</article></main>",
        BODY,
        "2017-05-05",
        "Natia Beridze",
    ),
    "german_habits": (
        f'<title>{TITLE} | Alpenbote.example</title><meta name=date content="2017-05-05T12:00:00+02:00">',
        f"<div>Alpenbote</div><p>Traffic in the Caucasus</p><h1>{TITLE}</h1><p>From Hannelore Brückl</p>"
        f"<p>As of: 05.05.2017 12:00 clock</p>{rows(BODY[0])}<div><img src=a.jpg><span>Symbol image: lorries in a "
        f"queue. | Picture: Alpen Picture Service</span></div>{rows(*BODY[1:], '(hb/dpa)')}<p>Also "
        "interesting: <a>The most beautiful passes</a></p><p>To the discussion in the forum</p>",
        BODY,
        "2017-05-05",
        "Hannelore Brückl",
    ),
    "briefing": (
        "",
        f"<h1>{TITLE}</h1>{rows('Department Press Briefing', 'May 5, 2017', '2:15 p.m. EDT', *BRIEFING)}"
        + rows("(The briefing was concluded at 2:31 p.m.)", "DPB # 41", "# # #"),
        BRIEFING,
        "2017-05-05",
        None,
    ),
    "links_between_paragraphs": (
        "",
        f"<article><h1>{TITLE}</h1>{rows(*BODY[:2])}<ul>"
        + rows("<a href=a>Landslide closes road</a>", "<a href=b>Ten drivers tell of their nights</a>", tag="li")
        + f"</ul>{rows(*BODY[2:])}</article>",
        BODY,
        None,
        None,
    ),
    "a_list_of_its_own": (
        "",
        f"<article><h1>{TITLE}</h1>{rows(*BODY[:2], LIST[0])}<ul>{rows(*(row[2:] for row in LIST[1:]), tag='li')}</ul>"
        f"{rows(*BODY[2:])}</article>",
        [*BODY[:2], *LIST, *BODY[2:]],
        None,
        None,
    ),
    "wall": (
        f'<title>{TITLE}</title><script type="application/ld+json">{json.dumps(WALL)}</script>',
        f"<h1>{TITLE}</h1>{rows(BODY[0])}<div>{rows('Read on with Kura Plus', 'Already a subscriber? Log in')}</div>",
        BODY[:1],
        "2017-05-05",
        None,
    ),
    "live_blog": (
        "",
        f"<main><h1>{TITLE}</h1><p>Last updated 5 May 2017 18:30</p>"
        + "".join(
            f"<article><time>{hour}:30</time><p>{row}</p><div class=share>Share</div></article>"
            for hour, row in zip((18, 17, 16, 15), BODY[::-1], strict=True)
        )
        + "</main>",
        BODY[::-1],
        "2017-05-05",
        None,
    ),
    "release_in_a_table": (
        "<title>Ministry of Roads of Georgia</title>",
        "<table>"
        + "".join(
            f"<tr><td>{cell}</td></tr>"
            for cell in ("MINISTRY OF ROADS", "Press Release No. 44", "05.05.2017", f"<b>{TITLE}</b>", rows(*BODY))
        )
        + "<tr><td>For further information contact: Press Office, tel. 000 00 00</td></tr></table>",
        BODY,
        "2017-05-05",
        None,
    ),
    "caption_and_sign_off_among_paragraphs": (
        "",
        f"<article><h1>{TITLE}</h1>{rows(DATED)}<p>Minister Kvaratsia waves from the cab on Friday. KURA WIRE / L. Gelo"
        f"</p>{rows(*BODY[1:], 'kw/lg/an')}</article>",
        [DATED, *BODY[1:]],
        "2017-05-05",
        None,
    ),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_html_of_other_shapes(shape: str) -> None:
    head, body, paragraphs, date, author = SHAPES[shape]
    found = page.read(f"<html><head>{head}</head><body>{body}</body></html>")
    assert found.title == TITLE
    assert list(found.paragraphs) == paragraphs
    assert (found.published.start[:10] if found.published else None) == date
    if author:
        assert found.author == author
    assert found.paywalled == (shape == "wall")
    assert all(item.reason for item in found.dropped)


def test_what_is_taken_from_the_body_of_a_page_is_listed() -> None:
    head, body, *_ = SHAPES["caption_and_sign_off_among_paragraphs"]
    why = {item.text: item.reason for item in page.read(f"<html>{head}<body>{body}</body></html>").dropped}
    assert why["kw/lg/an"] == "sign-off of the desk"
    assert why["Minister Kvaratsia waves from the cab on Friday. KURA WIRE / L. Gelo"] == "picture caption or credit"
    head, body, *_ = SHAPES["newsletter_between_paragraphs"]
    why = {item.text: item.reason for item in page.read(f"<html>{head}<body>{body}</body></html>").dropped}
    assert why["By Natia Beridze"] == "byline"
    assert why["The Caucasus letter"] == "subscription or newsletter box"
    assert why["Natia Beridze is a reporter for Kura Wire in Tbilisi."] == "note on the author"
