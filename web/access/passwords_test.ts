import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Passwords } from "./passwords.ts";

/** Cheap: the cost is no part of these tests. */
const cheap = () => new Passwords({ cost: 2 });

Deno.test("Passwords.check() knows the password that was hashed, and no other", async () => {
  const passwords = cheap();
  const hash = await passwords.hash("correct horse");
  assertEquals(await passwords.check("correct horse", hash), true);
  for (const wrong of ["", "correct hors", "correct horse ", "Correct horse"]) {
    assertEquals(await passwords.check(wrong, hash), false);
  }
  assertNotEquals(await passwords.hash("correct horse"), hash);
});

Deno.test("Passwords.check() takes composed and decomposed letters for the same", async () => {
  const passwords = cheap();
  const hash = await passwords.hash("p\u00e4sswort");
  assertEquals(await passwords.check("pa\u0308sswort", hash), true);
});

Deno.test("Passwords.check() of nobody, and of a hash written by hand, is false for every password", async () => {
  const passwords = cheap();
  for (
    const hash of [undefined, "", "secret", "scrypt$$", "scrypt$AA==$AA=="]
  ) {
    assertEquals(await passwords.check("", hash), false);
    assertEquals(await passwords.check("secret", hash), false);
  }
});

Deno.test("Passwords works on one at a time, lets eight wait and refuses the next", async () => {
  const passwords = cheap();
  const answers = Array.from({ length: 12 }, () => passwords.hash("x"));
  const done = await Promise.all(answers);
  assertEquals(done.filter((hash) => hash === undefined).length, 3);
  assert(await passwords.hash("x") !== undefined);
});

Deno.test("Passwords has a turn for whoever is known, however many strangers wait", async () => {
  const passwords = cheap();
  const hash = await passwords.hash("right");
  const check = (isKnown: boolean) =>
    passwords.check("right", hash, { isKnown });
  const strangers = Array.from({ length: 10 }, () => check(false));
  const known = check(true);
  assertEquals(await known, true);
  const done = await Promise.all(strangers);
  assertEquals(done.filter((isRight) => isRight === undefined).length, 1);
});
