/** The modules and styles of `browser/`, as text. */
import actionJs from "./browser/action.js" with { type: "text" };
import actionsJs from "./browser/actions.js" with { type: "text" };
import actionsDrainJs from "./browser/actions/drain.js" with { type: "text" };
import actionsEditJs from "./browser/actions/edit.js" with { type: "text" };
import actionsInstancesJs from "./browser/actions/instances.js" with {
  type: "text",
};
import actionsMomentJs from "./browser/actions/moment.js" with {
  type: "text",
};
import actionsNamesJs from "./browser/actions/names.js" with { type: "text" };
import actionsPeopleJs from "./browser/actions/people.js" with { type: "text" };
import actionsRevertJs from "./browser/actions/revert.js" with { type: "text" };
import actionsSilenceJs from "./browser/actions/silence.js" with {
  type: "text",
};
import apiJs from "./browser/api.js" with { type: "text" };
import chartJs from "./browser/chart.js" with { type: "text" };
import clockJs from "./browser/clock.js" with { type: "text" };
import commandJs from "./browser/command.js" with { type: "text" };
import consoleCss from "./browser/console.css" with { type: "text" };
import dialogJs from "./browser/dialog.js" with { type: "text" };
import diffJs from "./browser/diff.js" with { type: "text" };
import formatJs from "./browser/format.js" with { type: "text" };
import frameJs from "./browser/frame.js" with { type: "text" };
import historyJs from "./browser/history.js" with { type: "text" };
import hostDetailsJs from "./browser/host_details.js" with { type: "text" };
import iconSvg from "./browser/icon.svg" with { type: "text" };
import keysJs from "./browser/keys.js" with { type: "text" };
import litJs from "./browser/lit.js" with { type: "text" };
import mainJs from "./browser/main.js" with { type: "text" };
import pageDataJs from "./browser/page_data.js" with { type: "text" };
import pagesAboutJs from "./browser/pages/about.js" with { type: "text" };
import pagesAccessJs from "./browser/pages/access.js" with { type: "text" };
import pagesAlarmsJs from "./browser/pages/alarms.js" with { type: "text" };
import pagesChangeJs from "./browser/pages/change.js" with { type: "text" };
import pagesChangesJs from "./browser/pages/changes.js" with { type: "text" };
import pagesFirstJs from "./browser/pages/first.js" with { type: "text" };
import pagesFleetJs from "./browser/pages/fleet.js" with { type: "text" };
import pagesHostJs from "./browser/pages/host.js" with { type: "text" };
import pagesLoginJs from "./browser/pages/login.js" with { type: "text" };
import pagesMissingJs from "./browser/pages/missing.js" with { type: "text" };
import pagesNowJs from "./browser/pages/now.js" with { type: "text" };
import pagesRouteJs from "./browser/pages/route.js" with { type: "text" };
import pagesRoutesJs from "./browser/pages/routes.js" with { type: "text" };
import pastJs from "./browser/past.js" with { type: "text" };
import pollJs from "./browser/poll.js" with { type: "text" };
import problemJs from "./browser/problem.js" with { type: "text" };
import textsJs from "./browser/texts.js" with { type: "text" };
import textsEnAboutJs from "./browser/texts/en/about.js" with { type: "text" };
import textsEnAccessJs from "./browser/texts/en/access.js" with {
  type: "text",
};
import textsEnActionsJs from "./browser/texts/en/actions.js" with {
  type: "text",
};
import textsEnAlarmsJs from "./browser/texts/en/alarms.js" with {
  type: "text",
};
import textsEnChangeJs from "./browser/texts/en/change.js" with {
  type: "text",
};
import textsEnCommonJs from "./browser/texts/en/common.js" with {
  type: "text",
};
import textsEnFirstJs from "./browser/texts/en/first.js" with { type: "text" };
import textsEnFleetJs from "./browser/texts/en/fleet.js" with { type: "text" };
import textsEnHostJs from "./browser/texts/en/host.js" with { type: "text" };
import textsEnNowJs from "./browser/texts/en/now.js" with { type: "text" };
import textsEnPastJs from "./browser/texts/en/past.js" with { type: "text" };
import textsEnRoutesJs from "./browser/texts/en/routes.js" with {
  type: "text",
};
import textsZhAboutJs from "./browser/texts/zh/about.js" with { type: "text" };
import textsZhAccessJs from "./browser/texts/zh/access.js" with {
  type: "text",
};
import textsZhActionsJs from "./browser/texts/zh/actions.js" with {
  type: "text",
};
import textsZhAlarmsJs from "./browser/texts/zh/alarms.js" with {
  type: "text",
};
import textsZhChangeJs from "./browser/texts/zh/change.js" with {
  type: "text",
};
import textsZhCommonJs from "./browser/texts/zh/common.js" with {
  type: "text",
};
import textsZhFirstJs from "./browser/texts/zh/first.js" with { type: "text" };
import textsZhFleetJs from "./browser/texts/zh/fleet.js" with { type: "text" };
import textsZhHostJs from "./browser/texts/zh/host.js" with { type: "text" };
import textsZhNowJs from "./browser/texts/zh/now.js" with { type: "text" };
import textsZhPastJs from "./browser/texts/zh/past.js" with { type: "text" };
import textsZhRoutesJs from "./browser/texts/zh/routes.js" with {
  type: "text",
};
import timelineJs from "./browser/timeline.js" with { type: "text" };
import viewsJs from "./browser/views.js" with { type: "text" };

