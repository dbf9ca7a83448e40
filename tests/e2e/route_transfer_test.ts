import { assertEquals } from "@std/assert";
import { LocalLars } from "../../tasks/local/local_lars.ts";
import {
  storeArguments,
  testOnStores,
  type TestStore,
} from "../support/stores.ts";
import { row, runLars } from "../support/processes.ts";

/** What `lars route export` writes of these routes. */
const CSV = `modid,cmdid,ip,port
1,1,192.168.1.177,7777
1,2,10.0.0.1,80
1,2,10.0.0.2,80
300,7,255.255.255.254,65535
`;

const ROUTES = [
  row(1, 1, "192.168.1.177:7777"),
  row(1, 2, "10.0.0.1:80"),
  row(1, 2, "10.0.0.2:80"),
  row(300, 7, "255.255.255.254:65535"),
];

async function startLars(
  store: TestStore,
  { filled }: { filled: boolean },
): Promise<LocalLars> {
  return await LocalLars.start({
    routes: filled ? ROUTES : [],
    database: store.database,
    print: () => {},
  });
}

async function lars(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runLars(args);
  assertEquals(code, 0, stderr);
  return stdout;
}

testOnStores(
  "lars route export and import move routes to and from the embedded store",
  async (test, store) => {
    await using from = await startLars(store, { filled: true });
    const options = storeArguments(from);
    const embedded = ["--data", `${from.folder}/other`];
    const file = `${from.folder}/routes.csv`;

    await test.step("export", async () => {
      assertEquals(await lars("route", "export", ...options), CSV);
      await lars("route", "export", file, ...options);
      assertEquals(await Deno.readTextFile(file), CSV);
    });

    await test.step("into an embedded store", async () => {
      await lars("store", "create", ...embedded);
      await lars("route", "import", file, ...embedded);
      assertEquals(await lars("route", "export", ...embedded), CSV);
    });

    await test.step("and back, where what is missing is added and the rest stays", async () => {
      await lars("route", "add", "2", "2", "10.0.0.9:90", ...options);
      await lars("route", "remove", "1", "2", "10.0.0.1:80", ...options);
      const back = `${from.folder}/back.csv`;
      await lars("route", "export", back, ...embedded);
      const told = await lars("route", "import", back, ...options, "--json");
      assertEquals(JSON.parse(told), { rows: 4, added: 1, present: 3 });
      const expected = CSV.replace("300,7", "2,2,10.0.0.9,90\n300,7");
      assertEquals(await lars("route", "export", ...options), expected);
    });
  },
);
