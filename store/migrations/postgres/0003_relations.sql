-- Blacklists: a block is a setting of who blocks. 0 for none.
ALTER TABLE ruyi_contact_setting ADD COLUMN blocked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX ruyi_contact_setting_by_block ON ruyi_contact_setting (owner, blocked_at, peer) WHERE blocked_at > 0;

-- How people met: the vercode that the request quoted, '' for none.
ALTER TABLE ruyi_friend ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX ruyi_friend_by_vercode ON ruyi_friend (vercode) WHERE vercode <> '';
CREATE INDEX ruyi_friend_live ON ruyi_friend (owner) WHERE deleted = 0;

-- Requests become an inbox: numbered, newest first, marked when seen.
CREATE TABLE ruyi_friend_apply (
    id         BIGINT   NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    to_uid     TEXT     NOT NULL,
    from_uid   TEXT     NOT NULL,
    token      TEXT     NOT NULL UNIQUE,
    remark     TEXT     NOT NULL,
    vercode    TEXT     NOT NULL,
    status     SMALLINT NOT NULL CHECK (status IN (0, 1, 2)),
    seen       SMALLINT NOT NULL CHECK (seen IN (0, 1)),
    created_at BIGINT   NOT NULL,
    updated_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    UNIQUE (to_uid, from_uid)
);
INSERT INTO ruyi_friend_apply (to_uid, from_uid, token, remark, vercode, status, seen, created_at, updated_at, expires_at)
    SELECT to_uid, from_uid, token, remark, '', status, 0, created_at, updated_at, expires_at FROM ruyi_friend_request;
DROP TABLE ruyi_friend_request;
CREATE INDEX ruyi_friend_apply_by_time ON ruyi_friend_apply (to_uid, updated_at, id);
CREATE INDEX ruyi_friend_apply_unseen ON ruyi_friend_apply (to_uid) WHERE seen = 0;

-- Labels: private groupings of contacts and groups.
CREATE TABLE ruyi_label (
    id         BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX ruyi_label_by_owner ON ruyi_label (owner, updated_at, id);

CREATE TABLE ruyi_label_member (
    label_id BIGINT  NOT NULL REFERENCES ruyi_label (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    uid      TEXT    NOT NULL,
    PRIMARY KEY (label_id, position),
    UNIQUE (label_id, uid)
);

CREATE TABLE ruyi_label_group (
    label_id BIGINT  NOT NULL REFERENCES ruyi_label (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    group_no TEXT    NOT NULL,
    PRIMARY KEY (label_id, position),
    UNIQUE (label_id, group_no)
);
