-- Accounts. Truth is 0 or 1, instants are Unix milliseconds.
CREATE TABLE ruyi_user (
    uid                TEXT     NOT NULL PRIMARY KEY,
    username           TEXT     NOT NULL UNIQUE,
    name               TEXT     NOT NULL,
    zone               TEXT     NOT NULL,
    phone              TEXT     NOT NULL,
    short_no           TEXT     NOT NULL UNIQUE,
    sex                INTEGER  NOT NULL,
    category           TEXT     NOT NULL,
    robot              INTEGER  NOT NULL CHECK (robot IN (0, 1)),
    vercode            TEXT     NOT NULL,
    qr_vercode         TEXT     NOT NULL,
    password_hash      TEXT     NOT NULL,
    search_by_phone    INTEGER  NOT NULL,
    search_by_short    INTEGER  NOT NULL,
    new_msg_notice     INTEGER  NOT NULL,
    msg_show_detail    INTEGER  NOT NULL,
    voice_on           INTEGER  NOT NULL,
    shock_on           INTEGER  NOT NULL,
    offline_protection INTEGER  NOT NULL,
    device_lock        INTEGER  NOT NULL,
    mute_of_app        INTEGER  NOT NULL,
    status             INTEGER  NOT NULL CHECK (status IN (0, 1, 2)),
    created_at         INTEGER  NOT NULL
) STRICT;

INSERT INTO ruyi_user VALUES
    ('u_10000', 'u_10000', '系统账号', '', '', '10000', 1, 'system', 1, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1704067200000),
    ('fileHelper', 'fileHelper', '文件传输助手', '', '', '20000', 1, 'system', 1, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1704067200000);

CREATE TABLE ruyi_device (
    uid        TEXT    NOT NULL,
    device_id  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    last_login INTEGER NOT NULL,
    PRIMARY KEY (uid, device_id)
) STRICT;

-- Sessions are kept for a while after their end, for the record.
CREATE TABLE ruyi_session (
    token_hash TEXT     NOT NULL PRIMARY KEY,
    uid        TEXT     NOT NULL,
    flag       INTEGER  NOT NULL,
    device_id  TEXT     NOT NULL,
    created_at INTEGER  NOT NULL,
    expires_at INTEGER  NOT NULL,
    ended_at   INTEGER  NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX ruyi_session_by_user ON ruyi_session (uid, created_at) WHERE ended_at = 0;

CREATE TABLE ruyi_sms_code (
    zone       TEXT     NOT NULL,
    phone      TEXT     NOT NULL,
    purpose    INTEGER  NOT NULL,
    hash       TEXT     NOT NULL,
    tries      INTEGER  NOT NULL CHECK (tries >= 0),
    expires_at INTEGER  NOT NULL,
    PRIMARY KEY (zone, phone, purpose)
) STRICT;

CREATE TABLE ruyi_sms_quota (
    zone      TEXT    NOT NULL,
    phone     TEXT    NOT NULL,
    last_at   INTEGER NOT NULL,
    hour_from INTEGER NOT NULL,
    hour      INTEGER NOT NULL CHECK (hour >= 0),
    day_from  INTEGER NOT NULL,
    day       INTEGER NOT NULL CHECK (day >= 0),
    PRIMARY KEY (zone, phone)
) STRICT;

-- Relations: two rows a friendship, one owned by each side. A version is a tick
-- of the owner's clock, which is also the lock of the owner's list.
CREATE TABLE ruyi_friend (
    id         INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
    owner      TEXT     NOT NULL,
    peer       TEXT     NOT NULL,
    version    INTEGER  NOT NULL,
    deleted    INTEGER  NOT NULL CHECK (deleted IN (0, 1)),
    alone      INTEGER  NOT NULL CHECK (alone IN (0, 1)),
    initiator  INTEGER  NOT NULL CHECK (initiator IN (0, 1)),
    vercode    TEXT     NOT NULL,
    created_at INTEGER  NOT NULL,
    UNIQUE (owner, peer),
    UNIQUE (owner, version)
) STRICT;

CREATE TABLE ruyi_friend_clock (
    owner   TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ruyi_friend_request (
    to_uid     TEXT     NOT NULL,
    from_uid   TEXT     NOT NULL,
    token      TEXT     NOT NULL UNIQUE,
    remark     TEXT     NOT NULL,
    status     INTEGER  NOT NULL CHECK (status IN (0, 1, 2)),
    created_at INTEGER  NOT NULL,
    updated_at INTEGER  NOT NULL,
    expires_at INTEGER  NOT NULL,
    PRIMARY KEY (to_uid, from_uid)
) STRICT;

-- What owner set for the chat with peer, friend or not.
CREATE TABLE ruyi_contact_setting (
    owner        TEXT     NOT NULL,
    peer         TEXT     NOT NULL,
    remark       TEXT     NOT NULL DEFAULT '',
    mute         INTEGER  NOT NULL DEFAULT 0,
    top          INTEGER  NOT NULL DEFAULT 0,
    chat_pwd_on  INTEGER  NOT NULL DEFAULT 0,
    screenshot   INTEGER  NOT NULL DEFAULT 1,
    recall       INTEGER  NOT NULL DEFAULT 1,
    receipt      INTEGER  NOT NULL DEFAULT 1,
    flame        INTEGER  NOT NULL DEFAULT 0,
    flame_second INTEGER  NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, peer)
) STRICT, WITHOUT ROWID;

-- Messages. A channel's seq and a queue's seq are the last numbers given out;
-- their rows are locked while a message is on its way in.
CREATE TABLE ruyi_channel (
    id   TEXT     NOT NULL,
    type INTEGER  NOT NULL,
    seq  INTEGER  NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (id, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE ruyi_message (
    id            INTEGER  NOT NULL PRIMARY KEY,
    channel_id    TEXT     NOT NULL,
    channel_type  INTEGER  NOT NULL,
    seq           INTEGER  NOT NULL CHECK (seq >= 0),
    from_uid      TEXT     NOT NULL,
    client_msg_no TEXT     NOT NULL,
    red_dot       INTEGER  NOT NULL CHECK (red_dot IN (0, 1)),
    sync_once     INTEGER  NOT NULL CHECK (sync_once IN (0, 1)),
    setting       INTEGER  NOT NULL,
    payload       TEXT     NOT NULL,
    sent_at       INTEGER  NOT NULL
) STRICT;
CREATE UNIQUE INDEX ruyi_message_in_channel ON ruyi_message (channel_id, channel_type, seq) WHERE seq > 0;

CREATE TABLE ruyi_queue (
    uid        TEXT    NOT NULL,
    seq        INTEGER NOT NULL CHECK (seq > 0),
    message_id INTEGER NOT NULL,
    PRIMARY KEY (uid, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ruyi_queue_head (
    uid   TEXT    NOT NULL PRIMARY KEY,
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    acked INTEGER NOT NULL DEFAULT 0 CHECK (acked >= 0 AND acked <= seq)
) STRICT, WITHOUT ROWID;
