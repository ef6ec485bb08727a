from datetime import UTC, datetime, timedelta

import pytest

from fetchers.pace import MAX_GAP_S, Pace, pace_key, retry_after_s

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOST = "blog.example"


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "duration_s, crawl_delay_s, gap_s",
    [(0.1, None, 1), (3, None, 6), (0.1, 10, 10), (60, None, MAX_GAP_S), (0.1, 3600, MAX_GAP_S)],
)
def test_the_gap_counts_from_start_to_start(duration_s, crawl_delay_s, gap_s):
    pace = Pace(1.0)
    assert pace.wait_s(HOST, NOW) == 0
    pace.set_crawl_delay(HOST, crawl_delay_s, NOW)
    pace.note_request(HOST, NOW, duration_s, loopback=False)
    assert pace.wait_s(HOST, NOW) == gap_s
    assert pace.wait_s(HOST, after(gap_s)) == 0
    assert pace.wait_s("other.example", NOW) == 0


def test_the_loopback_knows_no_gap():
    pace = Pace(1.0)
    pace.note_request("127.0.0.1:8000", NOW, 9.0, loopback=True)
    pace.note_answer("127.0.0.1:8000", 503, None, NOW, loopback=True)
    assert pace.wait_s("127.0.0.1:8000", NOW) == 0


def test_retry_after_pauses_the_host_on_the_loopback_too():
    pace = Pace(1.0)
    pace.note_answer("127.0.0.1:8000", 429, "120", NOW, loopback=True)
    assert pace.wait_s("127.0.0.1:8000", NOW) == 120


def test_pauses_of_our_own_double_and_end_with_a_good_answer():
    pace = Pace(1.0, chance=lambda: 1.0)
    waits = []
    for _ in range(9):
        pace.note_answer(HOST, 429, None, NOW, loopback=False)
        waits.append(pace.wait_s(HOST, NOW))
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    pace.note_answer(HOST, 200, None, NOW, loopback=False)
    pace.note_answer(HOST, 503, None, NOW, loopback=False)
    assert pace.wait_s(HOST, NOW) == 60


def test_a_refused_host_is_asked_half_as_often_for_a_day():
    pace = Pace(1.0)
    pace.note_answer(HOST, 429, "5", NOW, loopback=False)
    pace.note_request(HOST, after(10), 0.1, loopback=False)
    assert pace.wait_s(HOST, after(10)) == 2
    pace.note_request(HOST, after(86_500), 0.1, loopback=False)
    assert pace.wait_s(HOST, after(86_500)) == 1


@pytest.mark.parametrize(
    "value, seconds",
    [
        ("0", 0),
        (" 120 ", 120),
        ("317100", 86400),
        ("9" * 400, 86400),
        ("Tue, 24 Nov 2026 09:00:30 GMT", 30),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 0),
        ("Sat, 01 Jan 2400 00:00:00 GMT", 86400),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٣٠", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after_s(value, NOW) == seconds


def test_blogs_of_one_platform_share_a_pace():
    assert pace_key("a.blogspot.com") == pace_key("b.blogspot.com") == "blogspot.com"
    assert pace_key("public-api.wordpress.com") == pace_key("x.wordpress.com")
    assert pace_key("notwordpress.com") == "notwordpress.com"
