


SELECT pg_catalog.set_config('search_path', '', false);



ALTER TABLE public.alembic_version DISABLE TRIGGER ALL;

INSERT INTO public.alembic_version (version_num) VALUES ('0004');


ALTER TABLE public.alembic_version ENABLE TRIGGER ALL;


ALTER TABLE public.allowances DISABLE TRIGGER ALL;

INSERT INTO public.allowances (team_id, user_id, kind, at) VALUES ('T0SANDBOX', 'U0ANA', 'conclude', 1795886558.9543686);
INSERT INTO public.allowances (team_id, user_id, kind, at) VALUES ('T0SANDBOX', 'U0ANA', 'conclude', 1795886562.132923);
INSERT INTO public.allowances (team_id, user_id, kind, at) VALUES ('T0SANDBOX', 'U0ANA', 'conclude', 1795886565.2020686);
INSERT INTO public.allowances (team_id, user_id, kind, at) VALUES ('T0SANDBOX', 'U0ANA', 'conclude', 1795886572.094391);


ALTER TABLE public.allowances ENABLE TRIGGER ALL;


ALTER TABLE public.deliveries DISABLE TRIGGER ALL;

INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:1.1795886552.89efc054ff630f17', 1795886552.0973127);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:3.1795886554.389b4314fe2c4c51:draft:1795886554.120725', 1795886554.1739264);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'newest:draft:091958cb03a40fea', 1795886554.120725);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'newest:view:V00000032', 1795886554.120725);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'view:V00000032:1795886554.a9692574:4.1795886554.d60bb231a4885145', 1795886554.3330195);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'closed:V00000032', 1795886554.3366225);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:6.1795886554.7ce6310b133989c9:draft:1795886554.476602', 1795886554.5194657);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:7.1795886554.d7dbd6a7bcea86f2:draft:1795886554.724638', 1795886554.7729318);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:8.1795886554.b5dc892ab699d995:draft:1795886554.872573', 1795886554.9088047);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:9.1795886554.40f91821b77ff940:draft:1795886554.990252', 1795886555.0128164);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:10.1795886555.dba8bceeda239e40:draft:1795886555.060605', 1795886555.0752718);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:11.1795886555.bdb7573d153c11f2:draft:1795886555.128626', 1795886555.1532927);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:12.1795886555.66eff5925b028976:draft:1795886555.192616', 1795886555.207123);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:13.1795886555.b5f915eacbddb628:draft:1795886555.272608', 1795886555.2883666);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:14.1795886555.8547a3bbb5668141:draft:1795886555.325354', 1795886555.3624966);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:15.1795886555.7e9f256f980fd598:draft:1795886555.400593', 1795886555.42082);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:16.1795886555.b646ca61ef19d7a4:draft:1795886555.464643', 1795886555.4728203);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:17.1795886555.c9ec8e4ab54a65f6:draft:1795886555.540611', 1795886555.561126);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:18.1795886555.3a380b062393891e:draft:1795886555.597457', 1795886555.6200242);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:19.1795886555.2e3ea428fe05c234:draft:1795886555.672625', 1795886555.6794055);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:20.1795886555.87071bf3a92448fb:draft:1795886555.709818', 1795886555.7424326);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'newest:draft:840912cac4699afa', 1795886555.709818);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'newest:view:V00000035', 1795886555.709818);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'view:V00000035:1795886554.2c14732c:', 1795886555.78205);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'closed:V00000035', 1795886555.784523);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'click:21.1795886556.441e4b61ed9d718b:fold:1795886556.964471', 1795886556.9852479);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'newest:fold:35512f3ef0ec04b3', 1795886556.964471);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:22.1795886557.8062736ecd1bfe7b', 1795886557.0320487);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'view:V000000A0:1795886558.01a630d6:24.1795886558.cc8ed19c378f4e2f', 1795886558.9536045);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:25.1795886560.f5c4bf71bf199c1c', 1795886560.495846);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'view:V00000111:1795886562.7dfdd18a:27.1795886562.c6696aeba92698ce', 1795886562.1323183);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:28.1795886563.20490692eef61233', 1795886563.6086178);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'view:V000001A2:1795886565.2c50db8d:30.1795886565.d5e21c256a28f53a', 1795886565.201134);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:31.1795886566.c2c0e541001b8cd5', 1795886566.5200176);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:32.1795886566.e305b4b3eb5aa25f', 1795886566.944948);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'command:33.1795886570.229479d1d6aadbe1', 1795886570.7184892);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'event:Ev000002C9', 1795886572.0646813);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'view:V000002CA:1795886572.e331c74e:35.1795886572.7332007b3622a79b', 1795886572.091832);
INSERT INTO public.deliveries (team_id, id, at) VALUES ('T0SANDBOX', 'event:Ev0000030D', 1795886579.6864126);


