import { assertEquals, assertRejects } from "@std/assert";
import { MysqlRouteStore } from "./route_store.ts";
import type { MysqlOptions } from "./options.ts";
import {
  makeCertificates,
  MysqlFixture,
  rowOf,
  startMariadb,
  testOnMariadb,
} from "../testing/mod.ts";
import { StoreError } from "../types.ts";

testOnMariadb(
  "MysqlRouteStore encrypts when told to, and trusts only the authority and name it was told",
  async () => {
    await using certificates = await makeCertificates("localhost");
    const { folder, authorityPem, strangerPem } = certificates;
    await using server = await startMariadb({
      args: [
        `--ssl-ca=${folder}/ca.pem`,
        `--ssl-cert=${folder}/server.pem`,
        `--ssl-key=${folder}/server.key`,
      ],
    });
    await using fixture = await MysqlFixture.open(server.port);
    await fixture.sql("CREATE USER 'tls'@'%' IDENTIFIED BY '1' REQUIRE SSL");
    await fixture.sql(
      "CREATE USER 'tls'@'localhost' IDENTIFIED BY '1' REQUIRE SSL",
    );
    await fixture.sql("GRANT ALL ON *.* TO 'tls'@'%'");
    await fixture.sql("GRANT ALL ON *.* TO 'tls'@'localhost'");
    const options: MysqlOptions = {
      ...fixture.options,
      hosts: [{ hostname: "localhost", port: server.port }],
      user: "tls",
      password: "1",
    };

    // The user must encrypt, so each success is an encrypted one.
    await assertRefused({ ...options, tls: "off" });
    await assertWorks({ ...options, tls: "required" });
    await assertWorks({ ...options, tls: "verify", tlsCaPem: authorityPem });
    await assertRefused({ ...options, tls: "verify", tlsCaPem: strangerPem });
    await assertRefused({ ...options, tls: "verify" });
  },
);

async function assertWorks(options: MysqlOptions): Promise<void> {
  await using store = await MysqlRouteStore.open(options);
  assertEquals(await store.read([rowOf(1, 1, 1)]), [
    { modId: 1, cmdId: 1, hosts: [] },
  ]);
}

async function assertRefused(options: MysqlOptions): Promise<void> {
  await using store = await MysqlRouteStore.open(options);
  const error = await assertRejects(
    () => store.read([rowOf(1, 1, 1)]),
    StoreError,
  );
  // Trying again cannot help.
  assertEquals(error.retry, false, error.message);
}
