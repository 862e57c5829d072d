"""What an archive's dump tells of the files that belong to it."""

import sys

from ..support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import archive  # noqa: E402

DUMP = b"""\
COPY public.ir_attachment (id, name, store_fname, file_size) FROM stdin;
1\tphoto\tab/ab12\t7
2\tnote\t\\N\t0
3\tscan\ts3://cd34\t9
\\.
-- PostgreSQL database dump complete
"""


def test_files_of_another_storage_are_not_missing():
    """OCA's fs_attachment names a storage before the file: an object store has its own
    copies."""
    reader = archive.Reader()
    assert list(reader.read(DUMP.splitlines(keepends=True)))
    assert reader.is_whole
    assert reader.rows == {"public.ir_attachment": 3}
    assert reader.names == {"ab/ab12"}
    assert reader.elsewhere == {"s3://cd34"}
