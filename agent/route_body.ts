import {
  decodeBody,
  fromWireAddress,
  isValidName,
  isValidWeight,
  lars,
  type Route,
  type RouteHost,
  type RouteSettings,
  toWireAddress,
} from "../proto/mod.ts";

/** What `check` says in a body; 0 is not told. */
const CHECK_ON = 1;
const CHECK_OFF = 2;

/**
 * The route in the body of a GetRouteResponse of dns. What dns does not tell, or
 * tells in a way that cannot be, is left out.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeRoute(body: Uint8Array): Route {
  const response = decodeBody(lars.GetRouteResponse, body);
  const settings = settingsOf(response);
  return {
    modId: response.modid,
    cmdId: response.cmdid,
    hosts: response.host.map(hostOf),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** The body in which dns could have told of a route. */
export function encodeRoute(route: Route): Uint8Array {
  const { modId: modid, cmdId: cmdid, hosts, settings = {} } = route;
  const { policy = "", check } = settings;
  return lars.GetRouteResponse.encode({
    modid,
    cmdid,
    host: hosts.map((host) => ({
      ...toWireAddress(host),
      weight: host.weight ?? 0,
      zone: host.zone ?? "",
    })),
    policy,
    check: check === undefined ? 0 : check ? CHECK_ON : CHECK_OFF,
  }).finish();
}

function hostOf(told: lars.IHostInfo): RouteHost {
  const host: RouteHost = fromWireAddress(told);
  const { weight, zone } = told;
  if (weight && isValidWeight(weight)) host.weight = weight;
  if (zone && isValidName(zone)) host.zone = zone;
  return host;
}

function settingsOf(
  { policy, check }: lars.GetRouteResponse,
): RouteSettings | undefined {
  const settings: RouteSettings = {};
  if (isValidName(policy)) settings.policy = policy;
  if (check === CHECK_ON || check === CHECK_OFF) {
    settings.check = check === CHECK_ON;
  }
  return Object.keys(settings).length > 0 ? settings : undefined;
}
