-- Channels get a number that stands for them in messages and conversations.
-- seq, dots, extra_version: the last numbers given out, under the row's lock.
CREATE TABLE ruyi_chat (
    num           INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
    id            TEXT     NOT NULL,
    type          INTEGER  NOT NULL,
    seq           INTEGER  NOT NULL CHECK (seq >= 0),
    shown_seq     INTEGER  NOT NULL DEFAULT 0, -- the last message that is to move the conversation
    shown_at      INTEGER  NOT NULL DEFAULT 0, -- when it was sent
    dots          INTEGER  NOT NULL DEFAULT 0, -- messages with a red dot so far
    extra_version INTEGER  NOT NULL DEFAULT 0,
    large         INTEGER  NOT NULL DEFAULT 0, -- 1: too many people for queues, they read the channel
    UNIQUE (id, type)
) STRICT;
INSERT INTO ruyi_chat (id, type, seq) SELECT id, type, seq FROM ruyi_channel;

-- Messages lie in the order in which a channel is read: a page is a few
-- neighbours. seq is the position in the channel; what has none, a command, has
-- -id instead, which is unique too. chat is 0 for what is about no channel.
CREATE TABLE ruyi_message_by_chat (
    chat          INTEGER  NOT NULL,
    seq           INTEGER  NOT NULL,
    id            INTEGER  NOT NULL,
    sent_at       INTEGER  NOT NULL,
    expire        INTEGER  NOT NULL, -- seconds, 0 for never
    setting       INTEGER  NOT NULL,
    red_dot       INTEGER  NOT NULL CHECK (red_dot IN (0, 1)),
    sync_once     INTEGER  NOT NULL CHECK (sync_once IN (0, 1)),
    limited       INTEGER  NOT NULL CHECK (limited IN (0, 1)), -- 1: ruyi_message_visible tells who may see it
    from_uid      TEXT     NOT NULL,
    client_msg_no TEXT     NOT NULL,
    payload       TEXT     NOT NULL,
    PRIMARY KEY (chat, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO ruyi_message_by_chat (chat, seq, id, sent_at, expire, setting, red_dot, sync_once, limited, from_uid, client_msg_no, payload)
    SELECT COALESCE(c.num, 0), CASE WHEN m.seq > 0 THEN m.seq ELSE -m.id END, m.id, m.sent_at, 0, m.setting,
        m.red_dot, m.sync_once, 0, m.from_uid, m.client_msg_no, m.payload
    FROM ruyi_message m LEFT JOIN ruyi_chat c ON m.seq > 0 AND c.id = m.channel_id AND c.type = m.channel_type;
DROP TABLE ruyi_message;
DROP TABLE ruyi_channel;
ALTER TABLE ruyi_message_by_chat RENAME TO ruyi_message;
CREATE UNIQUE INDEX ruyi_message_by_id ON ruyi_message (id);
UPDATE ruyi_chat SET
    shown_seq = seq,
    shown_at = COALESCE((SELECT m.sent_at FROM ruyi_message m WHERE m.chat = num AND m.seq = ruyi_chat.seq), 0),
    dots = (SELECT count(*) FROM ruyi_message m WHERE m.chat = num AND m.red_dot = 1);
CREATE UNIQUE INDEX ruyi_message_by_client ON ruyi_message (from_uid, client_msg_no) WHERE from_uid <> 'u_10000';

-- Where the message lies, so that neighbours in a channel are found together.
ALTER TABLE ruyi_queue ADD COLUMN chat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ruyi_queue ADD COLUMN message_seq INTEGER NOT NULL DEFAULT 0;
UPDATE ruyi_queue SET
    chat = (SELECT m.chat FROM ruyi_message m WHERE m.id = message_id),
    message_seq = (SELECT m.seq FROM ruyi_message m WHERE m.id = message_id);

-- The oldest message that a queue may still have, 9223372036854775807 for none:
-- by it the queues are found that begin with messages no longer kept.
ALTER TABLE ruyi_queue_head ADD COLUMN oldest INTEGER NOT NULL DEFAULT 9223372036854775807;
UPDATE ruyi_queue_head SET oldest = COALESCE((SELECT min(q.message_id) FROM ruyi_queue q WHERE q.uid = ruyi_queue_head.uid),
    9223372036854775807);
CREATE INDEX ruyi_queue_head_by_oldest ON ruyi_queue_head (oldest);

CREATE TABLE ruyi_message_visible (
    message_id INTEGER NOT NULL,
    uid        TEXT    NOT NULL,
    PRIMARY KEY (message_id, uid)
) STRICT, WITHOUT ROWID;

-- What became of a message; the version is a tick of its channel.
CREATE TABLE ruyi_message_extra (
    message_id INTEGER  NOT NULL PRIMARY KEY,
    chat       INTEGER  NOT NULL,
    seq        INTEGER  NOT NULL,
    version    INTEGER  NOT NULL,
    revoked    INTEGER  NOT NULL CHECK (revoked IN (0, 1)),
    revoker    TEXT     NOT NULL,
    readers    INTEGER  NOT NULL CHECK (readers >= 0),
    UNIQUE (chat, version)
) STRICT;

CREATE TABLE ruyi_message_read (
    message_id INTEGER NOT NULL,
    uid        TEXT    NOT NULL,
    read_at    INTEGER NOT NULL,
    PRIMARY KEY (message_id, uid)
) STRICT, WITHOUT ROWID;

-- Messages that somebody deleted for themselves.
CREATE TABLE ruyi_message_hidden (
    uid        TEXT    NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (uid, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ruyi_message_hidden_by_message ON ruyi_message_hidden (message_id);

-- What a channel is to one of its people. Versions are numbers of the owner's queue.
CREATE TABLE ruyi_conversation (
    uid              TEXT     NOT NULL,
    chat             INTEGER  NOT NULL,
    active           INTEGER  NOT NULL CHECK (active IN (0, 1)), -- receives, and may read
    read_dots        INTEGER  NOT NULL DEFAULT 0, -- unread = dots of the channel - read_dots
    read_seq         INTEGER  NOT NULL DEFAULT 0, -- read up to here
    cleared_seq      INTEGER  NOT NULL DEFAULT 0, -- messages up to here are hidden
    hidden_seq       INTEGER  NOT NULL DEFAULT 0, -- not listed until a later message
    browse_to        INTEGER  NOT NULL DEFAULT 0,
    keep_message_seq INTEGER  NOT NULL DEFAULT 0,
    keep_offset_y    INTEGER  NOT NULL DEFAULT 0,
    draft            TEXT     NOT NULL DEFAULT '',
    extra_version    INTEGER  NOT NULL DEFAULT 0, -- 0 for no extra
    PRIMARY KEY (uid, chat)
) STRICT, WITHOUT ROWID;
CREATE INDEX ruyi_conversation_by_chat ON ruyi_conversation (chat, uid) WHERE active = 1;
CREATE UNIQUE INDEX ruyi_conversation_by_extra ON ruyi_conversation (uid, extra_version) WHERE extra_version > 0;
INSERT INTO ruyi_conversation (uid, chat, active)
    SELECT DISTINCT q.uid, m.chat, 1 FROM ruyi_queue q JOIN ruyi_message m ON m.id = q.message_id WHERE m.chat > 0;

-- What somebody is to look at: messages that mention them.
CREATE TABLE ruyi_reminder (
    id         INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid        TEXT     NOT NULL,
    version    INTEGER  NOT NULL, -- a number of the queue of uid
    chat       INTEGER  NOT NULL,
    message_id INTEGER  NOT NULL,
    seq        INTEGER  NOT NULL,
    type       INTEGER  NOT NULL,
    text       TEXT     NOT NULL,
    publisher  TEXT     NOT NULL,
    done       INTEGER  NOT NULL CHECK (done IN (0, 1)),
    UNIQUE (uid, message_id, type)
) STRICT;
CREATE INDEX ruyi_reminder_by_version ON ruyi_reminder (uid, version, id);
CREATE INDEX ruyi_reminder_by_message ON ruyi_reminder (message_id);

CREATE TABLE ruyi_favorite (
    id          INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid         TEXT     NOT NULL,
    no          TEXT     NOT NULL,
    type        INTEGER  NOT NULL,
    unique_key  TEXT     NOT NULL,
    author_uid  TEXT     NOT NULL,
    author_name TEXT     NOT NULL,
    payload     TEXT     NOT NULL,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    UNIQUE (uid, no),
    UNIQUE (uid, unique_key)
) STRICT;
CREATE INDEX ruyi_favorite_by_time ON ruyi_favorite (uid, updated_at, id);

-- Uploaded files by the path they are fetched under.
CREATE TABLE ruyi_file (
    path         TEXT     NOT NULL PRIMARY KEY,
    uid          TEXT     NOT NULL,
    blob         TEXT     NOT NULL,
    content_type TEXT     NOT NULL,
    size         INTEGER  NOT NULL,
    created_at   INTEGER  NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ruyi_file_by_time ON ruyi_file (created_at);

-- What is over is found by its end, to be swept.
CREATE INDEX ruyi_throttle_by_since ON ruyi_throttle (since);
CREATE INDEX ruyi_login_guard_by_next ON ruyi_login_guard (next_at);
CREATE INDEX ruyi_sms_code_by_expiry ON ruyi_sms_code (expires_at);
CREATE INDEX ruyi_sms_quota_by_last ON ruyi_sms_quota (last_at);
CREATE INDEX ruyi_device_check_by_expiry ON ruyi_device_check (expires_at);
CREATE INDEX ruyi_session_by_end ON ruyi_session (ended_at) WHERE ended_at > 0;
CREATE INDEX ruyi_session_by_expiry ON ruyi_session (expires_at) WHERE ended_at = 0;
