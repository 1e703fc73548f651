"""The name of a file, as senders, browsers and old programs write it."""

import pytest
from starlette.datastructures import Headers

from codewell.kit.file_names import attachment, file_name_in


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (rb'attachment; filename="a \"quoted\" name.csv"', 'a "quoted" name.csv'),
        (rb'attachment; filename="\"pas\".csv"; size=3', '"pas".csv'),
        (rb'attachment; filename="a\";b.csv"', 'a";b.csv'),
        (rb"attachment; filename=a\"b.csv", 'a"b.csv'),
        (rb'attachment; filename="ward.csv\\"; x="y.csv"', ""),
        (rb'attachment; filename="x\\y.csv"', "y.csv"),
        (rb'attachment; filename="C:\out\pas.csv"', "pas.csv"),
        (b"attachment; filename=\"x; filename*=UTF-8''other.csv\"", "x; filename*=UTF-8''other.csv"),
        (b"attachment; filename*=UTF-8''a%22b.csv; filename=plain.csv", 'a"b.csv'),
        (b"attachment; filename=plain.csv; filename*=UTF-8''%FF.csv", "plain.csv"),
        (b"attachment; filename=plain.csv; filename*=klingon''x.csv", "plain.csv"),
        (b"attachment; filename=PAS export.csv ; x=1", "PAS export.csv"),
        (b'attachment; FileName = "x.csv"', "x.csv"),
        (b'attachment; filename="without an end.csv', "without an end.csv"),
        (b'attachment; filename="r\xc3\xa9sum\xc3\xa9.csv"', "résumé.csv"),
        (b'attachment; filename="\xa3.csv"', "£.csv"),
        (b'attachment; filename="a%22b.csv"', "a%22b.csv"),
        (b'attachment; filename="two\tcolumns.csv"', "two columns.csv"),
        (b'attachment; filename="a\x00b.csv"', ""),
        (b"inline", ""),
        (b"", ""),
    ],
)
def test_a_name_is_read_as_it_was_meant(disposition: bytes, name: str) -> None:
    assert file_name_in(disposition) == name


def test_a_form_writes_a_quotation_mark_as_browsers_do() -> None:
    assert file_name_in(b'form-data; name="file"; filename="a%22b.csv"', form=True) == 'a"b.csv'
    assert file_name_in(b'form-data; name="file; filename=\\"x\\""; filename="b.csv"', form=True) == "b.csv"


@pytest.mark.parametrize("name", ['a "quoted" name.csv', "Ward €.csv", "50% of; all.csv", "it's.csv"])
def test_what_is_written_is_read_again(name: str) -> None:
    said = attachment(name)
    assert said.isascii()
    assert file_name_in(Headers({"content-disposition": said})["content-disposition"].encode()) == name
