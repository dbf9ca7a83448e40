/** A row of a table whose ids grow with time. */
interface TimedRow {
  id: number;
  /** Unix time in seconds. */
  at: number;
}

/**
 * Id of the newest row that was there at a time, 0 if none was, and that of the
 * newest of all. Asks for one row some twenty times, however many there are.
 *
 * @param read The newest row with an id below `before`; of all if that is undefined.
 */
export async function newestBy(
  atSeconds: number,
  read: (before?: number) => Promise<TimedRow | undefined>,
): Promise<{ id: number; newest: number }> {
  const last = await read();
  if (last === undefined) return { id: 0, newest: 0 };
  if (last.at <= atSeconds) return { id: last.id, newest: last.id };
  let found = 0;
  let low = 0;
  let high = last.id;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const row = await read(middle + 1);
    if (row !== undefined && row.at > atSeconds) {
      high = row.id;
      continue;
    }
    low = middle;
    found = row?.id ?? found;
  }
  return { id: found, newest: last.id };
}
