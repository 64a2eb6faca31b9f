"""Captions: what is taken, what is refused with which sentence, and what is written anew."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library import captions, languages
from media_library.captions import MOST_BYTES, MOST_CUES, CaptionsRefused

TIMES = "00:01.000 --> 00:02.000"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n"
WRITTEN = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n\n00:00:03.000 --> 00:00:04.000\nWorld\n"


def as_webvtt(content: bytes) -> str:
    return captions.as_webvtt(content).text


def text_of(payload: str, *, srt: bool = False) -> str:
    """What becomes of the text of one caption."""
    head = "" if srt else "WEBVTT\n\n"
    written = as_webvtt(f"{head}00:{TIMES.replace('> 00', '> 00:00')}\n{payload}\n".encode())
    return written.partition("02.000\n")[2].removesuffix("\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_srt_becomes_webvtt_in_every_encoding(encoding: str, end: str) -> None:
    assert as_webvtt(SRT.replace("\n", end).encode(encoding)) == WRITTEN
    said = as_webvtt(SRT.replace("Hello", "Grüße").encode(encoding))
    assert "Grüße" in said


@pytest.mark.parametrize(
    ("language", "encoding", "text"),
    [
        ("ru", "cp1251", "Привет"),
        ("uk", "cp1251", "Її ґанок"),
        ("sr", "cp1251", "Здраво"),
        ("sr-Latn", "cp1250", "Šta je to?"),
        ("pl", "cp1250", "Zażółć gęślą jaźń"),
        ("el", "cp1253", "Γειά σου"),
        ("tr", "cp1254", "Değişiklik"),
        ("he", "cp1255", "שלום"),
        ("ar", "cp1256", "مرحبا"),
        ("lt", "cp1257", "Ačiū"),
        ("vi", "cp1258", "Đươ\u0300ng"),
        ("ja", "cp932", "こんにちは、世界"),
        ("ko", "cp949", "안녕하세요"),
        ("zh-Hans", "gb18030", "你好，世界"),
        ("zh-Hant", "cp950", "你好，世界"),
        ("th", "cp874", "สวัสดี"),
        ("fr", "cp1252", "Ça va, œuvre ?"),
        ("pt-BR", "cp1252", "Não é"),
        ("", "cp1252", "Grüße"),
    ],
)
def test_what_is_no_unicode_is_read_as_the_language_was_written(
    language: str, encoding: str, text: str
) -> None:
    code_page = languages.code_page(language)
    for one in (encoding, "utf-8", "utf-16"):
        content = SRT.replace("Hello", text).encode(one)
        assert captions.as_webvtt(content, code_page).text == WRITTEN.replace("Hello", text)


def test_what_the_code_page_does_not_have_is_refused() -> None:
    with pytest.raises(CaptionsRefused, match="cannot be read: save it as UTF-8"):
        captions.as_webvtt(SRT.encode() + b"\x98", languages.code_page("ru"))


def test_big_endian_with_its_mark() -> None:
    assert as_webvtt(b"\xfe\xff" + SRT.encode("utf-16-be")) == WRITTEN


def test_webvtt_is_written_anew_without_what_is_no_caption() -> None:
    written = as_webvtt(
        b"WEBVTT - A title\nKind: captions\n\nNOTE\nabout it\n\nSTYLE\n::cue { background: url(//evil) }"
        b"\n\nREGION\nid:fred\n\nname of it\n1:02.5 --> 01:02:03.004 align:start region:fred\nHi\n\n"
        b"NOTE the end"
    )
    assert written == "WEBVTT\n\n00:01:02.500 --> 01:02:03.004 align:start\nHi\n"


def test_only_known_settings_are_kept_and_each_once() -> None:
    good = "vertical:rl line:50%,center position:12.5%,line-left size:80% align:end"
    bad = "line:1;x size:200% align:middle position:%,x javascript:1 <b> region:a X1:40 align"
    written = as_webvtt(f"WEBVTT\n\n{TIMES} align:left {good} {bad}\nHi".encode())
    (line,) = (line for line in written.splitlines() if "-->" in line)
    assert set(line.split()[3:]) == set(good.split())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"", "There are no captions in this file."),
        (b"WEBVTT\n\nNOTE nothing\n", "There are no captions in this file."),
        (b"\0\0\0\x18ftypmp42", "This is not a text file."),
        (b"\x81\x8d", "The letters of this file cannot be read: save it as UTF-8."),
        (b"\xff\xfea", "This is not a text file."),
        (b"Hello\n", "Line 1: there should be times here"),
        (b"WEBVTT\n00:01.000 --> 00:02.000\nHi", "Line 2: an empty line is missing"),
        (b"WEBVTT\n\n00:01 --> 00:02\nHi", "Line 3: times are written like this"),
        (b"WEBVTT\n\n00:61.000 --> 00:62.000\nHi", "Line 3: times are written like this"),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\nHi", "Line 3: this caption ends before it begins."),
        (b"WEBVTT\n\n00:01.000 --> 00:01.000\nHi", "Line 3: this caption ends before it begins."),
        (
            b"1\n00:00:01,0 --> 00:00:02,0\na\n2\n00:00:03,0 --> 00:00:04,0\nb",
            "Line 5: an empty line is missing before this caption.",
        ),
        (b"1\n00:00:02,0 --> 00:00:01,0\na\n\nand more\n", "Line 2: this caption ends before"),
        (
            b"WEBVTT\n\n1234567:00:00.000 --> 1234567:00:01.000\nHi",
            "Line 3: times are written like",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(given: bytes, sentence: str) -> None:
    with pytest.raises(CaptionsRefused) as refusal:
        as_webvtt(given)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (
            "2\n00:00:03,0 --> 00:00:04,0\nb\n3\n00:00:05,0 --> 00:00:06,0\nc",
            "Line 9: an empty line is missing before this caption.",
        ),
        ("2\n00:00:04,0 --> 00:00:03,0\nb", "Line 6: this caption ends before it begins."),
        ("2\n00:00:03 > 00:00:04\nb", "Line 5: there should be times here"),
        ("and more", "Line 5: there should be times here"),
        (
            f"2\n00:00:03,0 --> 00:00:04,0\n{'x' * 2001}",
            "Line 6: this caption is too long; the most is 2,000 characters.",
        ),
    ],
)
def test_a_bad_one_is_left_out_and_the_others_are_taken(bad: str, why: str) -> None:
    good = "1\n00:00:01,000 --> 00:00:02,500\nHello\n", "00:00:08,0 --> 00:00:09,0\nBye"
    taken = captions.as_webvtt("\n".join([good[0], bad, "", good[1]]).encode())
    assert taken.text == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n\n00:00:08.000 --> 00:00:09.000\nBye\n"
    )
    assert taken.left_out == 1
    (told,) = taken.reasons
    assert told.startswith(why)


def test_one_that_went_astray_costs_none_of_those_below_it() -> None:
    times = ["00:00:01", "10:00:02", "00:00:03", "00:00:04"]
    given = "\n".join(f"{time},000 --> {time},500\n{time}\n" for time in times)
    taken = captions.as_webvtt(given.encode())
    assert taken.left_out == 0
    shown = [line for line in taken.text.splitlines() if line in times]
    assert shown == ["00:00:01", "00:00:03", "00:00:04", "10:00:02"]


def test_of_many_bad_ones_the_first_are_told_and_all_counted() -> None:
    bad = "\n\n".join("00:00:04,0 --> 00:00:03,0\nb" for _ in range(5))
    taken = captions.as_webvtt(f"{SRT}\n{bad}".encode())
    assert taken.text == WRITTEN
    assert taken.left_out == 5
    assert [told.partition(":")[0] for told in taken.reasons] == ["Line 9", "Line 12", "Line 15"]


def test_a_head_that_runs_into_the_first_caption_costs_only_that() -> None:
    content = b"WEBVTT\n00:01.000 --> 00:02.000\nHi\n\n00:03.000 --> 00:04.000\nBye"
    taken = captions.as_webvtt(content)
    assert taken.text == "WEBVTT\n\n00:00:03.000 --> 00:00:04.000\nBye\n"
    assert taken.reasons[0].startswith("Line 2: an empty line is missing")


@pytest.mark.parametrize("hours", ["99", "100", "1000", "123456"])
@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_hours_may_have_more_than_two_digits(hours: str, head: str) -> None:
    written = as_webvtt(f"{head}{hours}:00:01.000 --> {hours}:00:02.000\nHi\n".encode())
    assert written == f"WEBVTT\n\n{hours}:00:01.000 --> {hours}:00:02.000\nHi\n"
    assert as_webvtt(written.encode()) == written


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ('<font color="#ffff00">Hi</font>', "Hi"),
        ("<FONT face='x' color=red><i>Hi</i></FONT> you", "<i>Hi</i> you"),
        ("<b>a <font size=2>b</b></font>", "<b>a b</b>"),
        ("a <fontaine> b", "a &lt;fontaine&gt; b"),
        (r"{\an2}Hi", "Hi"),
        (r"{\an1\fs20\c&H00FFFF&}Hi {\i1}there{\i0}", "Hi there"),
        (r"{\pos(1,2)}<b>Hi</b>", "<b>Hi</b>"),
        ("{a} {b}", "{a} {b}"),
        (r"{\an8", r"{\an8"),
    ],
)
def test_what_srt_says_of_colours_and_places_is_not_read_out(given: str, written: str) -> None:
    assert text_of(given, srt=True) == written


def test_in_webvtt_a_colour_is_not_read_out_either_and_braces_are_text() -> None:
    assert text_of(r'<font color="red">{\an8}Hi</font>') == r"{\an8}Hi"


@pytest.mark.parametrize(
    ("place", "settings"),
    [(1, ""), (2, ""), (3, ""), (4, " line:50%"), (5, " line:50%"), (8, " line:0"), (9, " line:0")],
)
def test_in_srt_a_caption_at_the_top_stays_there(place: int, settings: str) -> None:
    given = f"00:00:01,000 --> 00:00:02,000\n{{\\an{place}}}Hi\n"
    assert as_webvtt(given.encode()) == f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000{settings}\nHi\n"


def test_what_is_nothing_but_orders_shows_nothing() -> None:
    written = as_webvtt(f"{SRT}\n00:00:05,0 --> 00:00:06,0\n{{\\an8}}<font></font>\n".encode())
    assert written == WRITTEN


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("<b>a</b> <i>b</i> <u>c</u> <c.red>d</c>", "<b>a</b> <i>b</i> <u>c</u> <c>d</c>"),
        ("<v.loud Ada Lovelace>Hi", "<v Ada Lovelace>Hi</v>"),
        ("<lang en-GB>Hi</lang>", "<lang en-GB>Hi</lang>"),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
        ("<b>a", "<b>a</b>"),
        ("a</b></i>", "a"),
        ("<00:00:01.500>Word <00:00:01.700>by word", "Word by word"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("<b onclick=x>a", "&lt;b onclick=x&gt;a"),
        ("<ruby>a<rt>b</rt></ruby>", "&lt;ruby&gt;a&lt;rt&gt;b&lt;/rt&gt;&lt;/ruby&gt;"),
        ("<lang x><v>a", "&lt;lang x&gt;&lt;v&gt;a"),
        ("1 < 2 > 0 & so on", "1 &lt; 2 &gt; 0 &amp; so on"),
        ("<<b>>a</b>", "&lt;<b>&gt;a</b>"),
        ("a &lt;b&gt; &amp;amp; &copy;", "a &lt;b&gt; &amp;amp; ©"),
        ("a&#10;&#10;STYLE&#13;&#0;", "a STYLE �"),
        ("a --&gt; b", "a --&gt; b"),
        ("<v Ada--&#45;>a", "<v Ada–->a</v>"),
        ("<v &lt;i&gt;>a", "<v &lt;i&gt;>a</v>"),
        ("a\n</b>\n \n<00:00:01.500>\nb", "a\nb"),
        ("a\u2028\x0bb", "a b"),
    ],
)
def test_the_text_is_plain_but_for_a_few_tags(given: str, written: str) -> None:
    assert text_of(given) == written


def test_in_srt_an_ampersand_is_one() -> None:
    assert text_of("AT&amp;T <i>x</i>", srt=True) == "AT&amp;amp;T <i>x</i>"


def test_what_shows_nothing_is_left_out() -> None:
    written = as_webvtt(f"WEBVTT\n\n{TIMES}\n<b></b>\n\n{TIMES}\n\n{TIMES}\nHi".encode())
    assert written.count("-->") == 1


def bomb(cues: int) -> bytes:
    return b"WEBVTT\n\n" + b"".join(
        f"{n // 60:02}:{n % 60:02}.000 --> 99:59:59.000\n<b>x\n\n".encode() for n in range(cues)
    )


def test_there_are_limits() -> None:
    few = MOST_CUES - 1  # under 60 × 60, minutes have two digits; here hours do not matter
    assert as_webvtt(bomb(min(few, 3000))).count("-->") == 3000
    same = b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\nx\n\n" * (MOST_CUES + 1)
    with pytest.raises(CaptionsRefused, match="the most is 5,000"):
        as_webvtt(same)
    assert as_webvtt(same.removesuffix(b"00:01.000 --> 00:02.000\nx\n\n")).count("-->") == MOST_CUES
    with pytest.raises(CaptionsRefused, match="the most is 1 MB"):
        as_webvtt(b"WEBVTT\n\n" + b"x" * MOST_BYTES)
    with pytest.raises(CaptionsRefused, match="the most is 2,000 characters"):
        text_of("x" * 2001)


BOMBS = [
    "<b>",
    "<",
    "</b>",
    "<v a",
    "&",
    "\n",
    "-->",
    "<b",
    " ",
    "{",
    "{\\an8",
    "{\\an8}",
    "<font ",
]


@pytest.mark.parametrize("piece", [*BOMBS, "x\n\n", f"{TIMES}\n\n", f"{TIMES}\nx\n\n"])
def test_a_bomb_of_anything_takes_no_time(piece: str) -> None:
    began = time.perf_counter()
    for head in ("WEBVTT\n\n", "", f"WEBVTT\n\n{TIMES}\n", f"WEBVTT\n\n{TIMES} "):
        content = (head + piece * ((MOST_BYTES - 100) // len(piece))).encode()
        try:
            as_webvtt(content)
        except CaptionsRefused:
            continue
    assert time.perf_counter() - began < 20  # 1 s; a square of the length would take hours


TAG = re.compile(r"<(/?)(b|i|u|c|v|lang)((?: [^<>]+)?)>")


@given(st.text(st.sampled_from("<>/bivculang&;#10lt\n\r -.:\t\0é"), max_size=80) | st.text())
def test_whatever_is_in_it_the_result_is_ours(payload: str) -> None:
    try:
        written = as_webvtt(f"WEBVTT\n\n{TIMES}\n{payload}".encode("utf-8", "replace"))
    except CaptionsRefused:
        return
    head, _, text = written.partition("02.000\n")
    assert head == "WEBVTT\n\n00:00:01.000 --> 00:00:"
    assert "-->" not in text
    assert "\n\n" not in text.rstrip("\n")
    opened: list[str] = []
    for end, name, _ in TAG.findall(text):
        assert not end or opened.pop() == name
        opened += [] if end else [name]
    assert not opened
    assert not re.search(r"[<>]", TAG.sub("", text))


def test_the_same_again_changes_nothing() -> None:
    once = as_webvtt(b"WEBVTT\n\n00:01.000 --> 00:02.000 align:start\n<v A&amp;B>x &lt; <b>y")
    assert as_webvtt(once.encode()) == once


def test_it_is_known_when_each_begins() -> None:
    taken = captions.as_webvtt(SRT.replace("00:00:03", "01:00:03").replace("04,0", "59,0").encode())
    assert taken.starts == [1000]
    taken = captions.as_webvtt(f"{SRT}\n00:00:00,5 --> 00:00:00,9\nFirst".encode())
    assert taken.starts == [500, 1000, 3000]


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("de.vtt", "de"),
        ("DE.vtt", "de"),
        ("talk.de.vtt", "de"),
        ("talk.mp4.de.vtt", "de"),
        ("my_talk_de.srt", "de"),
        ("talk_en-US.srt", "en-US"),
        ("talk_pt_BR.srt", "pt-BR"),
        ("talk.pt-br.srt", "pt-BR"),
        ("talk.zh-hant.vtt", "zh-Hant"),
        ("talk.vtt", ""),
        ("it-is.vtt", ""),
        ("my-talk.vtt", ""),
        ("just_do_it.srt", ""),
        ("talk.it.srt", "it"),
        ("talk_IT.srt", "it"),
        ("talk.tv.vtt", ""),
        ("captions", ""),
        ("", ""),
    ],
)
def test_a_name_says_which_language_it_is(name: str, language: str) -> None:
    assert languages.in_name(name) == language


def test_languages_have_one_spelling() -> None:
    assert languages.normal("PT_br") == "pt-BR"
    assert languages.normal(" zh-hANT ") == "zh-Hant"
    assert languages.normal("de") == "de"
    for wrong in ("", "English", "e", "en-", "../en", "<b>", "en us"):
        assert languages.normal(wrong) == ""
    assert languages.name("pt-BR") == "Brazilian Portuguese"
    assert languages.name("xx") == "xx"