ALTER TABLE public.deliveries ENABLE TRIGGER ALL;


ALTER TABLE public.edit_pools DISABLE TRIGGER ALL;

INSERT INTO public.edit_pools (team_id, method, pool) VALUES ('T0SANDBOX', 'chat.update', '{"shares": {"5afddb2104bd6241": {"sent": [1795886553.4961402, 1795886553.6779761, 1795886553.9718957, 1795886554.8513079, 1795886555.9371636, 1795886557.6040754, 1795886557.7034206, 1795886557.8406215, 1795886559.1879098, 1795886559.3271446, 1795886560.8809893, 1795886560.9565358, 1795886561.0297518, 1795886562.3258474, 1795886562.5041597, 1795886562.5564196, 1795886563.9529564, 1795886564.0327518, 1795886564.102698, 1795886565.3807683, 1795886565.3915157, 1795886566.780945, 1795886566.8381479, 1795886566.893545, 1795886567.2443795], "began": [1795886567.2217233], "starts": [1795886553.3810146, 1795886557.575125, 1795886560.8539412, 1795886562.4632707, 1795886563.9222314, 1795886566.7697842, 1795886567.221728], "held": 2, "until": 1795886572.244499}, "5ad638026840a289": {"sent": [1795886572.02318, 1795886572.1698, 1795886574.1874304, 1795886574.6922581, 1795886579.5409274], "began": [1795886571.987171, 1795886574.9134881], "starts": [1795886571.9871774, 1795886574.913494], "held": 2, "until": 1795886586.926612}}, "frozen_until": -Infinity, "learned": null, "learned_at": -Infinity}');


ALTER TABLE public.edit_pools ENABLE TRIGGER ALL;


ALTER TABLE public.homes DISABLE TRIGGER ALL;

INSERT INTO public.homes (team_id, user_id, page, concluded_page, hash, shown) VALUES ('T0SANDBOX', 'U0ANA', 0, 0, '1795886572.d0478d7f', -1);


ALTER TABLE public.homes ENABLE TRIGGER ALL;


ALTER TABLE public.sessions DISABLE TRIGGER ALL;

INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('7b9cc626feb9e279', 'T0SANDBOX', 'C0HELPDESK', '1795886567.037608', 'U0ANA', 'active', 'Queue', true, 'The phone has no line', 'Nobody can print.', '', 1795886566.9486096, 1795886566.9486096, 0, NULL, NULL, NULL, NULL, 4, 2);
INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('35512f3ef0ec04b3', 'T0SANDBOX', 'C0HELPDESK', '1795886552.747198', 'U0ANA', 'active', 'Queue', true, 'The printer is silent', 'Nobody can print.', '', 1795886552.1368196, 1795886552.1368196, 0, NULL, NULL, NULL, NULL, 2, 2);
INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('4f11b33ab3b0e517', 'T0SANDBOX', 'C0HELPDESK', '1795886557.217672', 'U0ANA', 'paused', 'Queue', true, 'To be Paused', 'Nobody can print.', '', 1795886557.0376275, 1795886557.0376275, 1.9167158603668213, 1795886558.9845371, NULL, NULL, NULL, 2, 3);
INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('d2f27c9ed855a81d', 'T0SANDBOX', 'C0HELPDESK', '1795886560.629872', 'U0ANA', 'resolved', 'Queue', true, 'To be Resolved', 'Nobody can print.', 'Resolved via assistant chat', 1795886560.5008311, 1795886560.5008311, 1.6320714950561523, 1795886562.1351676, NULL, NULL, NULL, 2, 3);
INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('30bd54a06b3c8aaa', 'T0SANDBOX', 'C0HELPDESK', '1795886563.704882', 'U0ANA', 'escalated', 'Queue', true, 'To be Escalated', 'Nobody can print.', 'Escalated from assistant chat', 1795886563.6096864, 1795886563.6096864, 1.5923550128936768, 1795886565.2084794, NULL, NULL, NULL, 2, 3);
INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('95b01cf79fd62ca4', 'T0SANDBOX', 'C0HELPDESK', '1795886570.821928', 'U0ANA', 'active', 'The monitor flickers', false, 'The monitor flickers', '', '', 1795886570.7252378, 1795886570.7252378, 0, NULL, NULL, NULL, NULL, 3, 2);
INSERT INTO public.sessions (id, team_id, channel, thread, owner, status, title, titled, problem, summary, resolution, opened_at, active_since, worked, concluded_at, escalated_to, notes_channel, continues, messages, revision) VALUES ('87d93cabd2f122a2', 'T0SANDBOX', 'C0HELPDESK', '1795886566.575212', 'U0ANA', 'resolved', 'Queue', true, 'The scanner sends nothing', 'Nobody can print.', 'Resolved via assistant chat', 1795886566.5242789, 1795886566.5242789, 5.570084810256958, 1795886572.0995312, NULL, NULL, NULL, 2, 3);


