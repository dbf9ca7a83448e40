import { ask } from "./api.js";
import { loadTexts, t } from "./texts.js";

/**
 * Actions, whose modules are loaded when one is first opened: what is looked at is
 * there sooner.
 */
export const openDrain = later(() => import("./actions/drain.js"), "openDrain");
export const openDrainAll = later(
  () => import("./actions/drain.js"),
  "openDrainAll",
);
export const openUndrain = later(
  () => import("./actions/drain.js"),
  "openUndrain",
);
export const openRevert = later(
  () => import("./actions/revert.js"),
  "openRevert",
);
export const openAddHosts = later(
  () => import("./actions/edit.js"),
  "openAddHosts",
);
export const openHostEdit = later(
  () => import("./actions/edit.js"),
  "openHostEdit",
);
export const openNewRoute = later(
  () => import("./actions/edit.js"),
  "openNewRoute",
);
export const openRemoveHosts = later(
  () => import("./actions/edit.js"),
  "openRemoveHosts",
);
export const openSettings = later(
  () => import("./actions/edit.js"),
  "openSettings",
);
export const openRemoveInstance = later(
  () => import("./actions/instances.js"),
  "openRemoveInstance",
);
export const openGone = later(
  () => import("./actions/instances.js"),
  "openGone",
);
export const openNames = later(
  () => import("./actions/names.js"),
  "openNames",
);
export const openUser = later(
  () => import("./actions/people.js"),
  "openUser",
);
export const openRemoveUser = later(
  () => import("./actions/people.js"),
  "openRemoveUser",
);
export const openToken = later(
  () => import("./actions/people.js"),
  "openToken",
);
export const openRemoveToken = later(
  () => import("./actions/people.js"),
  "openRemoveToken",
);
export const openSilence = later(
  () => import("./actions/silence.js"),
  "openSilence",
);
export const openAlarmTest = later(
  () => import("./actions/silence.js"),
  "openAlarmTest",
);
export const openMoment = later(
  () => import("./actions/moment.js"),
  "openMoment",
);
export const openPassword = later(
  () => import("./actions/people.js"),
  "openPassword",
);

/**
 * A function of a module that is loaded at its first call. A server that was
 * upgraded has the modules of this page no more: the page is loaded anew then.
 *
 * @template {Record<string, any>} Module
 * @template {keyof Module} Name
 * @param {() => Promise<Module>} load
 * @param {Name} name
 * @returns {(options: Parameters<Module[Name]>[0]) => Promise<void>}
 */
function later(load, name) {
  return async (options) => {
    try {
      const [module] = await Promise.all([load(), loadTexts("actions")]);
      await module[name](options);
    } catch (error) {
      const { status } = await ask("GET", "/session");
      if (status === undefined) return alert(t("actions.noServer"));
      if (!(error instanceof TypeError)) throw error;
      location.reload();
    }
  };
}
