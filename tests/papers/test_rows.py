"""Papers of a hundred rows: each page names the columns and says which of how many it
is, and its end cuts no row."""

import io
import re
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

from ..sampling import WHOLE, shuffled
from ..support import standing_shell
from .test_chromium import text_of_page

SCRIPT = Path(__file__).with_name("rows_shell.py")
# {paper: (a row, by its number; words of the head)}
TABLES = {
    "inspection record": (r"检查项目(\d+):", ("检查项", "实测值")),
    "calculation": (r"步骤(\d+):", ("数值", "说明")),
    "spare hand-over": (r"库位(\d+)", ("序号", "序列号/批号")),
    "invoice": (r"运维服务(\d+):", ("描述", "单价")),
}
# A name that takes two lines: how it begins and how it ends.
LONG = "交换机电源模块", "旧件回收"


@pytest.fixture(scope="module")
def papers(server, tmp_path_factory):
    """Two of them every day, all in the long tier."""
    names = shuffled("tables on paper", TABLES)[: None if WHOLE else 2]
    folder = tmp_path_factory.mktemp("papers")
    folder.chmod(0o755)
    standing_shell(
        server.database,
        SCRIPT.read_text("utf-8"),
        OM_PAPERS=",".join(names),
        OM_FOLDER=str(folder),
        OM_ADDRESS=server.url,
    )
    return {name: (folder / f"{name}.pdf").read_bytes() for name in names}


def test_no_row_is_cut_and_each_page_names_the_columns(papers):
    for name, pdf in papers.items():
        row, heads = TABLES[name]
        pages = [
            re.sub(r"\s", "", text_of_page(page))
            for page in PdfReader(io.BytesIO(pdf)).pages
        ]
        assert len(pages) > 1, name
        seen = [set(map(int, re.findall(row, page))) for page in pages]
        for number, page in enumerate(pages):
            assert f"{number + 1}/{len(pages)}" in page, f"{name}: page {number + 1}"
            if not seen[number]:
                continue
            for head in heads:
                words = unicodedata.normalize("NFKC", head)
                assert words in page, f"{name}, page {number + 1} lacks {head}"
            assert page.count(LONG[0]) == page.count(LONG[1]), f"{name}, {number + 1}"
        numbers = [each for page in seen for each in page]
        assert len(numbers) == len(set(numbers)), f"{name}: a row on two pages"
        # What was there before stands for some of the hundred.
        assert set(range(90)) <= set(numbers), name
