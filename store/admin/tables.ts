import type { TableInKinds } from "../table_kinds.ts";

/** Who wrote something, and when. */
const AUTHOR = {
  at: "whole",
  actor: "word",
  address: "wordOrNull",
  action: "word",
  comment: "lineOrNull",
  request_id: "wordOrNull",
  traceparent: "wordOrNull",
} as const;

const ROUTE = { modid: "whole", cmdid: "whole" } as const;

/** Tables of who may do what, and who did what; README.md of store/ explains them. */
export const ADMIN_TABLES = {
  WebUser: {
    columns: {
      name: "word",
      password: "lineOrNull",
      scopes: "line",
      created_at: "whole",
    },
    primaryKey: ["name"],
  },
  WebSession: {
    columns: {
      hash: "hash",
      name: "word",
      address: "word",
      created_at: "whole",
      used_at: "whole",
    },
    primaryKey: ["hash"],
    indexes: { WebSessionByUser: ["name"] },
  },
  WebToken: {
    columns: {
      id: "id",
      hash: "hash",
      name: "word",
      scopes: "line",
      created_by: "word",
      created_at: "whole",
      expires_at: "whole",
      used_at: "wholeOrNull",
    },
    primaryKey: ["id"],
    unique: { WebTokenByHash: ["hash"] },
  },
  RouteEdit: {
    columns: {
      id: "id",
      ...AUTHOR,
      ticket: "lineOrNull",
      drains: "textOrNull",
    },
    primaryKey: ["id"],
  },
  RouteEditDiff: {
    columns: { edit_id: "whole", ...ROUTE, diff: "text" },
    primaryKey: ["edit_id", "modid", "cmdid"],
    indexes: { RouteEditDiffByRoute: ["modid", "cmdid", "edit_id"] },
  },
  RouteState: {
    columns: { ...ROUTE, revision: "hash", route: "text" },
    primaryKey: ["modid", "cmdid"],
  },
  Audit: {
    columns: {
      id: "id",
      ...AUTHOR,
      target: "line",
      before_hash: "hashOrNull",
      after_hash: "hashOrNull",
    },
    primaryKey: ["id"],
  },
  RequestKey: {
    columns: {
      id: "id",
      key_hash: "hash",
      request_hash: "hash",
      at: "whole",
      outcome: "text",
    },
    primaryKey: ["id"],
    unique: { RequestKeyByHash: ["key_hash"] },
  },
  RouteName: {
    columns: {
      ...ROUTE,
      name: "lineOrNull",
      owner: "lineOrNull",
      runbook: "lineOrNull",
    },
    primaryKey: ["modid", "cmdid"],
  },
} as const satisfies Record<string, TableInKinds>;

/** Name of one of these tables. */
export type AdminTableName = keyof typeof ADMIN_TABLES;

/** Names of these tables, in the order in which they are made. */
export const ADMIN_TABLE_NAMES = Object.keys(ADMIN_TABLES) as AdminTableName[];