ALTER TABLE public.sessions ENABLE TRIGGER ALL;


ALTER TABLE public.lanes DISABLE TRIGGER ALL;

INSERT INTO public.lanes (session_id, team_id, generation, folded, page, revision, born) VALUES ('35512f3ef0ec04b3', 'T0SANDBOX', 1, true, 0, 6, 1);
INSERT INTO public.lanes (session_id, team_id, generation, folded, page, revision, born) VALUES ('4f11b33ab3b0e517', 'T0SANDBOX', 1, false, 0, 2, 1);
INSERT INTO public.lanes (session_id, team_id, generation, folded, page, revision, born) VALUES ('d2f27c9ed855a81d', 'T0SANDBOX', 1, false, 0, 2, 1);
INSERT INTO public.lanes (session_id, team_id, generation, folded, page, revision, born) VALUES ('30bd54a06b3c8aaa', 'T0SANDBOX', 1, false, 0, 2, 1);
INSERT INTO public.lanes (session_id, team_id, generation, folded, page, revision, born) VALUES ('7b9cc626feb9e279', 'T0SANDBOX', 1, false, 0, 1, 1);
INSERT INTO public.lanes (session_id, team_id, generation, folded, page, revision, born) VALUES ('87d93cabd2f122a2', 'T0SANDBOX', 1, false, 0, 2, 1);


ALTER TABLE public.lanes ENABLE TRIGGER ALL;


ALTER TABLE public.live_messages DISABLE TRIGGER ALL;

INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:7b9cc626feb9e279', 'C0HELPDESK', NULL, '1795886567.037608', false, 'Queue — Active', false, 2, 2);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:30bd54a06b3c8aaa', 'C0HELPDESK', NULL, '1795886563.704882', false, 'Queue — Escalated', false, 3, 3);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'lane:30bd54a06b3c8aaa', 'C0HELPDESK', '1795886563.704882', '1795886564.148365', false, 'Tasks: 3 to do', false, 2, 2);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:88db76b5b9e1f8b4', 'C0HELPDESK', '1795886552.747198', '1795886553.304759', false, 'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:8122957297648e0e', 'C0HELPDESK', '1795886560.629872', '1795886560.800827', false, 'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:35512f3ef0ec04b3', 'C0HELPDESK', NULL, '1795886552.747198', false, 'Queue — Active', false, 2, 2);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'announce:30bd54a06b3c8aaa:3', 'C0HELPDESK', '1795886563.704882', '1795886565.491965', false, '', false, 1, 3);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'lane:7b9cc626feb9e279', 'C0HELPDESK', '1795886567.037608', '1795886567.453595', false, '', false, 1, 1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'lane:d2f27c9ed855a81d', 'C0HELPDESK', '1795886560.629872', NULL, false, '', false, 2, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:d2f27c9ed855a81d', 'C0HELPDESK', NULL, '1795886560.629872', false, 'Queue — Resolved', false, 3, 3);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'lane:35512f3ef0ec04b3', 'C0HELPDESK', '1795886552.747198', '1795886554.001155', false, 'Tasks (3)', false, 4, 6);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'notes:d2f27c9ed855a81d', 'C0HELPDESK', '1795886560.629872', '1795886562.420862', false, '## Problem Summary

