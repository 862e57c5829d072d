"""Volumes: contents, numbers over all parts, bookmarks, files inside, and limits."""

import contextlib
import dataclasses
import io
import random
import re
import time
import unicodedata
from pathlib import Path

import psutil
import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from .loading import load

PaperError = load("chromium").PaperError
volume = load("volume")
beside = load("beside")
tables = load("tables")

HEADS = [
    tables.Column("系统", width=30),
    tables.Column("次数", width=10, kind="integer"),
]
MARK = "第{part}部分第{row}行"


def make(parts=3, rows=100, **values):
    """A volume whose rows can be told apart."""
    return volume.Volume(
        title="月度巡检报告",
        subtitle="2026-11",
        author="示例公司",
        language="zh_CN",
        words=volume.Words("目录", "签章", "："),
        parts=[
            volume.Part(
                f"单位{part}",
                facts=[("承包人", "示例公司")],
                tables=[
                    tables.Table(
                        "明细",
                        HEADS,
                        [[MARK.format(part=part, row=row), row] for row in range(rows)],
                        empty="没有记录",
                    )
                ],
                signatures=["承包人", "用户单位"],
            )
            for part in range(parts)
        ],
        **values,
    )


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def texts_of(reader):
    return [
        unicodedata.normalize("NFKC", page.extract_text()).replace(" ", "")
        for page in reader.pages
    ]


@pytest.fixture(scope="module")
def printed():
    inside = volume.Inside("data.csv", b"a,b\n1,2\n", "text/csv", "the same as a table")
    return volume.print_volume(make(files=[inside]))


def test_page_numbers_run_over_all_parts(printed):
    texts = texts_of(read(printed))
    assert len(texts) > 6
    for number, text in enumerate(texts, 1):
        assert f"{number}/{len(texts)}" in text


def test_contents_name_the_page_of_every_part(printed):
    texts = texts_of(read(printed))
    contents = next(text for text in texts if "目录" in text)
    for part in range(3):
        page = int(re.search(rf"单位{part}\D*?(\d+)\n", contents + "\n")[1])
        assert texts[page - 1].count(f"单位{part}") >= 2, "in the head and as heading"


def test_bookmarks_name_every_part(printed):
    titles = [
        item.title for item in read(printed).outline if not isinstance(item, list)
    ]
    assert titles[-3:] == ["单位0", "单位1", "单位2"]


def test_heads_are_repeated_and_no_row_is_cut(printed):
    texts = texts_of(read(printed))
    found = 0
    for text in texts:
        rows = re.findall(r"第\d部分第\d+行", text)
        found += len(rows)
        assert not rows or "次数" in text
    assert found == 300


def test_a_file_is_inside_and_it_is_for_archives(printed):
    reader = read(printed)
    assert reader.attachments["data.csv"][0] == b"a,b\n1,2\n"
    metadata = reader.xmp_metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part(>|=\")3", metadata)
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all("/FontFile3" in each or "/FontFile2" in each for each in fonts)


PLAIN = ("系统", "运维服务", "一", "2026", "巡检", "，")
PIECES = (
    *PLAIN,
    *("系统", "运维服务", "，", "（示例）", "《规程》。", "——", "·", "：", "–", "、"),
    *("UPS", "V3.2", "2026-12-29", "@W%m", "(a/b)", "il1", " ", "  ", "\n", "-", '"x"'),
    *("①", "é", "，。"),
)


def make_texts(seed, rows=150):
    """A volume of texts of all kinds, in columns of several widths, some of it bold."""
    chance = random.Random(seed)
    columns = [
        tables.Column("栏" * (place + 1), str(place), 4 + 7 * place, is_bad=is_bad)
        for place, is_bad in enumerate((None, None, len, None))
    ]
    texts = [
        {
            str(place): "".join(
                chance.choices(PIECES if row % 2 else PLAIN, k=chance.randrange(most))
            ).strip()
            for place, most in enumerate((2, 5, 10, 12))
        }
        for row in range(rows)
    ]
    table = tables.Table("明细", columns, texts, last=texts[-1])
    return dataclasses.replace(make(1, 1), tables=[table])


def test_rows_of_a_stated_height_look_as_those_that_typst_measures(monkeypatch):
    """Lines are counted here only where that is certain: to the pixel."""
    made = make_texts(random.randrange(10**6))
    counts = volume._prepare_table(made.tables[0])["counts"]
    assert sum(count > 0 for count in counts) > len(counts) / 5
    assert max(counts) > 1
    stated = draw(volume.print_volume(made))
    monkeypatch.setattr(volume, "count_lines", lambda *_text: 0)
    assert stated == draw(volume.print_volume(made))


def draw(pdf):
    return [page.render(scale=1).to_numpy().tobytes() for page in PdfDocument(pdf)]


def test_lines_are_counted():
    assert volume.count_lines("", 10) == 1
    assert volume.count_lines("系统" * 5, 10) == 1
    assert volume.count_lines("系统" * 5 + "一", 10) == 2
    assert volume.count_lines("2026-12-29", 6.2) == 1
    # Where a name is broken is Typst's to say.
    assert volume.count_lines("系统（示例）的名称一二", 10) == 0
    assert volume.count_lines("系统\n名称", 10) == 2
    # Of other fonts nothing is known here.
    assert volume.count_lines("①", 10) == 0


