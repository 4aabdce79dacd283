-- Accounts. Truth is 0 or 1, instants are Unix milliseconds.
CREATE TABLE ruyi_user (
    uid                TEXT     NOT NULL PRIMARY KEY,
    username           TEXT     NOT NULL UNIQUE,
    name               TEXT     NOT NULL,
    zone               TEXT     NOT NULL,
    phone              TEXT     NOT NULL,
    short_no           TEXT     NOT NULL UNIQUE,
    sex                SMALLINT NOT NULL,
    category           TEXT     NOT NULL,
    robot              SMALLINT NOT NULL CHECK (robot IN (0, 1)),
    vercode            TEXT     NOT NULL,
    qr_vercode         TEXT     NOT NULL,
    password_hash      TEXT     NOT NULL,
    search_by_phone    SMALLINT NOT NULL,
    search_by_short    SMALLINT NOT NULL,
    new_msg_notice     SMALLINT NOT NULL,
    msg_show_detail    SMALLINT NOT NULL,
    voice_on           SMALLINT NOT NULL,
    shock_on           SMALLINT NOT NULL,
    offline_protection SMALLINT NOT NULL,
    device_lock        SMALLINT NOT NULL,
    mute_of_app        SMALLINT NOT NULL,
    status             SMALLINT NOT NULL CHECK (status IN (0, 1, 2)),
    created_at         BIGINT   NOT NULL
);

INSERT INTO ruyi_user VALUES
    ('u_10000', 'u_10000', '系统账号', '', '', '10000', 1, 'system', 1, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1704067200000),
    ('fileHelper', 'fileHelper', '文件传输助手', '', '', '20000', 1, 'system', 1, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1704067200000);

CREATE TABLE ruyi_device (
    uid        TEXT   NOT NULL,
    device_id  TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    model      TEXT   NOT NULL,
    last_login BIGINT NOT NULL,
    PRIMARY KEY (uid, device_id)
);

-- Sessions are kept for a while after their end, for the record.
CREATE TABLE ruyi_session (
    token_hash TEXT     NOT NULL PRIMARY KEY,
    uid        TEXT     NOT NULL,
    flag       SMALLINT NOT NULL,
    device_id  TEXT     NOT NULL,
    created_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    ended_at   BIGINT   NOT NULL DEFAULT 0
);
CREATE INDEX ruyi_session_by_user ON ruyi_session (uid, created_at) WHERE ended_at = 0;

CREATE TABLE ruyi_sms_code (
    zone       TEXT     NOT NULL,
    phone      TEXT     NOT NULL,
    purpose    SMALLINT NOT NULL,
    hash       TEXT     NOT NULL,
    tries      BIGINT   NOT NULL CHECK (tries >= 0),
    expires_at BIGINT   NOT NULL,
    PRIMARY KEY (zone, phone, purpose)
);

CREATE TABLE ruyi_sms_quota (
    zone      TEXT   NOT NULL,
    phone     TEXT   NOT NULL,
    last_at   BIGINT NOT NULL,
    hour_from BIGINT NOT NULL,
    hour      BIGINT NOT NULL CHECK (hour >= 0),
    day_from  BIGINT NOT NULL,
    day       BIGINT NOT NULL CHECK (day >= 0),
    PRIMARY KEY (zone, phone)
);

-- Relations: two rows a friendship, one owned by each side. A version is a tick
-- of the owner's clock, which is also the lock of the owner's list.
CREATE TABLE ruyi_friend (
    id         BIGINT   NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner      TEXT     NOT NULL,
    peer       TEXT     NOT NULL,
    version    BIGINT   NOT NULL,
    deleted    SMALLINT NOT NULL CHECK (deleted IN (0, 1)),
    alone      SMALLINT NOT NULL CHECK (alone IN (0, 1)),
    initiator  SMALLINT NOT NULL CHECK (initiator IN (0, 1)),
    vercode    TEXT     NOT NULL,
    created_at BIGINT   NOT NULL,
    UNIQUE (owner, peer),
    UNIQUE (owner, version)
);

CREATE TABLE ruyi_friend_clock (
    owner   TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

CREATE TABLE ruyi_friend_request (
    to_uid     TEXT     NOT NULL,
    from_uid   TEXT     NOT NULL,
    token      TEXT     NOT NULL UNIQUE,
    remark     TEXT     NOT NULL,
    status     SMALLINT NOT NULL CHECK (status IN (0, 1, 2)),
    created_at BIGINT   NOT NULL,
    updated_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    PRIMARY KEY (to_uid, from_uid)
);

-- What owner set for the chat with peer, friend or not.
CREATE TABLE ruyi_contact_setting (
    owner        TEXT     NOT NULL,
    peer         TEXT     NOT NULL,
    remark       TEXT     NOT NULL DEFAULT '',
    mute         SMALLINT NOT NULL DEFAULT 0,
    top          SMALLINT NOT NULL DEFAULT 0,
    chat_pwd_on  SMALLINT NOT NULL DEFAULT 0,
    screenshot   SMALLINT NOT NULL DEFAULT 1,
    recall       SMALLINT NOT NULL DEFAULT 1,
    receipt      SMALLINT NOT NULL DEFAULT 1,
    flame        SMALLINT NOT NULL DEFAULT 0,
    flame_second BIGINT   NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, peer)
);

-- Messages. A channel's seq and a queue's seq are the last numbers given out;
-- their rows are locked while a message is on its way in.
CREATE TABLE ruyi_channel (
    id   TEXT     NOT NULL,
    type SMALLINT NOT NULL,
    seq  BIGINT   NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (id, type)
);

CREATE TABLE ruyi_message (
    id            BIGINT   NOT NULL PRIMARY KEY,
    channel_id    TEXT     NOT NULL,
    channel_type  SMALLINT NOT NULL,
    seq           BIGINT   NOT NULL CHECK (seq >= 0),
    from_uid      TEXT     NOT NULL,
    client_msg_no TEXT     NOT NULL,
    red_dot       SMALLINT NOT NULL CHECK (red_dot IN (0, 1)),
    sync_once     SMALLINT NOT NULL CHECK (sync_once IN (0, 1)),
    setting       SMALLINT NOT NULL,
    payload       TEXT     NOT NULL,
    sent_at       BIGINT   NOT NULL
);
CREATE UNIQUE INDEX ruyi_message_in_channel ON ruyi_message (channel_id, channel_type, seq) WHERE seq > 0;

CREATE TABLE ruyi_queue (
    uid        TEXT   NOT NULL,
    seq        BIGINT NOT NULL CHECK (seq > 0),
    message_id BIGINT NOT NULL,
    PRIMARY KEY (uid, seq)
);

CREATE TABLE ruyi_queue_head (
    uid   TEXT   NOT NULL PRIMARY KEY,
    seq   BIGINT NOT NULL CHECK (seq >= 0),
    acked BIGINT NOT NULL DEFAULT 0 CHECK (acked >= 0 AND acked <= seq)
);

-- Which transaction each connection ran last, so that one whose commit was cut
-- off can be looked up.
CREATE TABLE ruyi_commit (
    slot  BIGINT      NOT NULL PRIMARY KEY,
    token BIGINT      NOT NULL,
    at    TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 20);
