"""A file is what its bytes say, whatever it is called, and each refusal has a sentence."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence import EvidenceKind, Unread, UnreadFile, because, examine, kind_of
from bot.domain.evidence.html import html_text
from bot.domain.evidence.mail import mail_text
from bot.domain.evidence.pictures import dimensions
from tests.unit.domain.evidence.samples import HTML_MAIL, MAIL, pdf, png

GIF = b"GIF89a" + (40).to_bytes(2, "little") + (30).to_bytes(2, "little") + bytes(10)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc000110800f0014003") + bytes(20)
WEBP = (
    b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + (319).to_bytes(3, "little") + (239).to_bytes(3, "little") + bytes(9)
)
EVTX_LIKE = "Fehler\r\nÜbersicht größer\r\n".encode("utf-16")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (png(20, 20), "a.txt", EvidenceKind.PNG),
        (JPEG, "photo", EvidenceKind.JPEG),
        (GIF, "a.png", EvidenceKind.GIF),
        (WEBP, "a.jpg", EvidenceKind.WEBP),
        (pdf(), "scan.jpg", EvidenceKind.PDF),
        (b"host,port\nweb,443\n", "scan.csv", EvidenceKind.CSV),
        (b"host,port\nweb,443\n", "scan.txt", EvidenceKind.TEXT),
        (EVTX_LIKE, "events.txt", EvidenceKind.TEXT),
        ("größer".encode("utf-16-le"), "reg.reg", EvidenceKind.TEXT),
        ("Zugriff verweigert: größer\n".encode("cp1252"), "log", EvidenceKind.TEXT),
        (b"\x1b[31mred\x1b[0m\n", "console.log", EvidenceKind.TEXT),
        (MAIL, "mail.eml", EvidenceKind.EML),
        (MAIL, "mail.txt", EvidenceKind.EML),
        (b"From: here on\nwe saw: errors\n", "notes.txt", EvidenceKind.TEXT),
        (b"<!DOCTYPE html><html><body>hi</body></html>", "page.html", EvidenceKind.HTML),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "a.zip", EvidenceKind.OFFICE),
        (b"PK\x03\x04" + bytes(26) + b"logs/sssd.log", "a.docx", EvidenceKind.ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "mail.msg", EvidenceKind.OFFICE),
        (b"\x1f\x8b\x08" + bytes(30), "log.gz", EvidenceKind.ARCHIVE),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(20), "clip.mp4", EvidenceKind.MEDIA),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "IMG_1.HEIC", EvidenceKind.PICTURE_OF_OTHER_KIND),
        (b"BM" + (90).to_bytes(4, "little") + bytes(60), "old.bmp", EvidenceKind.PICTURE_OF_OTHER_KIND),
        (b"BMC agent log: started\n", "bmc.log", EvidenceKind.TEXT),
        (bytes(range(256)) * 9, "a.txt", EvidenceKind.OTHER),
        (b"MZ\x90\x00" + bytes(range(60)), "tool.txt", EvidenceKind.OTHER),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, name: str, kind: EvidenceKind) -> None:
    assert kind_of(data, name) is kind


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("größer ✓\n".encode(), "größer ✓\n"),
        ("größer ✓\n".encode("utf-8-sig"), "größer ✓\n"),
        ("größer ✓\r\nok".encode("utf-16"), "größer ✓\nok"),
        ("größer: ja".encode("utf-16-be"), "größer: ja"),
        ("größer – “ja”".encode("cp1252"), "größer – “ja”"),
        ("größer, größte, ä, ö".encode() + b" \xff end", "größer, größte, ä, ö ? end"),
    ],
)
def test_text_is_decoded_as_it_was_written(data: bytes, text: str) -> None:
    assert examine(data, "a.log").text == text


def test_a_letter_that_the_first_look_cuts_does_not_change_the_kind() -> None:
    assert kind_of(b"a" * 65_535 + "ü".encode() * 10) is EvidenceKind.TEXT


@pytest.mark.parametrize(
    ("data", "size"),
    [(png(640, 480), (640, 480)), (GIF, (40, 30)), (JPEG, (320, 240)), (WEBP, (320, 240)), (JPEG[:9], None)],
)
def test_the_size_of_a_picture_is_read_from_its_first_bytes(data: bytes, size: tuple[int, int] | None) -> None:
    assert dimensions(data, kind_of(data)) == size


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Unread.EMPTY),
        (b" \n\n", Unread.EMPTY),
        (bytes(20_000_001), Unread.TOO_BIG),
        (png(1, 1), Unread.TINY_PICTURE),
        (png(1, 900), Unread.TINY_PICTURE),
        (png(60_000, 60_000, rows=1), Unread.HUGE_PICTURE),
        (JPEG[:9], Unread.BROKEN_PICTURE),
        (pdf(b"/Encrypt 5 0 R"), Unread.LOCKED_PDF),
        (pdf(b"/Encrypt << /Filter /Standard >>"), Unread.LOCKED_PDF),
        (b"PK\x03\x04" + bytes(40), Unread.ARCHIVE),
        (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", Unread.OFFICE),
        (b"OggS" + bytes(40), Unread.MEDIA),
        (bytes(range(32)) * 9, Unread.OTHER_KIND),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: Unread) -> None:
    assert examine(data).unread is reason


@pytest.mark.parametrize(
    "data", [png(640, 480), GIF, JPEG, WEBP, pdf(), pdf(b"/EncryptMetadata false"), MAIL, b"log\n"]
)
def test_what_can_be_read_is_not_refused(data: bytes) -> None:
    assert examine(data).unread is None


@pytest.mark.parametrize("reason", list(Unread))
def test_every_refusal_is_one_name_and_what_helps(reason: Unread) -> None:
    sentence = UnreadFile(name="Bad `name`\n.zip", reason=reason).sentence
    assert sentence == f"I could not read `Bad 'name' .zip`: {because(reason)}"
    assert sentence.endswith(".")


def test_a_mail_shows_its_heads_body_and_attachments() -> None:
    assert mail_text(MAIL) == (
        "From: Priya Näir <priya.nair@herefordtyres.example>\n"
        "To: desk@fabrikam.com\n"
        "Date: Thu, 19 Nov 2026 14:02:31 +0000\n"
        "Subject: RE: printer AGAIN\n"
        "Received: from LO2P123MB1234.GBRP123.PROD.OUTLOOK.COM (2603:10a6::8)"
        " by CWXP123MB5678.GBRP123.PROD.OUTLOOK.COM; Thu, 19 Nov 2026 14:02:31 +0000\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b1"\n\n'
        "It prints page 1 of 3 – then stops.\n\n"
        "Attached: panel.jpg (image/jpeg)"
    )


def test_a_mail_of_html_alone_is_read_as_words() -> None:
    assert (
        mail_text(HTML_MAIL).split("\n\n", 1)[1] == "Grüße,\nclick here (https://portal.example/r?u=1)\n\nHost | web-03"
    )


def test_a_mail_in_a_mail_is_read_too() -> None:
    outer = b"From: x@y.example\nTo: z@y.example\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n"
    inner = b"From: kim@b.example\nSubject: inner\n\nthe words inside\n"
    assert "the words inside" in mail_text(outer + inner)


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    for head in (
        b"",
        b"From: a\nTo: b\nSubject: c\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFFxxxxWEBP",
        b"GIF89a",
    ):
        examine(head + data, "a.eml")
    mail_text(data)


@pytest.mark.parametrize(
    "data",
    [
        b"From: a\nTo: b\nSubject: c\n" + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 3_000,
        b"From: a\nTo: b\nSubject: c\nContent-Type: message/rfc822\n\n" * 3_000,
        b"From: a\nTo: b\nSubject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nx",
        b"From: a\nTo: b\nSubject: c\nContent-Type: text/html\n\n" + b"<a href=x>" * 20_000,
        b"From: " + b"<" * 100_000 + b"\nTo: b\nSubject: c\n\nx",
    ],
)
def test_a_mail_that_is_a_bomb_ends(data: bytes) -> None:
    started = time.process_time()
    examine(data, "a.eml")
    assert time.process_time() - started < 3


@pytest.mark.parametrize("piece", ["<", "<!", "<!--", "<a ", "</", "<![", "&#", "&", "<a b='", "<script>", "<p>"])
def test_a_page_that_is_a_bomb_ends(piece: str) -> None:
    started = time.process_time()
    html_text(piece * 100_000)
    assert time.process_time() - started < 2
