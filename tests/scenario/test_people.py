"""A session among people: who is answered, what stood above, and what edits and deletions do."""

from tests.scenario.stage import DESK, Stage, buttons
from tests.scenario.story import Story


async def test_the_more_people_write_the_more_it_takes_to_be_answered(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await stage.say(root, "The display says Ready")
    await stage.say(root, "I had that last week, it was the driver", stage.ben)
    await stage.say(root, "Thanks! The port is open")
    await stage.say(root, "@Ben which driver was it?")
    await stage.say(root, "@Tasklane what do you think of the driver?", stage.ben)
    await stage.say(root, "Can I have the printer back?", stage.dana)
    await stage.say(root, "In a minute")
    await stage.say(root, "@Tasklane and now?")
    await story.goes_on()
    story.matches("who_is_answered")


async def test_what_is_recorded_and_not_answered_gets_a_quiet_sign(stage: Stage) -> None:
    root = await stage.start()
    said = await stage.say(root, "It was the driver", stage.ben)
    assert set(said.reactions) == {"eyes"}
    assert "(a colleague, Ben) It was the driver" in await stage.heard(root)
    assert len(stage.replies(root)) == 1


async def test_the_owner_switches_what_is_answered(stage: Stage) -> None:
    root = await stage.start()
    await stage.say(root, "It was the driver", stage.ben)
    assert "I answer the owner, whoever mentions me" in root.text_view()
    await stage.click(root, "Answers everything")
    assert "I answer everything in this thread." in root.text_view()
    await stage.say(root, "The driver, I say", stage.ben)
    assert len(stage.replies(root)) == 2
    await stage.click(root, "Answers when mentioned")
    assert "Answers everything" in buttons(root)
    await stage.say(root, "Now silence")
    assert len(stage.replies(root)) == 2
    assert (await stage.ben.click(root, "Answers everything")).ok
    await stage.quiet()
    assert stage.told(stage.ben)


async def test_a_note_is_recorded_and_never_answered(stage: Stage) -> None:
    root = await stage.start()
    for text in ("// swapped the toner at 10:40", "note: customer is on site until noon"):
        await stage.say(root, text)
    assert len(stage.replies(root)) == 1
    heard = await stage.heard(root)
    assert heard[1:] == ["(note) swapped the toner at 10:40", "(note) customer is on site until noon"]


async def test_what_stands_above_a_mention_is_taken_in_once(stage: Stage, story: Story) -> None:
    root = await stage.ben.say(DESK, "Nobody in Accounting can print")
    stage.slack.alert(DESK, "PRINTSRV01: spooler stopped", app="Monitoring", thread=root)
    await stage.dana.say(DESK, "The password of the print server is Lantern77Brook", thread=root)
    await stage.ana.say(DESK, "@Tasklane can you help with this?", thread=root)
    await story.goes_on()
    heard = await stage.heard(root)
    assert heard[0] == "(context, Ben) Nobody in Accounting can print"
    assert heard[1].startswith("(context, Monitoring) PRINTSRV01: spooler stopped")
    assert "Lantern77Brook" not in "".join(heard)
    assert heard[-1] == "can you help with this?"
    assert "Read 3 messages above." in root.replies[3].text_view()
    await stage.say(root, "@Tasklane again")
    assert len(await stage.heard(root)) == len(heard) + 1
    story.matches("context_above")


async def test_of_a_long_thread_the_first_message_and_the_newest_are_taken_in(stage: Stage) -> None:
    root = await stage.ben.say(DESK, "Nobody in Accounting can print")
    for number in range(220):
        stage.slack.alert(DESK, f"Ping {number} lost", app="Monitoring", thread=root)
    await stage.dana.say(DESK, "Same on the second floor", thread=root)
    await stage.ana.say(DESK, "@Tasklane can you help with this?", thread=root)
    await stage.quiet()
    first, *_, before, last, asked = await stage.heard(root)
    assert first == "(context, Ben) Nobody in Accounting can print"
    assert (before, last) == ("(context, Monitoring) Ping 219 lost", "(context, Dana) Same on the second floor")
    assert asked == "can you help with this?"
    assert stage.in_thread(root, "Read 50 messages above.")
    assert stage.in_thread(root, "I answer everything that the owner writes here.")


async def test_names_stand_where_slack_writes_ids(stage: Stage) -> None:
    root = await stage.start(problem=f"<@{stage.ben.id}> cannot reach <http://deploy.sh|deploy.sh>")
    assert await stage.heard(root) == ["@Ben cannot reach deploy.sh"]
    await stage.say(root, "@Tasklane @Ben swapped the switch, see #ticket-notes")
    assert "@Ben swapped the switch, see #ticket-notes" in (await stage.heard(root))[-1]


async def test_addresses_arrive_as_they_were_typed(stage: Stage) -> None:
    root = await stage.start()
    typed = "nslookup <http://mail.fabrikam.com|mail.fabrikam.com> then run <http://deploy.sh|deploy.sh>"
    await stage.ana.say_raw(DESK, typed, thread=root)
    await stage.quiet()
    assert (await stage.heard(root))[-1] == "nslookup mail.fabrikam.com then run deploy.sh"


async def test_a_forwarded_message_is_read_with_its_author_and_its_channel(stage: Stage) -> None:
    customer = await stage.ben.say("ticket-notes", "Our scanner makes a grinding noise since Monday")
    root = await stage.start()
    await stage.ana.forward(customer, DESK, "Is that the same thing?", thread=root)
    await stage.quiet()
    heard = (await stage.heard(root))[-1]
    assert heard.startswith("Is that the same thing?")
    assert "Our scanner makes a grinding noise since Monday" in heard
    assert "Forwarded message from Ben in #ticket-notes" in heard


async def test_a_terminals_output_reads_as_the_terminal_showed_it_in_the_end(stage: Stage) -> None:
    root = await stage.start()
    await stage.say(root, "\x1b[0;1;31m● sssd.service\x1b[0m failed\nCopying 10%\rCopying 100%")
    assert (await stage.heard(root))[-1] == "● sssd.service failed\nCopying 100%"


async def test_an_edit_replaces_what_was_said_and_a_deletion_takes_it_back(stage: Stage) -> None:
    root = await stage.start()
    said = await stage.say(root, "The display says Ready")
    answers = len(stage.replies(root))
    await stage.ana.edit(said, "The display says Error 42")
    await stage.quiet()
    assert (await stage.heard(root))[-1] == "The display says Error 42"
    assert len(stage.replies(root)) == answers, "what was answered is not answered again"
    await stage.ana.delete(said)
    await stage.quiet()
    assert "Error 42" not in "".join(await stage.heard(root))


async def test_a_problem_that_is_deleted_is_gone_from_the_card_and_the_notes(stage: Stage) -> None:
    root = await stage.ana.say(DESK, "@Tasklane no tasks please, the code is on the whiteboard")
    await stage.quiet()
    await stage.say(root, "It was the cable")
    await stage.ana.delete(root)
    await stage.quiet()
    assert not any("whiteboard" in message.text_view() for message in stage.slack.channel(DESK).messages)
