import { z } from "@hono/zod-openapi";
import { text, time } from "./common.ts";

/** What a user or a token may do: "write:MOD/CMD" is of routes, "*" stands for any. */
export const scope = z.string()
  .regex(/^(read|write|drain|admin|write:(\d{1,10}|\*)\/(\d{1,10}|\*))$/)
  .openapi("Scope", { example: "write:1/*" });

const scopes = z.array(scope).min(1).max(50);

/** Name of a user. */
export const userName = z.string().regex(/^[a-z0-9._@-]{1,64}$/, {
  error: 'must be 1 to 64 small letters, digits, ".", "_", "@" and "-"',
});

/** A new password. */
const newPassword = z.string().min(12).max(200);

/** A user. */
export const user = z.strictObject({
  name: userName,
  scopes,
  hasPassword: z.boolean(),
  createdAt: time,
}).openapi("User");

/** A user, to be put. */
export const userInput = z.strictObject({
  scopes,
  password: newPassword.nullable().optional().openapi({
    description:
      "Left out: as it was; null: none, for users that a proxy vouches for",
  }),
}).openapi("UserInput");

/** The first user. */
export const firstUser = z.strictObject({
  secret: z.string().max(100).openapi({
    description: "What follows # in the one-time link",
  }),
  name: userName,
  password: newPassword,
}).openapi("FirstUser");

/** Name and password. */
export const login = z.strictObject({
  name: z.string().max(64),
  password: z.string().max(200),
}).openapi("Login");

/** Own password, to be changed. */
export const passwordChange = z.strictObject({
  before: z.string().max(200),
  after: newPassword,
}).openapi("PasswordChange");

/** Who asks. */
export const session = z.strictObject({
  actor: z.string().openapi({ example: "user alice" }),
  kind: z.enum(["user", "token"]),
  name: z.string(),
  scopes: z.array(z.string()),
}).openapi("Session");

/** A session of a browser. */
export const sessionEntry = z.strictObject({
  id: z.string().openapi({ description: "Names it; it is no secret" }),
  user: z.string(),
  address: z.string(),
  createdAt: time,
  usedAt: time,
  isOwn: z.boolean(),
}).openapi("SessionEntry");

/** A token without its secret. */
export const token = z.strictObject({
  id: z.int(),
  name: z.string(),
  scopes,
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time,
  usedAt: time.nullable(),
}).openapi("Token");

/** A token, to be made. */
export const tokenInput = z.strictObject({
  name: text.min(1).max(64),
  scopes,
  days: z.int().min(1).max(400).default(90).openapi({
    description: "How long it lasts",
  }),
}).openapi("TokenInput");

/** A token that was made, with its secret, which nothing shows again. */
export const madeToken = z.strictObject({ ...token.shape, secret: z.string() })
  .openapi("MadeToken");
