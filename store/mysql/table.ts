/** A table. */
export interface Table {
  /** Definitions of the columns by their names. */
  columns: Readonly<Record<string, string>>;
  /** Columns of the primary key. */
  primaryKey: string;
  /** Another index whose rows are unique. */
  uniqueKey?: string;
  /** Other indexes. */
  indexes?: readonly string[];
}
