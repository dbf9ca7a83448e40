/**
 * A lint rule of our own: the machine's clock, randomness, timers and sockets
 * are used in `net/` and entry files only; everything else is handed a clock, a
 * source of randomness and a transport.
 *
 * @module
 */

/** Members that only the inside of `net/` may read. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Deno: ["listen", "listenDatagram", "connect", "connectTls"],
  Date: ["now"],
  performance: ["now"],
  Math: ["random"],
};

/** Functions that only the inside of `net/` may call. */
const FUNCTIONS = ["setTimeout", "setInterval"];

/** Paths that may use the machine: sockets' home, entry files, what only people and tests run, and what runs in a browser. */
const MAY_USE =
  /\/(net|tasks|tests|testing|browser)\/|\/main\.ts$|agent\/service\.ts$|_test\.ts$/;

const plugin: Deno.lint.Plugin = {
  name: "lars",
  rules: {
    "machine-in-net": {
      create(context) {
        const path = context.filename.replaceAll("\\", "/");
        if (MAY_USE.test(path)) return {};
        const report = (node: Deno.lint.Node, what: string) =>
          context.report({
            node,
            message: `${what} may be used in net/ and main.ts files only`,
            hint: "Take a Clock, a Random or a Transport as an option",
          });
        return {
          MemberExpression(node) {
            const { object, property } = node;
            if (
              object.type !== "Identifier" || property.type !== "Identifier"
            ) {
              return;
            }
            if (MEMBERS[object.name]?.includes(property.name)) {
              report(node, `${object.name}.${property.name}`);
            }
          },
          CallExpression({ callee }) {
            if (
              callee.type === "Identifier" && FUNCTIONS.includes(callee.name)
            ) {
              report(callee, callee.name);
            }
          },
        };
      },
    },
  },
};

export default plugin;
