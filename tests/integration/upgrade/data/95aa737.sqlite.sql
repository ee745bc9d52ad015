BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE allowances (
	team_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at DOUBLE NOT NULL
);
INSERT INTO "allowances" VALUES('T0SANDBOX','U0ANA','conclude',1.79588651689375710489e+09);
INSERT INTO "allowances" VALUES('T0SANDBOX','U0ANA','conclude',1.79588651985357213025e+09);
INSERT INTO "allowances" VALUES('T0SANDBOX','U0ANA','conclude',1.79588652319195914274e+09);
INSERT INTO "allowances" VALUES('T0SANDBOX','U0ANA','conclude',1.79588653009957194325e+09);
CREATE TABLE deliveries (
	team_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (team_id, id)
);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:1.1795886508.6b6a8f839f32992d',1.79588650884133625034e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:3.1795886510.d313f54a8812ef89:draft:1795886510.046347',1.79588651035779643056e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','newest:draft:68fdf643dc0df688',1.7958865100463469028e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','newest:view:V00000030',1.7958865100463469028e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','view:V00000030:1795886509.0e9aa0f5:4.1795886510.7ccc20a1c538bab8',1.79588651062412595744e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','closed:V00000030',1.79588651063513445853e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:6.1795886511.1c930b252becda89:draft:1795886511.033106',1.79588651104412961008e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','newest:draft:bafb715048a548b8',1.79588651275150489811e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','newest:view:V00000033',1.79588651275150489811e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:7.1795886511.440d2fe9585f9bb9:draft:1795886511.079177',1.79588651142681455605e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:8.1795886511.4fcb612b209f7981:draft:1795886511.464609',1.79588651148973512654e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:9.1795886511.e939da7da9f21e55:draft:1795886511.520694',1.79588651154553627974e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:10.1795886511.920bc777849c6db6:draft:1795886511.664626',1.79588651170157027241e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:11.1795886511.7300dbe027b2212c:draft:1795886511.722627',1.79588651173312163354e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:12.1795886511.8fac2741466359ac:draft:1795886511.749240',1.79588651176922297477e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:13.1795886511.a91edcc1f569ea1c:draft:1795886511.818940',1.79588651182699012755e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:14.1795886511.cf201a8ba1124bc9:draft:1795886511.841276',1.79588651185265040398e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:15.1795886511.4f4c6a96cce20139:draft:1795886511.872955',1.7958865118820142746e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:16.1795886511.4eb1cb296b933cf6:draft:1795886511.891298',1.79588651198427700999e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:17.1795886512.d5c95126bdfd7b36:draft:1795886512.097239',1.79588651213657641411e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:18.1795886512.9a6a075622fdc986:draft:1795886512.200571',1.79588651227231144904e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:19.1795886512.8190de43d1f97f2b:draft:1795886512.361202',1.79588651252987575529e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:20.1795886512.731917f28c01b39e:draft:1795886512.751505',1.79588651286111068727e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','view:V00000033:1795886511.090b49e6:',1.79588651313340163227e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','closed:V00000033',1.79588651313391780856e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','click:21.1795886514.d4c9601d50be7dd3:fold:1795886514.328481',1.79588651437253832817e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','newest:fold:c9ff80d66efc65c1',1.79588651432848095887e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:22.1795886514.b3751793bac33102',1.79588651448707199093e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','view:V000000AB:1795886516.dd3bce7b:24.1795886516.01fb196c7c31e553',1.79588651689075922963e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:25.1795886518.30577fc2cafbf516',1.79588651820467925072e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','view:V0000011C:1795886519.361b5dcb:27.1795886519.2b2867060fa7b65a',1.79588651985160732268e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:28.1795886521.9af4740dd4bfa141',1.79588652119267106052e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','view:V000001AD:1795886523.66136f42:30.1795886523.39b566e99175d83a',1.7958865231914350987e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:31.1795886524.3d81e0f8604abbd8',1.79588652448276233676e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:32.1795886524.cc534c17c6ab47ee',1.79588652474910664556e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','command:33.1795886528.19c18d6ab4548e10',1.79588652895778560633e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','event:Ev000002D6',1.79588653009011936186e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','view:V000002D7:1795886530.05d47313:35.1795886530.a9809c8938e75a6e',1.79588653009912037851e+09);
INSERT INTO "deliveries" VALUES('T0SANDBOX','event:Ev00000329',1.7958865358739755153e+09);
CREATE TABLE edit_pools (
	team_id TEXT NOT NULL, 
	method TEXT NOT NULL, 
	pool TEXT NOT NULL, 
	CONSTRAINT pk_edit_pools PRIMARY KEY (team_id, method)
);
CREATE TABLE homes (
	team_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	page INTEGER NOT NULL, 
	concluded_page INTEGER NOT NULL, 
	hash TEXT, 
	shown INTEGER NOT NULL, 
	CONSTRAINT pk_homes PRIMARY KEY (team_id, user_id)
);
INSERT INTO "homes" VALUES('T0SANDBOX','U0ANA',0,0,'1795886530.ca2f97dd',-1);
CREATE TABLE jobs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	team_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	args TEXT NOT NULL, 
	lock TEXT, 
	priority INTEGER NOT NULL, 
	run_at DOUBLE NOT NULL, 
	state TEXT NOT NULL, 
	errors INTEGER NOT NULL, 
	crashes INTEGER NOT NULL, 
	reason TEXT, 
	reference TEXT, 
	failed_at DOUBLE
);
INSERT INTO "jobs" VALUES(67,'T0SANDBOX','tidy','{}','tidy',0,1.79589012895739150044e+09,'waiting',0,0,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(69,'T0SANDBOX','reply','{"session": "a6fd173651c29161"}','talk:a6fd173651c29161',1,0.0,'running',0,0,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(70,'T0SANDBOX','reply','{"session": "a6fd173651c29161"}','talk:a6fd173651c29161',1,0.0,'waiting',0,0,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(75,'T0SANDBOX','notes','{"session": "92295d2835b922fc"}','talk:92295d2835b922fc',1,0.0,'running',0,0,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(76,'T0SANDBOX','reply','{"session": "68fd750528a71451"}','talk:68fd750528a71451',1,1.79588653838921236995e+09,'running',1,0,'SlackUnavailable','514310dc',NULL);
CREATE TABLE lanes (
	session_id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	folded BOOLEAN NOT NULL, 
	page INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	born INTEGER NOT NULL, 
	CONSTRAINT pk_lanes PRIMARY KEY (session_id), 
	CONSTRAINT fk_lanes_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
INSERT INTO "lanes" VALUES('c9ff80d66efc65c1','T0SANDBOX',1,1,0,6,1);
INSERT INTO "lanes" VALUES('b64d9a9a04c1693e','T0SANDBOX',1,0,0,2,1);
INSERT INTO "lanes" VALUES('040f5d19f6aa42e1','T0SANDBOX',1,0,0,2,1);
INSERT INTO "lanes" VALUES('5cab1822ddbb0c18','T0SANDBOX',1,0,0,2,1);
INSERT INTO "lanes" VALUES('92295d2835b922fc','T0SANDBOX',1,0,0,2,1);
INSERT INTO "lanes" VALUES('68fd750528a71451','T0SANDBOX',1,0,0,1,1);
CREATE TABLE live_messages (
	team_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	thread TEXT, 
	ts TEXT, 
	posting BOOLEAN NOT NULL, 
	text TEXT NOT NULL, 
	final BOOLEAN NOT NULL, 
	run INTEGER NOT NULL, 
	shown INTEGER NOT NULL, 
	CONSTRAINT pk_live_messages PRIMARY KEY (team_id, "key")
);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:c9ff80d66efc65c1','C0HELPDESK',NULL,'1795886508.900436',0,'Queue — Active',0,2,2);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:3fd69f9a80835378','C0HELPDESK','1795886508.900436','1795886508.982826',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','lane:c9ff80d66efc65c1','C0HELPDESK','1795886508.900436','1795886509.581061',0,'Tasks (3)',0,4,6);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:b64d9a9a04c1693e','C0HELPDESK',NULL,'1795886515.042677',0,'Queue — Paused',0,3,3);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:df6810cb173ecbb8','C0HELPDESK','1795886515.042677','1795886515.446017',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','lane:b64d9a9a04c1693e','C0HELPDESK','1795886515.042677','1795886515.833543',0,'Tasks: 3 to do',0,2,2);
INSERT INTO "live_messages" VALUES('T0SANDBOX','announce:b64d9a9a04c1693e:3','C0HELPDESK','1795886515.042677','1795886517.191801',0,'',0,1,3);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:040f5d19f6aa42e1','C0HELPDESK',NULL,'1795886518.273928',0,'Queue — Resolved',0,3,3);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:d830126a31cc6820','C0HELPDESK','1795886518.273928','1795886518.607566',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','lane:040f5d19f6aa42e1','C0HELPDESK','1795886518.273928',NULL,0,'',0,2,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','notes:040f5d19f6aa42e1','C0HELPDESK','1795886518.273928','1795886520.093944',0,'## Problem Summary

The scanner sent nothing.

## Steps Taken

- Looked at the mail relay.

## Resolution

The relay takes the scanner''s mail again.

## Next Steps

None',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:5cab1822ddbb0c18','C0HELPDESK',NULL,'1795886521.261823',0,'Queue — Escalated',0,3,3);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:f49305a6230e1b9a','C0HELPDESK','1795886521.261823','1795886521.588747',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','lane:5cab1822ddbb0c18','C0HELPDESK','1795886521.261823','1795886522.128752',0,'Tasks: 3 to do',0,2,2);
INSERT INTO "live_messages" VALUES('T0SANDBOX','announce:5cab1822ddbb0c18:3','C0HELPDESK','1795886521.261823','1795886523.477639',0,'',0,1,3);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:92295d2835b922fc','C0HELPDESK',NULL,'1795886524.497021',0,'Queue — Resolved',0,3,3);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:aa77b4fcd7f852fe','C0HELPDESK','1795886524.497021','1795886524.589665',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','lane:92295d2835b922fc','C0HELPDESK','1795886524.497021',NULL,0,'',0,2,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:68fd750528a71451','C0HELPDESK',NULL,'1795886524.775964',0,'Queue — Active',0,2,2);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:755c314b6de23930','C0HELPDESK','1795886524.775964','1795886524.885477',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.',1,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','lane:68fd750528a71451','C0HELPDESK','1795886524.775964','1795886524.998607',0,'',0,1,1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','card:a6fd173651c29161','C0HELPDESK',NULL,'1795886528.993134',0,'The monitor flickers — Active',0,2,2);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:c14813a35b576278','C0HELPDESK','1795886528.993134','1795886529.059018',0,'It is the device, its port, or the queue on the server: look at the queue first, and then at the',0,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','notes:92295d2835b922fc','C0HELPDESK','1795886524.497021','1795886530.153314',0,'## Problem Summary

