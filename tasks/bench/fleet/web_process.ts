import { StoreFixture } from "../groups/store_fixture.ts";

/** Name of the user of {@linkcode WebProcess}. */
const NAME = "alice";

const PASSWORD = "correct horse battery";

/** Somebody who logs in, as a proxy tells of him. */
export interface Login {
  address: string;
  name?: string;
  password?: string;
}

/** web as a process of its own over SQLite, with a user that is logged in. */
export class WebProcess implements AsyncDisposable {
  readonly #fixture: StoreFixture;
  readonly #origin: string;
  #cookie = "";

  private constructor(fixture: StoreFixture) {
    this.#fixture = fixture;
    this.#origin = `http://127.0.0.1:${fixture.at.port}`;
  }

  /** Starts it over routes of ten modules, and waits until it has read them. */
  static async start(
    { commands, hosts }: { commands: number; hosts: number },
  ): Promise<WebProcess> {
    const fixture = await StoreFixture.start("sqlite");
    try {
      await fixture.addRoutes({ modules: 10, commands, hosts });
      await fixture.startService("web");
      const web = new WebProcess(fixture);
      await web.#begin();
      return web;
    } catch (error) {
      await fixture[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#fixture.pid;
  }

  async #begin(): Promise<void> {
    while (!await this.#isReady()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const link = await Deno.readTextFile(
      `${this.#fixture.folder}/web-first-link`,
    );
    const secret = new URL(link.trim()).hash.slice(1);
    const response = await this.#post("/first-user", {
      secret,
      name: NAME,
      password: PASSWORD,
    });
    await response.body?.cancel();
    this.#cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  }

  async #isReady(): Promise<boolean> {
    const response = await fetch(`${this.#origin}/readyz`);
    await response.body?.cancel();
    return response.ok;
  }

  /** Milliseconds until an answer of the API has come. @throws {Error} If it is an error. */
  async get(path: string): Promise<number> {
    return await this.#timed(`/api/v1${path}`);
  }

  /** The same of a page. */
  async page(path: string): Promise<number> {
    return await this.#timed(path);
  }

  async #timed(path: string): Promise<number> {
    const startedMs = performance.now();
    const response = await fetch(`${this.#origin}${path}`, {
      headers: { cookie: this.#cookie },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return performance.now() - startedMs;
  }

  /** Logs in, with the right name and password unless others are said: the status. */
  async logIn(
    { address, name = NAME, password = PASSWORD }: Login,
  ): Promise<number> {
    const response = await this.#post("/session", { name, password }, {
      "x-forwarded-for": address,
    });
    await response.body?.cancel();
    return response.status;
  }

  #post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(`${this.#origin}/api/v1${path}`, {
      method: "POST",
      headers: {
        origin: this.#origin,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fixture[Symbol.asyncDispose]();
  }
}
