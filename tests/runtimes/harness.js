/**
 * Stands in for `Deno.test` in a bundle of tests that another runtime, or Deno
 * without its test command, runs. Loaded before the bundle.
 */
const tests = [];
const only = process.env.LARS_TEST;

function test(nameOrTest, fn) {
  const each = typeof nameOrTest === "string"
    ? { name: nameOrTest, fn }
    : nameOrTest;
  if (only === undefined || each.name.includes(only)) tests.push(each);
}

class SystemError extends Error {}

if (typeof globalThis.Deno === "object") {
  Object.defineProperty(Deno, "test", { value: test });
} else {
  globalThis.Deno = {
    test,
    env: { get: (name) => process.env[name] },
    // Every name of an error is one class: tests tell them apart by message.
    errors: new Proxy({}, { get: () => SystemError }),
  };
}

globalThis.runTests = async () => {
  let failed = 0;
  let skipped = 0;
  for (const { name, fn, ignore } of tests) {
    if (ignore) {
      skipped += 1;
      continue;
    }
    try {
      await fn();
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}: ${error?.stack ?? error}`);
    }
  }
  const passed = tests.length - failed - skipped;
  console.log(JSON.stringify({ passed, failed, skipped }));
  // What a failed test left open would keep the process alive.
  if (failed > 0) process.exit(1);
};