/** Text of each file, by its path below `browser/`. */
export const BROWSER_FILES: Readonly<Record<string, string>> = {
  "action.js": actionJs,
  "actions.js": actionsJs,
  "actions/drain.js": actionsDrainJs,
  "actions/edit.js": actionsEditJs,
  "actions/instances.js": actionsInstancesJs,
  "actions/moment.js": actionsMomentJs,
  "actions/names.js": actionsNamesJs,
  "actions/people.js": actionsPeopleJs,
  "actions/revert.js": actionsRevertJs,
  "actions/silence.js": actionsSilenceJs,
  "api.js": apiJs,
  "chart.js": chartJs,
  "clock.js": clockJs,
  "command.js": commandJs,
  "console.css": consoleCss,
  "dialog.js": dialogJs,
  "diff.js": diffJs,
  "format.js": formatJs,
  "frame.js": frameJs,
  "history.js": historyJs,
  "host_details.js": hostDetailsJs,
  "icon.svg": iconSvg,
  "keys.js": keysJs,
  "lit.js": litJs,
  "main.js": mainJs,
  "page_data.js": pageDataJs,
  "pages/about.js": pagesAboutJs,
  "pages/access.js": pagesAccessJs,
  "pages/alarms.js": pagesAlarmsJs,
  "pages/change.js": pagesChangeJs,
  "pages/changes.js": pagesChangesJs,
  "pages/first.js": pagesFirstJs,
  "pages/fleet.js": pagesFleetJs,
  "pages/host.js": pagesHostJs,
  "pages/login.js": pagesLoginJs,
  "pages/missing.js": pagesMissingJs,
  "pages/now.js": pagesNowJs,
  "pages/route.js": pagesRouteJs,
  "pages/routes.js": pagesRoutesJs,
  "past.js": pastJs,
  "poll.js": pollJs,
  "problem.js": problemJs,
  "texts.js": textsJs,
  "texts/en/about.js": textsEnAboutJs,
  "texts/en/access.js": textsEnAccessJs,
  "texts/en/actions.js": textsEnActionsJs,
  "texts/en/alarms.js": textsEnAlarmsJs,
  "texts/en/change.js": textsEnChangeJs,
  "texts/en/common.js": textsEnCommonJs,
  "texts/en/first.js": textsEnFirstJs,
  "texts/en/fleet.js": textsEnFleetJs,
  "texts/en/host.js": textsEnHostJs,
  "texts/en/now.js": textsEnNowJs,
  "texts/en/past.js": textsEnPastJs,
  "texts/en/routes.js": textsEnRoutesJs,
  "texts/zh/about.js": textsZhAboutJs,
  "texts/zh/access.js": textsZhAccessJs,
  "texts/zh/actions.js": textsZhActionsJs,
  "texts/zh/alarms.js": textsZhAlarmsJs,
  "texts/zh/change.js": textsZhChangeJs,
  "texts/zh/common.js": textsZhCommonJs,
  "texts/zh/first.js": textsZhFirstJs,
  "texts/zh/fleet.js": textsZhFleetJs,
  "texts/zh/host.js": textsZhHostJs,
  "texts/zh/now.js": textsZhNowJs,
  "texts/zh/past.js": textsZhPastJs,
  "texts/zh/routes.js": textsZhRoutesJs,
  "timeline.js": timelineJs,
  "views.js": viewsJs,
};
