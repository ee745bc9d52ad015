from bot.domain.ids import TeamId, UserId
from bot.domain.pacing.publishing import JUST_OPENED, LIMIT, OPENED, WINDOW, Publishing, wait


def test_whoever_has_just_opened_the_tab_comes_before_those_who_may_look_and_these_before_the_others() -> None:
    now = 1_000.0
    just, recent, never = now - JUST_OPENED, now - OPENED, None
    busy = [now - 1.0] * (LIMIT // 2)
    assert [wait(busy, now, opened) > 0 for opened in (just, recent, never)] == [False, False, True]
    full = [now - 1.0] * (LIMIT - 1)
    assert [wait(full, now, opened) > 0 for opened in (just, recent, never)] == [False, True, True]
    assert wait([], now, never) == 0.0


def test_the_wait_ends_when_the_window_has_room() -> None:
    published = [float(at) for at in range(LIMIT)]
    now = float(LIMIT)
    later = wait(published, now, now)
    assert later > 0
    assert wait([at for at in published if at > now + later - WINDOW], now + later, now + later) == 0.0
    assert wait([0.0] * LIMIT, WINDOW, None) > 0, "never at once, lest it turn in circles"


def test_each_workspace_has_a_window_of_its_own_and_who_looks_is_forgotten_in_time() -> None:
    ours, theirs, ana, ben = TeamId("T1"), TeamId("T2"), UserId("U1"), UserId("U2")
    publishing = Publishing()
    for _ in range(LIMIT // 2):
        publishing.publish(ours, 100.0)
    publishing.looked(ours, ana, 100.0)
    assert publishing.wait(ours, ana, 101.0) == 0.0
    assert publishing.wait(ours, ben, 101.0) == WINDOW - 1.0
    assert publishing.wait(theirs, ben, 101.0) == 0.0
    assert publishing.wait(ours, ben, 100.0 + WINDOW) == 0.0
    for _ in range(LIMIT // 2):
        publishing.publish(ours, 100.0 + 2 * OPENED)
    assert publishing.wait(ours, ana, 100.0 + 2 * OPENED) > 0
    assert publishing.wait(ours, ana, 101.0 + 2 * OPENED) > 0
