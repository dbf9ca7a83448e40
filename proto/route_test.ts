import { assertEquals } from "@std/assert";
import { ID_MAX, isValidKey, ownerOf } from "./mod.ts";

Deno.test("ownerOf() is the sum modulo the servers, never negative", () => {
  const table: [modId: number, cmdId: number, owner: number][] = [
    [0, 0, 0],
    [1, 0, 1],
    [1, 1, 2],
    [1, 2, 0],
    [2, 2, 1],
    [-1, 0, 2],
    [-1, -1, 1],
    [-1, -2, 0],
    [-2, 1, 2],
    [-4, 0, 2],
    [ID_MAX, ID_MAX, 2],
    [-ID_MAX - 1, -ID_MAX - 1, 2],
  ];
  for (const [modId, cmdId, owner] of table) {
    assertEquals(ownerOf({ modId, cmdId }, 3), owner, `${modId}, ${cmdId}`);
    assertEquals(ownerOf({ modId, cmdId }, 1), 0);
  }
});

Deno.test("isValidKey() takes ids from 0 to the largest int32", () => {
  const table: [id: number, valid: boolean][] = [
    [0, true],
    [ID_MAX, true],
    [-1, false],
    [ID_MAX + 1, false],
    [0.5, false],
    [NaN, false],
  ];
  for (const [id, valid] of table) {
    assertEquals(isValidKey({ modId: id, cmdId: 1 }), valid, `modid ${id}`);
    assertEquals(isValidKey({ modId: 1, cmdId: id }), valid, `cmdid ${id}`);
  }
});