def test_typst_begins_while_the_data_are_read():
    def read_data():
        running = [
            process
            for process in psutil.Process().children(recursive=True)
            if "/om-volume-" in " ".join(process.cmdline())
        ]
        assert running
        return make(1, 1)

    assert volume.print_volume(read_data).startswith(b"%PDF")


def test_data_that_cannot_be_read_leave_nothing_behind():
    def read_data():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        volume.print_volume(read_data)
    assert_nothing_left()


def test_one_row_and_none():
    texts = "".join(texts_of(read(volume.print_volume(make(1, 1)))))
    assert MARK.format(part=0, row=0) in texts
    texts = "".join(texts_of(read(volume.print_volume(make(1, 0)))))
    assert "没有记录" in texts
    assert "明细" in texts


def test_what_is_typed_is_never_typeset():
    """Names are data: no markup, no code, no file."""
    name = '#read("/etc/passwd") *x* $y$ \\ <z> @q'
    text = "".join(
        texts_of(read(volume.print_volume(dataclasses.replace(make(1, 1), title=name))))
    )
    assert name.replace(" ", "") in text
    assert "root:" not in text


def test_a_volume_that_takes_too_long_is_ended():
    begun = time.monotonic()
    with pytest.raises(PaperError) as told:
        volume.print_volume(make(50, 200), seconds=0.5)
    assert told.value.kind == "hung"
    assert time.monotonic() - begun < 20
    assert_nothing_left()


def test_a_volume_that_wants_too_much_memory_is_ended():
    with pytest.raises(PaperError) as told:
        volume.print_volume(make(20, 200), megabytes=40)
    assert told.value.kind == "died"
    assert_nothing_left()


def test_a_template_that_is_wrong_says_so(monkeypatch, tmp_path):
    wrong = tmp_path / "volume.typ"
    wrong.write_text('#let data = json("data.json")\n#nothing-like-this()')
    monkeypatch.setattr(volume, "TEMPLATE", wrong)
    with pytest.raises(PaperError) as told:
        volume.print_volume(make(1, 1))
    assert told.value.kind == "refused"
    assert "nothing-like-this" in str(told.value)


def assert_nothing_left():
    """No process works in a folder of a volume any more."""
    deadline = time.monotonic() + 10
    left = True
    while left and time.monotonic() < deadline:
        left = [
            process
            for process in psutil.process_iter(["cmdline"])
            if "/om-volume-" in " ".join(process.info["cmdline"] or [])
        ]
    assert not left
    assert not list(Path("/tmp").glob("om-volume-*"))


def test_one_that_nobody_waits_for(tmp_path):
    """Begun in a process of its own; asked again later, by values that can be kept."""
    begun = volume.begin_volume(make(), tmp_path)
    setting = beside.Beside(*dataclasses.astuple(begun))
    end = time.monotonic() + 60
    while not (done := beside.find(setting)) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(PdfReader(done).pages) == len(
        PdfReader(io.BytesIO(volume.print_volume(make()))).pages
    )


def test_one_that_is_becoming_its_program_is_no_dead_one(tmp_path, monkeypatch):
    """For a moment the system knows no command line of it."""
    begun = volume.begin_volume(make(parts=30), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(psutil.Process, "cmdline", lambda _self: [])
        assert beside.find(begun) is None
    psutil.Process(begun.pid).kill()


def test_one_that_went_down_is_told(tmp_path):
    begun = volume.begin_volume(make(parts=30), tmp_path)
    psutil.Process(begun.pid).kill()
    with pytest.raises(PaperError) as error:
        while not beside.find(begun):
            time.sleep(0.05)
    assert error.value.kind == "died"


def test_one_that_takes_too_long_is_ended(tmp_path):
    begun = volume.begin_volume(make(parts=30), tmp_path)
    with pytest.raises(PaperError) as error:
        beside.find(begun, seconds=0)
    assert error.value.kind == "hung"
    end = time.monotonic() + 30
    while psutil.pid_exists(begun.pid) and time.monotonic() < end:
        with contextlib.suppress(PaperError):
            beside.find(begun)
        time.sleep(0.05)
    assert not psutil.pid_exists(begun.pid)


def test_papers_are_put_together(tmp_path):
    """In order, each under its name, by a program that nobody waits for."""
    (tmp_path / "甲.pdf").write_bytes(volume.print_volume(make(1, 1)))
    (tmp_path / "乙.pdf").write_bytes(volume.print_volume(make(2, 60)))
    folder = tmp_path / "merging"
    folder.mkdir()
    papers = [(str(tmp_path / f"{name}.pdf"), f"{name}单位") for name in ("甲", "乙")]
    begun = beside.begin_merging(papers, folder)
    end = time.monotonic() + 60
    while not (done := beside.find(begun)) and time.monotonic() < end:
        time.sleep(0.05)
    merged = PdfReader(done)
    first, second = (len(PdfReader(path).pages) for path, _name in papers)
    assert len(merged.pages) == first + second
    assert [item.title for item in merged.outline] == ["甲单位", "乙单位"]
    assert merged.get_destination_page_number(merged.outline[1]) == first
