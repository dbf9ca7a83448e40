import type { TableInKinds } from "../table_kinds.ts";

/** Tables of what agents register; README.md of store/ explains them. */
export const LEASE_TABLES = {
  AgentLease: {
    columns: {
      agent: "identity",
      epoch: "whole",
      renewal: "whole",
      ttl_ms: "whole",
      set_hash: "whole",
      instances: "whole",
      overdue: "whole",
      name: "word",
      address: "word",
      dns: "word",
    },
    primaryKey: ["agent"],
  },
  Instance: {
    columns: {
      modid: "whole",
      cmdid: "whole",
      ip: "whole",
      port: "whole",
      agent: "identity",
      is_static: "whole",
      state: "whole",
      since: "whole",
      weight: "wholeOrNull",
      zone: "wordOrNull",
      version: "word",
    },
    primaryKey: ["modid", "cmdid", "ip", "port"],
    indexes: {
      InstanceByAgent: ["agent"],
      InstanceByAddress: ["ip", "port"],
    },
  },
} as const satisfies Record<string, TableInKinds>;

/** Name of one of these tables. */
export type LeaseTableName = keyof typeof LEASE_TABLES;

/** Names of these tables, in the order in which they are made. */
export const LEASE_TABLE_NAMES = Object.keys(LEASE_TABLES) as LeaseTableName[];