The scanner sent nothing.

## Steps Taken

- Looked at the mail relay.

## Resolution

The relay takes the scanner''s mail again.

## Next Steps

None', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:0a9a3f5d942ac8c0', 'C0HELPDESK', '1795886557.217672', '1795886557.534533', false, 'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:e1f7f827ecac3487', 'C0HELPDESK', '1795886566.575212', '1795886566.732771', false, 'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:315e7ec9b1a2d070', 'C0HELPDESK', '1795886563.704882', '1795886563.892772', false, 'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:4f11b33ab3b0e517', 'C0HELPDESK', NULL, '1795886557.217672', false, 'Queue — Paused', false, 3, 3);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'lane:4f11b33ab3b0e517', 'C0HELPDESK', '1795886557.217672', '1795886557.885267', false, 'Tasks: 3 to do', false, 2, 2);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:87d93cabd2f122a2', 'C0HELPDESK', NULL, '1795886566.575212', false, 'Queue — Resolved', false, 3, 3);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'announce:4f11b33ab3b0e517:3', 'C0HELPDESK', '1795886557.217672', '1795886559.470360', false, '', false, 1, 3);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'lane:87d93cabd2f122a2', 'C0HELPDESK', '1795886566.575212', NULL, false, '', false, 2, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'card:95b01cf79fd62ca4', 'C0HELPDESK', NULL, '1795886570.821928', false, 'The monitor flickers — Active', false, 2, 2);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:2570533878162c9e', 'C0HELPDESK', '1795886567.037608', '1795886567.192777', false, 'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.', true, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:24dae4a6d1916f63', 'C0HELPDESK', '1795886570.821928', '1795886570.960795', false, 'It is the device, its port, or the', false, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'notes:87d93cabd2f122a2', 'C0HELPDESK', '1795886566.575212', '1795886572.375805', false, '## Problem Summary

The scanner sent nothing.

## Steps Taken

- Looked at', false, 1, -1);
INSERT INTO public.live_messages (team_id, key, channel, thread, ts, posting, text, final, run, shown) VALUES ('T0SANDBOX', 'reply:8093f39472fe5745', 'C0HELPDESK', '1795886567.037608', NULL, true, '', false, 2, -1);


ALTER TABLE public.live_messages ENABLE TRIGGER ALL;


ALTER TABLE public.model_calls DISABLE TRIGGER ALL;

INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (1, 'T0SANDBOX', '35512f3ef0ec04b3', 'chat', 'scripted', 'scripted', 1097, 86, 0, 0, 0.00013633300022775074, 0.004829861999496643, 'complete', '', 1795886553.4329593);
INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (2, 'T0SANDBOX', '4f11b33ab3b0e517', 'chat', 'scripted', 'scripted', 1095, 86, 0, 0, 0.00011056499988626456, 0.0018991279994224897, 'complete', '', 1795886557.5870836);
INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (3, 'T0SANDBOX', 'd2f27c9ed855a81d', 'chat', 'scripted', 'scripted', 1095, 86, 0, 0, 0.00011768500007747207, 0.0017977070001506945, 'complete', '', 1795886560.8479815);
INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (4, 'T0SANDBOX', 'd2f27c9ed855a81d', 'notes', 'scripted', 'scripted', 1303, 63, 0, 0, 4.967400036548497e-05, 0.0029578849998870282, 'complete', '', 1795886562.464685);
INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (5, 'T0SANDBOX', '30bd54a06b3c8aaa', 'chat', 'scripted', 'scripted', 1095, 86, 0, 0, 0.00010004899922932964, 0.001708523999695899, 'complete', '', 1795886563.9367747);
INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (6, 'T0SANDBOX', '87d93cabd2f122a2', 'chat', 'scripted', 'scripted', 1098, 86, 0, 0, 0.00010039999961009016, 0.001702525999462523, 'complete', '', 1795886566.7660756);
INSERT INTO public.model_calls (id, team_id, session_id, use, provider, model, input, output, cache_read, cache_write, first_text, seconds, stop, request_id, at) VALUES (7, 'T0SANDBOX', '7b9cc626feb9e279', 'chat', 'scripted', 'scripted', 1097, 86, 0, 0, 0.00010023899994848762, 0.0017391390001648688, 'complete', '', 1795886567.2230592);


