/** What the pages get from the admin API, as types for the modules of the browser. */
import type { z } from "zod";
import type * as schemas from "../api/schemas.ts";

export type Agent = z.infer<typeof schemas.agent>;
export type Alarm = z.infer<typeof schemas.alarm>;
export type AuditEntry = z.infer<typeof schemas.auditEntry>;
export type CallerState = z.infer<typeof schemas.callerState>;
export type Change = z.infer<typeof schemas.change>;
export type ChangeInput = z.infer<typeof schemas.changeInput>;
export type ChangePreview = z.infer<typeof schemas.changePreview>;
export type ChangeResult = z.infer<typeof schemas.changeResult>;
export type Consequence = z.infer<typeof schemas.consequence>;
export type DrainStatus = z.infer<typeof schemas.drainStatus>;
export type History = z.infer<typeof schemas.history>;
export type HostEvent = z.infer<typeof schemas.hostEvent>;
export type HostStatus = z.infer<typeof schemas.hostStatus>;
export type Now = z.infer<typeof schemas.now>;
export type NowProblem = z.infer<typeof schemas.nowProblem>;
export type Problem = z.infer<typeof schemas.problem>;
export type Route = z.infer<typeof schemas.route>;
export type RouteDiff = z.infer<typeof schemas.routeDiff>;
export type RouteEdit = z.infer<typeof schemas.routeEdit>;
export type RouteStatus = z.infer<typeof schemas.routeStatus>;
export type RouteSummary = z.infer<typeof schemas.routeSummary>;
export type SessionEntry = z.infer<typeof schemas.sessionEntry>;
export type SilenceInput = z.infer<typeof schemas.silenceInput>;
export type Token = z.infer<typeof schemas.token>;
export type User = z.infer<typeof schemas.user>;
