/** Texts of the page Fleet alone, in Simplified Chinese. */
export default {
  "column.agents": "代理数",
  "column.instances": "实例",
  "column.kind": "类型",
  "column.lastWord": "最近消息",
  "column.reporter": "上报服务",
  "column.service": "服务",
  "fleet.allHeard": "{n} 个代理，近期都有消息",
  "fleet.gone": "{n} 台失联机器已不存在……",
  "fleet.goneOne": "{name} 已不存在……",
  "fleet.heard": "有消息",
  "fleet.help": "此版本的代理会向上报服务报到；原系统的代理不在此列。",
  "fleet.leases": "注册主机的机器",
  "fleet.members": "它们所连接的服务",
  "fleet.none": "还没有代理向上报服务报到。",
  "fleet.routesOut": "摘除了 {n} 条路由的主机",
  "fleet.silent": "失联",
  "kept.fleet":
    "对每个代理只保留其最后一次消息：下列代理当时已失联，此后一直失联。当时的其他代理、租约和服务不保留。",
  "past.noneSilent": "没有已知当时失联的代理。",
  "past.silent": {
    one: "{n} 个代理当时失联，此后一直失联",
    other: "{n} 个代理当时失联，此后一直失联",
  },
};
