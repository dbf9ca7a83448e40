/** Texts of the page Fleet alone, in English. */
export default {
  "column.agents": "Agents",
  "column.instances": "Instances",
  "column.kind": "Kind",
  "column.lastWord": "Last word",
  "column.reporter": "Reporter",
  "column.service": "Service",
  "fleet.allHeard": {
    one: "{n} agent, heard lately",
    other: "{n} agents, all heard lately",
  },
  "fleet.gone": {
    one: "{n} silent machine is gone …",
    other: "{n} silent machines are gone …",
  },
  "fleet.goneOne": "{name} is gone …",
  "fleet.heard": "heard",
  "fleet.help":
    "Agents of this version tell their reporter; those of the original system are not listed.",
  "fleet.leases": "Machines that register hosts",
  "fleet.members": "Services that they are connected to",
  "fleet.none": "No agent has told a reporter of itself.",
  "fleet.routesOut": {
    one: "holds a host of {n} route out",
    other: "holds hosts of {n} routes out",
  },
  "fleet.silent": "silent",
  "kept.fleet":
    "Of an agent only its last word is kept: these had been silent then, and have been since. Other agents, leases and services of then are not kept.",
  "past.noneSilent": "No agent is known to have been silent then.",
  "past.silent": {
    one: "{n} agent was silent, and has been since",
    other: "{n} agents were silent, and have been since",
  },
};
