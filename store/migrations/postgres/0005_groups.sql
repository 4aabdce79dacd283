-- Groups. The version is the last tick of the group's clock: of itself and of
-- each of its members. Its row is the lock of both.
CREATE TABLE ruyi_group (
    no                   TEXT     NOT NULL PRIMARY KEY,
    name                 TEXT     NOT NULL,
    notice               TEXT     NOT NULL,
    creator              TEXT     NOT NULL, -- who founded it
    status               SMALLINT NOT NULL CHECK (status IN (0, 1, 2)),
    category             TEXT     NOT NULL,
    large                SMALLINT NOT NULL CHECK (large IN (0, 1)),
    invite               SMALLINT NOT NULL CHECK (invite IN (0, 1)),
    forbidden            SMALLINT NOT NULL CHECK (forbidden IN (0, 1)),
    forbidden_add_friend SMALLINT NOT NULL CHECK (forbidden_add_friend IN (0, 1)),
    view_history         SMALLINT NOT NULL CHECK (view_history IN (0, 1)),
    member_pin           SMALLINT NOT NULL CHECK (member_pin IN (0, 1)),
    members              INTEGER  NOT NULL CHECK (members >= 0),
    avatar               BIGINT   NOT NULL,
    version              BIGINT   NOT NULL,
    created_at           BIGINT   NOT NULL,
    updated_at           BIGINT   NOT NULL
);

CREATE TABLE ruyi_group_member (
    id          BIGINT   NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_no    TEXT     NOT NULL,
    uid         TEXT     NOT NULL,
    role        SMALLINT NOT NULL CHECK (role IN (0, 1, 2)),
    status      SMALLINT NOT NULL CHECK (status IN (1, 2)), -- 2: on the group's blacklist
    deleted     SMALLINT NOT NULL CHECK (deleted IN (0, 1)),
    version     BIGINT   NOT NULL,
    remark      TEXT     NOT NULL,
    invite_uid  TEXT     NOT NULL,
    vercode     TEXT     NOT NULL,
    muted_until BIGINT   NOT NULL,
    created_at  BIGINT   NOT NULL,
    updated_at  BIGINT   NOT NULL,
    UNIQUE (group_no, uid),
    UNIQUE (group_no, version)
);
CREATE INDEX ruyi_group_member_of ON ruyi_group_member (uid, group_no) WHERE deleted = 0;
CREATE INDEX ruyi_group_member_rank ON ruyi_group_member (group_no, role, id) WHERE deleted = 0;
CREATE INDEX ruyi_group_member_by_vercode ON ruyi_group_member (vercode);

-- What somebody set for a group.
CREATE TABLE ruyi_group_setting (
    uid          TEXT     NOT NULL,
    group_no     TEXT     NOT NULL,
    remark       TEXT     NOT NULL,
    mute         SMALLINT NOT NULL,
    top          SMALLINT NOT NULL,
    save         SMALLINT NOT NULL,
    show_nick    SMALLINT NOT NULL,
    chat_pwd_on  SMALLINT NOT NULL,
    screenshot   SMALLINT NOT NULL,
    recall       SMALLINT NOT NULL,
    receipt      SMALLINT NOT NULL,
    join_remind  SMALLINT NOT NULL,
    flame        SMALLINT NOT NULL,
    flame_second INTEGER  NOT NULL,
    version      BIGINT   NOT NULL,
    PRIMARY KEY (uid, group_no)
);

CREATE TABLE ruyi_group_invite (
    no         TEXT     NOT NULL PRIMARY KEY,
    group_no   TEXT     NOT NULL,
    inviter    TEXT     NOT NULL,
    remark     TEXT     NOT NULL,
    status     SMALLINT NOT NULL CHECK (status IN (0, 1)),
    allower    TEXT     NOT NULL,
    created_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL
);

CREATE TABLE ruyi_group_invited (
    invite_no TEXT    NOT NULL REFERENCES ruyi_group_invite (no) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    uid       TEXT    NOT NULL,
    PRIMARY KEY (invite_no, position),
    UNIQUE (invite_no, uid)
);

-- Codes that let somebody see, join or confirm: QR pictures and web pages.
CREATE TABLE ruyi_group_code (
    hash       TEXT     NOT NULL PRIMARY KEY,
    kind       SMALLINT NOT NULL,
    group_no   TEXT     NOT NULL,
    uid        TEXT     NOT NULL, -- who made it
    scanner    TEXT     NOT NULL, -- who may join with it, empty for other kinds
    invite_no  TEXT     NOT NULL,
    expires_at BIGINT   NOT NULL,
    used_at    BIGINT   NOT NULL
);
CREATE INDEX ruyi_group_code_by_expiry ON ruyi_group_code (expires_at);
