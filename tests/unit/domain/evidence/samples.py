"""Small files of many kinds, as bytes."""

import struct
import zlib
from typing import Final

MAIL: Final = b"""Received: from LO2P123MB1234.GBRP123.PROD.OUTLOOK.COM (2603:10a6::8)\r
 by CWXP123MB5678.GBRP123.PROD.OUTLOOK.COM; Thu, 19 Nov 2026 14:02:31 +0000\r
From: =?utf-8?q?Priya_N=C3=A4ir?= <priya.nair@herefordtyres.example>\r
To: desk@fabrikam.com\r
Subject: RE: printer AGAIN\r
Date: Thu, 19 Nov 2026 14:02:31 +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="b1"\r
\r
--b1\r
Content-Type: multipart/alternative; boundary="b2"\r
\r
--b2\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
It prints page 1 of 3 =E2=80=93 then stops.\r
--b2\r
Content-Type: text/html; charset=utf-8\r
\r
<p>It prints <b>page 1</b></p>\r
--b2--\r
--b1\r
Content-Type: image/jpeg; name="panel.jpg"\r
Content-Disposition: attachment; filename="panel.jpg"\r
Content-Transfer-Encoding: base64\r
\r
/9j/4AAQ\r
--b1--\r
"""
HTML_MAIL: Final = b"""From: a@b.example
To: c@d.example
Subject: Reset
Content-Type: text/html; charset=iso-8859-1

<html><head><style>p {color:red}</style></head><body><p>Gr\xfc\xdfe,<br>click <a href="https://portal.example/r?u=1">here</a></p>
<table><tr><td>Host</td><td>web-03</td></tr></table><script>alert(1)</script></body></html>
"""


def png(width: int, height: int, rows: int | None = None) -> bytes:
    """A black picture. `rows` may be fewer than the height that it claims."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height if rows is None else rows)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(trailer: bytes = b"") -> bytes:
    """The least of a PDF, with something in its trailer."""
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    return head + b"trailer\n<< /Root 1 0 R " + trailer + b" >>\nstartxref\n9\n%%EOF\n"
