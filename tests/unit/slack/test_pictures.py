"""A picture is sent small, upright and without what the camera wrote into it, or refused with a reason."""

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.domain.evidence import Unread
from bot.slack.pictures import prepare, prepared
from tests.support.examples import examples
from tests.unit.domain.evidence.samples import png


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(4).randbytes(width * height * 3))


def test_a_small_screenshot_keeps_its_size_and_every_pixel() -> None:
    picture = noise(300, 200)
    ready = prepare(saved(picture, "PNG"))
    assert (ready.mimetype, ready.width, ready.height, ready.unread) == ("image/png", 300, 200, None)
    assert opened(ready.data).tobytes() == picture.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_large_picture_is_scaled_down_to_its_long_edge(kind: str) -> None:
    ready = prepare(saved(Image.new("RGB", (4_000, 1_000), "navy"), kind))
    assert (ready.width, ready.height) == (1568, 392)
    assert opened(ready.data).size == (1568, 392)


async def test_a_picture_that_is_still_too_heavy_becomes_lighter() -> None:
    ready = await prepared(saved(noise(900, 900), "PNG"), most_bytes=100_000)
    assert ready.mimetype == "image/jpeg"
    assert len(ready.data) <= 100_000


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright() -> None:
    photo = Image.new("RGB", (400, 200), "green")
    exif = photo.getexif()
    exif[0x0112] = 6
    exif[0x010E] = "Lantern77Brook"
    ready = prepare(saved(photo, "JPEG", exif=exif, comment=b"Lantern77Brook", icc_profile=b"Lantern77Brook"))
    assert (ready.width, ready.height) == (200, 400)
    assert b"Lantern" not in ready.data
    assert not opened(ready.data).getexif()


def test_notes_in_a_screenshot_are_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Lantern77Brook")
    assert b"Lantern" not in prepare(saved(Image.new("RGB", (20, 20)), "PNG", pnginfo=notes)).data


def test_of_a_picture_that_moves_the_first_frame_is_sent() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    ready = prepare(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert opened(ready.data).getpixel((5, 5)) == (255, 0, 0)
    assert getattr(opened(ready.data), "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_colour_can_be_sent(mode: str) -> None:
    assert prepare(saved(Image.new(mode, (30, 30)), "PNG")).unread is None


def test_what_is_transparent_stands_on_white() -> None:
    ready = prepare(saved(Image.new("RGBA", (30, 30), (0, 0, 0, 0)), "PNG"))
    assert opened(ready.data).getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(1, 1), Unread.TINY_PICTURE),
        (png(30_000, 30_000, rows=1), Unread.HUGE_PICTURE),
        (png(500, 500)[:300], Unread.BROKEN_PICTURE),
        (b"\x89PNG\r\n\x1a\n", Unread.BROKEN_PICTURE),
        (b"<svg/>", Unread.BROKEN_PICTURE),
        (b"", Unread.BROKEN_PICTURE),
    ],
)
def test_a_picture_that_cannot_be_sent_says_why(data: bytes, reason: Unread) -> None:
    assert prepare(data).unread is reason


@examples(60)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]), st.data())
def test_no_damage_raises(kind: str, data: st.DataObject) -> None:
    whole = bytearray(saved(noise(20, 20), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    ready = prepare(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    assert bool(ready.data) is (ready.unread is None)
