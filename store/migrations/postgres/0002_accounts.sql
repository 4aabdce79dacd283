-- What belongs to an account besides its start: locks, expiry, avatar.
ALTER TABLE ruyi_user ADD COLUMN chat_pwd TEXT NOT NULL DEFAULT '';
ALTER TABLE ruyi_user ADD COLUMN lock_screen_pwd TEXT NOT NULL DEFAULT '';
ALTER TABLE ruyi_user ADD COLUMN lock_after_minute BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ruyi_user ADD COLUMN short_status SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE ruyi_user ADD COLUMN msg_expire_second BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ruyi_user ADD COLUMN avatar BIGINT NOT NULL DEFAULT 0; -- version of the uploaded picture, 0 for none
-- A short number names one account, however it is typed.
CREATE UNIQUE INDEX ruyi_user_by_short_no ON ruyi_user (lower(short_no));
CREATE INDEX ruyi_user_by_phone ON ruyi_user (phone) WHERE phone <> '';
CREATE INDEX ruyi_user_by_qr_vercode ON ruyi_user (qr_vercode) WHERE qr_vercode <> '';
CREATE INDEX ruyi_user_by_category ON ruyi_user (category, uid) WHERE category <> '';

-- When a session was last seen, to the hour.
ALTER TABLE ruyi_session ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX ruyi_device_by_login ON ruyi_device (uid, last_login, device_id);

-- How often something happened within a window of time.
CREATE TABLE ruyi_throttle (
    kind  TEXT   NOT NULL,
    key   TEXT   NOT NULL,
    since BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (kind, key)
);

-- Failed logins, counted apart for each known device and for all strangers.
CREATE TABLE ruyi_login_guard (
    username TEXT   NOT NULL, -- keyed hash of what was typed
    device   TEXT   NOT NULL, -- a device the account knows, '' for strangers
    fails    BIGINT NOT NULL CHECK (fails >= 0),
    next_at  BIGINT NOT NULL,
    PRIMARY KEY (username, device)
);

-- Logins that wait for a code sent to the phone.
CREATE TABLE ruyi_device_check (
    challenge    TEXT     NOT NULL PRIMARY KEY, -- hash
    uid          TEXT     NOT NULL,
    address      TEXT     NOT NULL,
    flag         SMALLINT NOT NULL,
    device_id    TEXT     NOT NULL,
    device_name  TEXT     NOT NULL,
    device_model TEXT     NOT NULL,
    expires_at   BIGINT   NOT NULL
);
CREATE INDEX ruyi_device_check_by_user ON ruyi_device_check (uid, address, expires_at);

-- Logins of a computer that wait for a phone.
CREATE TABLE ruyi_qr_login (
    uuid         TEXT     NOT NULL PRIMARY KEY,
    status       SMALLINT NOT NULL,
    pub_key      TEXT     NOT NULL,
    encrypt      TEXT     NOT NULL,
    address      TEXT     NOT NULL,
    secret       TEXT     NOT NULL, -- hash of what only the computer knows, '' for none
    device_id    TEXT     NOT NULL,
    device_name  TEXT     NOT NULL,
    device_model TEXT     NOT NULL,
    uid          TEXT     NOT NULL, -- who scanned
    session      TEXT     NOT NULL, -- the scanner's session
    code         TEXT     NOT NULL, -- hash of the auth code
    expires_at   BIGINT   NOT NULL
);
CREATE INDEX ruyi_qr_login_by_code ON ruyi_qr_login (code) WHERE code <> '';
CREATE INDEX ruyi_qr_login_by_expiry ON ruyi_qr_login (expires_at);

-- Where to push what arrives while nobody is connected: one device a user, and
-- one user a device.
CREATE TABLE ruyi_push (
    device_token TEXT   NOT NULL PRIMARY KEY,
    uid          TEXT   NOT NULL,
    device_type  TEXT   NOT NULL,
    bundle_id    TEXT   NOT NULL,
    session      TEXT   NOT NULL, -- hash of the token whose session it ends with, '' for none
    badge        BIGINT NOT NULL
);
CREATE INDEX ruyi_push_by_user ON ruyi_push (uid);

CREATE TABLE ruyi_presence (
    uid          TEXT     NOT NULL,
    flag         SMALLINT NOT NULL,
    online       SMALLINT NOT NULL CHECK (online IN (0, 1)),
    last_online  BIGINT   NOT NULL,
    last_offline BIGINT   NOT NULL,
    PRIMARY KEY (uid, flag)
);