The scanner sent nothing.

## Steps Taken

- Looked at the mail',0,1,-1);
INSERT INTO "live_messages" VALUES('T0SANDBOX','reply:c68853d845290388','C0HELPDESK','1795886524.775964',NULL,1,'',0,2,-1);
CREATE TABLE model_calls (
	id INTEGER NOT NULL, 
	team_id TEXT NOT NULL, 
	session_id TEXT NOT NULL, 
	use TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	model TEXT NOT NULL, 
	input INTEGER NOT NULL, 
	output INTEGER NOT NULL, 
	cache_read INTEGER NOT NULL, 
	cache_write INTEGER NOT NULL, 
	first_text DOUBLE, 
	seconds DOUBLE NOT NULL, 
	stop TEXT NOT NULL, 
	request_id TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_model_calls PRIMARY KEY (id)
);
INSERT INTO "model_calls" VALUES(1,'T0SANDBOX','c9ff80d66efc65c1','chat','scripted','scripted',1097,86,0,0,1.32336999740800820291e-04,2.6522600001044338569e-03,'complete','',1.79588650899774909018e+09);
INSERT INTO "model_calls" VALUES(2,'T0SANDBOX','b64d9a9a04c1693e','chat','scripted','scripted',1095,86,0,0,1.01592000646633096039e-04,1.69639630003075581043e-02,'complete','',1.79588651552262496945e+09);
INSERT INTO "model_calls" VALUES(3,'T0SANDBOX','040f5d19f6aa42e1','chat','scripted','scripted',1095,86,0,0,1.45166000038443598896e-04,3.97168500057887285947e-03,'complete','',1.79588651867277574545e+09);
INSERT INTO "model_calls" VALUES(4,'T0SANDBOX','040f5d19f6aa42e1','notes','scripted','scripted',1303,63,0,0,9.26679995245649479329e-05,5.15749999976833350956e-03,'complete','',1.79588652012395095817e+09);
INSERT INTO "model_calls" VALUES(5,'T0SANDBOX','5cab1822ddbb0c18','chat','scripted','scripted',1095,86,0,0,1.06267999399278778582e-04,5.24789500013866927474e-03,'complete','',1795886522.03273);
INSERT INTO "model_calls" VALUES(6,'T0SANDBOX','92295d2835b922fc','chat','scripted','scripted',1098,86,0,0,8.57770000948221422731e-05,1.99253699975088238716e-03,'complete','',1.7958865246236488819e+09);
INSERT INTO "model_calls" VALUES(7,'T0SANDBOX','68fd750528a71451','chat','scripted','scripted',1097,86,0,0,7.92780001575010828673e-05,1.91103599991038208827e-03,'complete','',1795886524.89501);
CREATE TABLE notes (
	session_id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	text TEXT NOT NULL, 
	source TEXT NOT NULL, 
	stopped_by TEXT, 
	generation INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_notes PRIMARY KEY (session_id), 
	CONSTRAINT fk_notes_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
INSERT INTO "notes" VALUES('040f5d19f6aa42e1','T0SANDBOX','final','## Problem Summary

The scanner sent nothing.

## Steps Taken

- Looked at the mail relay.

## Resolution

The relay takes the scanner''s mail again.

## Next Steps

None','streamed',NULL,0,1.79588652013163042071e+09);
INSERT INTO "notes" VALUES('92295d2835b922fc','T0SANDBOX','writing','','streamed',NULL,0,1.79588653010808753972e+09);
CREATE TABLE sessions (
	id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	thread TEXT, 
	owner TEXT NOT NULL, 
	status TEXT NOT NULL, 
	title TEXT NOT NULL, 
	titled BOOLEAN NOT NULL, 
	problem TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	resolution TEXT NOT NULL, 
	opened_at DOUBLE NOT NULL, 
	active_since DOUBLE NOT NULL, 
	worked DOUBLE NOT NULL, 
	concluded_at DOUBLE, 
	escalated_to TEXT, 
	notes_channel TEXT, 
	continues TEXT, 
	messages INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT uq_sessions_team_id_channel_thread UNIQUE (team_id, channel, thread)
);
INSERT INTO "sessions" VALUES('c9ff80d66efc65c1','T0SANDBOX','C0HELPDESK','1795886508.900436','U0ANA','active','Queue',1,'The printer is silent','Nobody can print.','',1.79588650884226489062e+09,1.79588650884226489062e+09,0.0,NULL,NULL,NULL,NULL,2,2);
INSERT INTO "sessions" VALUES('b64d9a9a04c1693e','T0SANDBOX','C0HELPDESK','1795886515.042677','U0ANA','paused','Queue',1,'To be Paused','Nobody can print.','',1.79588651449550795553e+09,1.79588651449550795553e+09,2.39822649955749511718e+00,1.79588651689842104916e+09,NULL,NULL,NULL,2,3);
INSERT INTO "sessions" VALUES('040f5d19f6aa42e1','T0SANDBOX','C0HELPDESK','1795886518.273928','U0ANA','resolved','Queue',1,'To be Resolved','Nobody can print.','Resolved via assistant chat',1.79588651820750832555e+09,1.79588651820750832555e+09,1.64604020118713378906e+00,1.79588651985947704309e+09,NULL,NULL,NULL,2,3);
INSERT INTO "sessions" VALUES('5cab1822ddbb0c18','T0SANDBOX','C0HELPDESK','1795886521.261823','U0ANA','escalated','Queue',1,'To be Escalated','Nobody can print.','Escalated from assistant chat',1.79588652119335532185e+09,1.79588652119335532185e+09,1.99858379364013671875e+00,1.7958865231931734085e+09,NULL,NULL,NULL,2,3);
INSERT INTO "sessions" VALUES('92295d2835b922fc','T0SANDBOX','C0HELPDESK','1795886524.497021','U0ANA','resolved','Queue',1,'The scanner sends nothing','Nobody can print.','Resolved via assistant chat',1.79588652448345255851e+09,1.79588652448345255851e+09,5.61610198020935058593e+00,1.79588653010161542885e+09,NULL,NULL,NULL,2,3);
INSERT INTO "sessions" VALUES('68fd750528a71451','T0SANDBOX','C0HELPDESK','1795886524.775964','U0ANA','active','Queue',1,'The phone has no line','Nobody can print.','',1.79588652474957084651e+09,1.79588652474957084651e+09,0.0,NULL,NULL,NULL,NULL,4,2);
INSERT INTO "sessions" VALUES('a6fd173651c29161','T0SANDBOX','C0HELPDESK','1795886528.993134','U0ANA','active','The monitor flickers',0,'The monitor flickers','','',1.79588652895932269094e+09,1.79588652895932269094e+09,0.0,NULL,NULL,NULL,NULL,3,2);
CREATE TABLE tasks (
	id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	session_id TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	why TEXT, 
	command TEXT, 
	mark TEXT NOT NULL, 
	draft TEXT NOT NULL, 
	draft_rev INTEGER NOT NULL, 
	answer TEXT NOT NULL, 
	sent BOOLEAN NOT NULL, 
	CONSTRAINT pk_tasks PRIMARY KEY (id), 
	CONSTRAINT fk_tasks_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_tasks_session_id_generation_position UNIQUE (session_id, generation, position)
);
INSERT INTO "tasks" VALUES('68fdf643dc0df688','T0SANDBOX','c9ff80d66efc65c1',1,0,'question','Is there a queue?',NULL,NULL,'answered','Forty jobs',1,'Forty jobs',0);
INSERT INTO "tasks" VALUES('bafb715048a548b8','T0SANDBOX','c9ff80d66efc65c1',1,1,'question','Since when?',NULL,NULL,'open','Since half past',15,'',0);
INSERT INTO "tasks" VALUES('c2a36681b6cde030','T0SANDBOX','c9ff80d66efc65c1',1,2,'action','Restart the spooler',NULL,'Restart-Service Spooler','open','',0,'',0);
INSERT INTO "tasks" VALUES('a1665cc8845cd3d8','T0SANDBOX','b64d9a9a04c1693e',1,0,'question','Is there a queue?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('cb49bac3e645fb2b','T0SANDBOX','b64d9a9a04c1693e',1,1,'question','Since when?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('bbc68ef197ca423d','T0SANDBOX','b64d9a9a04c1693e',1,2,'action','Restart the spooler',NULL,'Restart-Service Spooler','open','',0,'',0);
INSERT INTO "tasks" VALUES('6aa0a40781dcdb28','T0SANDBOX','040f5d19f6aa42e1',1,0,'question','Is there a queue?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('73ecbfec94e4fe51','T0SANDBOX','040f5d19f6aa42e1',1,1,'question','Since when?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('b0a4e9fc2525cd13','T0SANDBOX','040f5d19f6aa42e1',1,2,'action','Restart the spooler',NULL,'Restart-Service Spooler','open','',0,'',0);
INSERT INTO "tasks" VALUES('1d82af6017f493ce','T0SANDBOX','5cab1822ddbb0c18',1,0,'question','Is there a queue?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('65895dfeacdc5d47','T0SANDBOX','5cab1822ddbb0c18',1,1,'question','Since when?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('34ab51b18b7d81b6','T0SANDBOX','5cab1822ddbb0c18',1,2,'action','Restart the spooler',NULL,'Restart-Service Spooler','open','',0,'',0);
INSERT INTO "tasks" VALUES('0c1894d3c4ac689b','T0SANDBOX','92295d2835b922fc',1,0,'question','Is there a queue?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('1faaf22daae83edd','T0SANDBOX','92295d2835b922fc',1,1,'question','Since when?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('111d5f8c9dd6be11','T0SANDBOX','92295d2835b922fc',1,2,'action','Restart the spooler',NULL,'Restart-Service Spooler','open','',0,'',0);
INSERT INTO "tasks" VALUES('9a5ea66d8552eee3','T0SANDBOX','68fd750528a71451',1,0,'question','Is there a queue?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('b442e16740542510','T0SANDBOX','68fd750528a71451',1,1,'question','Since when?',NULL,NULL,'open','',0,'',0);
INSERT INTO "tasks" VALUES('54c64f4a54e3961c','T0SANDBOX','68fd750528a71451',1,2,'action','Restart the spooler',NULL,'Restart-Service Spooler','open','',0,'',0);
CREATE TABLE turns (
	id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	session_id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	author TEXT NOT NULL, 
	user_id TEXT, 
	text TEXT NOT NULL, 
	state TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	source TEXT, failure TEXT, 
	CONSTRAINT pk_turns PRIMARY KEY (id), 
	CONSTRAINT fk_turns_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_turns_session_id_seq UNIQUE (session_id, seq), 
	CONSTRAINT uq_turns_team_id_source UNIQUE (team_id, source)
);
INSERT INTO "turns" VALUES('0e25ef2bcf239405','T0SANDBOX','c9ff80d66efc65c1',1,'member','U0ANA','The printer is silent','done',1.79588650884396696088e+09,NULL,NULL);
INSERT INTO "turns" VALUES('3fd69f9a80835378','T0SANDBOX','c9ff80d66efc65c1',2,'assistant',NULL,'{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}','done',1.79588650897051906583e+09,NULL,NULL);
INSERT INTO "turns" VALUES('0764af310b993897','T0SANDBOX','b64d9a9a04c1693e',1,'member','U0ANA','To be Paused','done',1.79588651449660015105e+09,NULL,NULL);
INSERT INTO "turns" VALUES('df6810cb173ecbb8','T0SANDBOX','b64d9a9a04c1693e',2,'assistant',NULL,'{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}','done',1.79588651537458348275e+09,NULL,NULL);
INSERT INTO "turns" VALUES('8c26d6a6a1e396a8','T0SANDBOX','040f5d19f6aa42e1',1,'member','U0ANA','To be Resolved','done',1.79588651820946979516e+09,NULL,NULL);
INSERT INTO "turns" VALUES('d830126a31cc6820','T0SANDBOX','040f5d19f6aa42e1',2,'assistant',NULL,'{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}','done',1.79588651855343580244e+09,NULL,NULL);
INSERT INTO "turns" VALUES('ddd97561092577fe','T0SANDBOX','5cab1822ddbb0c18',1,'member','U0ANA','To be Escalated','done',1.79588652119408798222e+09,NULL,NULL);
INSERT INTO "turns" VALUES('f49305a6230e1b9a','T0SANDBOX','5cab1822ddbb0c18',2,'assistant',NULL,'{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}','done',1.79588652149476218225e+09,NULL,NULL);
INSERT INTO "turns" VALUES('b407f0bf187a2eff','T0SANDBOX','92295d2835b922fc',1,'member','U0ANA','The scanner sends nothing','done',1.79588652448409652711e+09,NULL,NULL);
INSERT INTO "turns" VALUES('aa77b4fcd7f852fe','T0SANDBOX','92295d2835b922fc',2,'assistant',NULL,'{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}','done',1.79588652454138875003e+09,NULL,NULL);
INSERT INTO "turns" VALUES('d353b84781a94b63','T0SANDBOX','68fd750528a71451',1,'member','U0ANA','The phone has no line','done',1.79588652475017833713e+09,NULL,NULL);
INSERT INTO "turns" VALUES('755c314b6de23930','T0SANDBOX','68fd750528a71451',2,'assistant',NULL,'{"prose": "It is the device, its port, or the queue on the server: look at the queue first, and then at the rest.", "title": "Queue", "summary": "Nobody can print.", "questions": [{"text": "Is there a queue?", "why": null}, {"text": "Since when?", "why": null}], "actions": [{"text": "Restart the spooler", "command": "Restart-Service Spooler"}]}','done',1.79588652487391567226e+09,NULL,NULL);
INSERT INTO "turns" VALUES('73c3d698d6c35cbf','T0SANDBOX','a6fd173651c29161',1,'member','U0ANA','The monitor flickers','done',1.79588652896475720402e+09,NULL,NULL);
INSERT INTO "turns" VALUES('c14813a35b576278','T0SANDBOX','a6fd173651c29161',2,'assistant',NULL,'','writing',1.79588652904709649088e+09,NULL,NULL);
INSERT INTO "turns" VALUES('8f242a83a83193c1','T0SANDBOX','a6fd173651c29161',3,'member','U0ANA','It is the left one','done',1.79588653007517290113e+09,'C0HELPDESK:1795886530.075173',NULL);
INSERT INTO "turns" VALUES('d5decfb8f8d8c8b1','T0SANDBOX','68fd750528a71451',3,'member','U0ANA','It has no dial tone','done',1.79588653578853797918e+09,'C0HELPDESK:1795886535.788538',NULL);
INSERT INTO "turns" VALUES('c68853d845290388','T0SANDBOX','68fd750528a71451',4,'assistant',NULL,'','writing',1.79588653626048040386e+09,NULL,NULL);
CREATE TABLE workspaces (
	team_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	notes_channel TEXT, 
	CONSTRAINT pk_workspaces PRIMARY KEY (team_id)
);
CREATE INDEX ix_allowances_team_id_user_id_kind_at ON allowances (team_id, user_id, kind, at);
CREATE INDEX ix_deliveries_at ON deliveries (at);
CREATE INDEX ix_jobs_state_run_at ON jobs (state, run_at);
CREATE INDEX ix_jobs_team_id_lock_id ON jobs (team_id, lock, id);
CREATE INDEX ix_model_calls_team_id_session_id ON model_calls (team_id, session_id);
CREATE INDEX ix_sessions_team_id_continues ON sessions (team_id, continues);
CREATE INDEX ix_sessions_team_id_owner_status_opened_at ON sessions (team_id, owner, status, opened_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('jobs',76);
COMMIT;
