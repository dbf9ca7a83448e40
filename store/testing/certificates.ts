/** Certificates of one test, in a folder that goes with it. */
export interface Certificates extends AsyncDisposable {
  /** Has ca.pem, and server.pem with server.key, which ca.pem vouches for. */
  folder: string;
  authorityPem: string;
  /** PEM text of an authority that has signed nothing here. */
  strangerPem: string;
}

/**
 * Makes an authority, and a certificate of a server named `name`, with openssl.
 *
 * @throws {Error} If openssl fails.
 */
export async function makeCertificates(name: string): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "lars_tls_" });
  const at = (file: string) => `${folder}/${file}`;
  const self = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  for (const authority of ["ca", "stranger"]) {
    await openssl([
      ...self,
      ...["-subj", `/CN=${authority}`],
      ...["-keyout", at(`${authority}.key`), "-out", at(`${authority}.pem`)],
    ]);
  }
  await openssl([
    ...self,
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-CA", at("ca.pem"), "-CAkey", at("ca.key")],
    ...["-keyout", at("server.key"), "-out", at("server.pem")],
  ]);
  // The server runs as another user.
  await Deno.chmod(folder, 0o755);
  await Deno.chmod(at("server.key"), 0o644);
  return {
    folder,
    authorityPem: await Deno.readTextFile(at("ca.pem")),
    strangerPem: await Deno.readTextFile(at("stranger.pem")),
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function openssl(args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