ALTER TABLE public.model_calls ENABLE TRIGGER ALL;


ALTER TABLE public.notes DISABLE TRIGGER ALL;

INSERT INTO public.notes (session_id, team_id, state, text, source, stopped_by, generation, at) VALUES ('d2f27c9ed855a81d', 'T0SANDBOX', 'final', '## Problem Summary

The scanner sent nothing.

## Steps Taken

- Looked at the mail relay.

## Resolution

The relay takes the scanner''s mail again.

## Next Steps

None', 'streamed', NULL, 0, 1795886562.4912913);
INSERT INTO public.notes (session_id, team_id, state, text, source, stopped_by, generation, at) VALUES ('87d93cabd2f122a2', 'T0SANDBOX', 'writing', '', 'streamed', NULL, 0, 1795886572.1255808);


ALTER TABLE public.notes ENABLE TRIGGER ALL;


ALTER TABLE public.procrastinate_workers DISABLE TRIGGER ALL;

INSERT INTO public.procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-28 17:23:00.785655+00');


ALTER TABLE public.procrastinate_workers ENABLE TRIGGER ALL;


ALTER TABLE public.procrastinate_jobs DISABLE TRIGGER ALL;

INSERT INTO public.procrastinate_jobs (id, queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts, abort_requested, worker_id) VALUES (84, 'tidy', 'tidy', 0, 'T0SANDBOX:tidy', NULL, '{"args": {}, "team": "T0SANDBOX", "errors": 0, "run_at": 1795890170.7205203, "crashes": 0}', 'todo', '2026-11-28 18:22:50.72052+00', 0, false, NULL);
INSERT INTO public.procrastinate_jobs (id, queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts, abort_requested, worker_id) VALUES (88, 'reply', 'reply', 1, 'T0SANDBOX:talk:95b01cf79fd62ca4', NULL, '{"args": {"session": "95b01cf79fd62ca4"}, "team": "T0SANDBOX", "errors": 0, "run_at": 0.0, "crashes": 0}', 'doing', NULL, 0, false, 2);
INSERT INTO public.procrastinate_jobs (id, queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts, abort_requested, worker_id) VALUES (89, 'reply', 'reply', 1, 'T0SANDBOX:talk:95b01cf79fd62ca4', NULL, '{"args": {"session": "95b01cf79fd62ca4"}, "team": "T0SANDBOX", "errors": 0, "run_at": 0.0, "crashes": 0}', 'todo', NULL, 0, false, NULL);
INSERT INTO public.procrastinate_jobs (id, queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts, abort_requested, worker_id) VALUES (94, 'notes', 'notes', 1, 'T0SANDBOX:talk:87d93cabd2f122a2', NULL, '{"args": {"session": "87d93cabd2f122a2"}, "team": "T0SANDBOX", "errors": 0, "run_at": 0.0, "crashes": 0}', 'doing', NULL, 0, false, 2);
INSERT INTO public.procrastinate_jobs (id, queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts, abort_requested, worker_id) VALUES (95, 'reply', 'reply', 1, 'T0SANDBOX:talk:7b9cc626feb9e279', NULL, '{"args": {"session": "7b9cc626feb9e279"}, "team": "T0SANDBOX", "errors": 2, "reason": "SlackUnavailable", "run_at": 1795886592.0216563, "crashes": 0, "reference": "622453ee"}', 'todo', '2026-11-28 17:23:12.021656+00', 2, false, 2);


ALTER TABLE public.procrastinate_jobs ENABLE TRIGGER ALL;


ALTER TABLE public.procrastinate_events DISABLE TRIGGER ALL;

INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (167, 84, 'scheduled', '2026-11-28 18:22:50.72052+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (168, 84, 'deferred', '2026-11-28 17:22:50.724832+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (174, 88, 'deferred', '2026-11-28 17:22:50.849405+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (176, 88, 'started', '2026-11-28 17:22:50.869516+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (177, 89, 'deferred', '2026-11-28 17:22:52.059669+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (183, 94, 'deferred', '2026-11-28 17:22:52.07182+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (186, 94, 'started', '2026-11-28 17:22:52.138479+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (189, 95, 'deferred', '2026-11-28 17:22:59.577511+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (190, 95, 'started', '2026-11-28 17:22:59.728969+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (191, 95, 'scheduled', '2026-11-28 17:23:01.917325+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (192, 95, 'deferred_for_retry', '2026-11-28 17:22:59.921603+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (193, 95, 'started', '2026-11-28 17:23:01.922871+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (194, 95, 'scheduled', '2026-11-28 17:23:12.021656+00');
INSERT INTO public.procrastinate_events (id, job_id, type, at) VALUES (195, 95, 'deferred_for_retry', '2026-11-28 17:23:02.024784+00');


ALTER TABLE public.procrastinate_events ENABLE TRIGGER ALL;


ALTER TABLE public.procrastinate_periodic_defers DISABLE TRIGGER ALL;



ALTER TABLE public.procrastinate_periodic_defers ENABLE TRIGGER ALL;


ALTER TABLE public.tasks DISABLE TRIGGER ALL;

INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('f69948a7113468d1', 'T0SANDBOX', '35512f3ef0ec04b3', 1, 2, 'action', 'Restart the spooler', NULL, 'Restart-Service Spooler', 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('091958cb03a40fea', 'T0SANDBOX', '35512f3ef0ec04b3', 1, 0, 'question', 'Is there a queue?', NULL, NULL, 'answered', 'Forty jobs', 1, 'Forty jobs', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('840912cac4699afa', 'T0SANDBOX', '35512f3ef0ec04b3', 1, 1, 'question', 'Since when?', NULL, NULL, 'open', 'Since half past', 15, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('4ebb983980682e84', 'T0SANDBOX', '4f11b33ab3b0e517', 1, 0, 'question', 'Is there a queue?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('a9839502a72d3987', 'T0SANDBOX', '4f11b33ab3b0e517', 1, 1, 'question', 'Since when?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('8cab0c66f024fd28', 'T0SANDBOX', '4f11b33ab3b0e517', 1, 2, 'action', 'Restart the spooler', NULL, 'Restart-Service Spooler', 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('a7555db7d5999ecb', 'T0SANDBOX', 'd2f27c9ed855a81d', 1, 0, 'question', 'Is there a queue?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('039d9ba08b1bc697', 'T0SANDBOX', 'd2f27c9ed855a81d', 1, 1, 'question', 'Since when?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('06f1850563f880b5', 'T0SANDBOX', 'd2f27c9ed855a81d', 1, 2, 'action', 'Restart the spooler', NULL, 'Restart-Service Spooler', 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('0b059ba2df0dce5d', 'T0SANDBOX', '30bd54a06b3c8aaa', 1, 0, 'question', 'Is there a queue?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('7694dcd76e600ffe', 'T0SANDBOX', '30bd54a06b3c8aaa', 1, 1, 'question', 'Since when?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('6b343e687a455e9e', 'T0SANDBOX', '30bd54a06b3c8aaa', 1, 2, 'action', 'Restart the spooler', NULL, 'Restart-Service Spooler', 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('a6e560b35a52f735', 'T0SANDBOX', '87d93cabd2f122a2', 1, 0, 'question', 'Is there a queue?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('f20ddc007d078d89', 'T0SANDBOX', '87d93cabd2f122a2', 1, 1, 'question', 'Since when?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('9c7d1a393eb8aa3c', 'T0SANDBOX', '87d93cabd2f122a2', 1, 2, 'action', 'Restart the spooler', NULL, 'Restart-Service Spooler', 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('1b67bf0359c2621a', 'T0SANDBOX', '7b9cc626feb9e279', 1, 0, 'question', 'Is there a queue?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('a5a631347183335b', 'T0SANDBOX', '7b9cc626feb9e279', 1, 1, 'question', 'Since when?', NULL, NULL, 'open', '', 0, '', false);
INSERT INTO public.tasks (id, team_id, session_id, generation, "position", kind, text, why, command, mark, draft, draft_rev, answer, sent) VALUES ('b591d782d054ba9d', 'T0SANDBOX', '7b9cc626feb9e279', 1, 2, 'action', 'Restart the spooler', NULL, 'Restart-Service Spooler', 'open', '', 0, '', false);


ALTER TABLE public.tasks ENABLE TRIGGER ALL;


ALTER TABLE public.turns DISABLE TRIGGER ALL;

INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('2df9b3cad0dbcc60', 'T0SANDBOX', '35512f3ef0ec04b3', 1, 'member', 'U0ANA', 'The printer is silent', 'done', 1795886552.1647506, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('88db76b5b9e1f8b4', 'T0SANDBOX', '35512f3ef0ec04b3', 2, 'assistant', NULL, '{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}', 'done', 1795886553.1855776, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('6a826992cfdfcb85', 'T0SANDBOX', '4f11b33ab3b0e517', 1, 'member', 'U0ANA', 'To be Paused', 'done', 1795886557.0487254, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('0a9a3f5d942ac8c0', 'T0SANDBOX', '4f11b33ab3b0e517', 2, 'assistant', NULL, '{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}', 'done', 1795886557.4399288, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('78ee8b339397277c', 'T0SANDBOX', 'd2f27c9ed855a81d', 1, 'member', 'U0ANA', 'To be Resolved', 'done', 1795886560.5018642, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('8122957297648e0e', 'T0SANDBOX', 'd2f27c9ed855a81d', 2, 'assistant', NULL, '{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}', 'done', 1795886560.7607632, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('3cb680299b17a32c', 'T0SANDBOX', '30bd54a06b3c8aaa', 1, 'member', 'U0ANA', 'To be Escalated', 'done', 1795886563.610486, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('315e7ec9b1a2d070', 'T0SANDBOX', '30bd54a06b3c8aaa', 2, 'assistant', NULL, '{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}', 'done', 1795886563.849876, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('7b7fd2e31243205d', 'T0SANDBOX', '87d93cabd2f122a2', 1, 'member', 'U0ANA', 'The scanner sends nothing', 'done', 1795886566.5252721, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('e1f7f827ecac3487', 'T0SANDBOX', '87d93cabd2f122a2', 2, 'assistant', NULL, '{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}', 'done', 1795886566.6828687, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('2cb036951b04bfe7', 'T0SANDBOX', '7b9cc626feb9e279', 1, 'member', 'U0ANA', 'The phone has no line', 'done', 1795886566.9566877, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('2570533878162c9e', 'T0SANDBOX', '7b9cc626feb9e279', 2, 'assistant', NULL, '{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}', 'done', 1795886567.1433146, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('977c229a23776b14', 'T0SANDBOX', '95b01cf79fd62ca4', 1, 'member', 'U0ANA', 'The monitor flickers', 'done', 1795886570.732718, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('24dae4a6d1916f63', 'T0SANDBOX', '95b01cf79fd62ca4', 2, 'assistant', NULL, '', 'writing', 1795886570.9303617, NULL, NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('8295552682aeb99a', 'T0SANDBOX', '95b01cf79fd62ca4', 3, 'member', 'U0ANA', 'It is the left one', 'done', 1795886572.025137, 'C0HELPDESK:1795886572.025137', NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('6174241b259737cd', 'T0SANDBOX', '7b9cc626feb9e279', 3, 'member', 'U0ANA', 'It has no dial tone', 'done', 1795886579.561585, 'C0HELPDESK:1795886579.561585', NULL);
INSERT INTO public.turns (id, team_id, session_id, seq, author, user_id, text, state, at, source, failure) VALUES ('8093f39472fe5745', 'T0SANDBOX', '7b9cc626feb9e279', 4, 'assistant', NULL, '', 'writing', 1795886579.7764657, NULL, NULL);


ALTER TABLE public.turns ENABLE TRIGGER ALL;


ALTER TABLE public.workspaces DISABLE TRIGGER ALL;



ALTER TABLE public.workspaces ENABLE TRIGGER ALL;


SELECT pg_catalog.setval('public.model_calls_id_seq', 7, true);



SELECT pg_catalog.setval('public.procrastinate_events_id_seq', 195, true);



SELECT pg_catalog.setval('public.procrastinate_jobs_id_seq', 95, true);



SELECT pg_catalog.setval('public.procrastinate_periodic_defers_id_seq', 1, false);



SELECT pg_catalog.setval('public.procrastinate_workers_id_seq', 2, true);




