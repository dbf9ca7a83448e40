/** Texts of the page Routes alone, in Simplified Chinese. */
export default {
  "column.hosts": "使用中的主机",
  "column.lastChange": "最近变更",
  "edit.new": "添加路由",
  "kept.routes":
    "调用是之前一分钟的；超过两天的是一小时的平均值。调用方摘除了哪些主机不保留。名称是现在的。",
  "past.unknown": {
    one: "略去 {n} 条路由：其后的某次变更不在记录中，当时的状态未知。",
    other: "略去 {n} 条路由：其后的某些变更不在记录中，当时的状态未知。",
  },
  "routes.all": "共 {n} 条路由",
  "routes.drained": "{n} 台已排空",
  "routes.inUse": "{inUse} / {hosts}",
  "routes.none": "没有符合的路由。",
  "routes.ofAgent": "某个代理摘除了其主机的路由。",
  "routes.search": "名称、编号、IP 或区域",
  "routes.sort": "排序",
  "routes.state": "筛选",
  "sortFilter.any": "按编号",
  "sortFilter.calls": "调用最多在前",
  "sortFilter.failing": "失败最多在前",
  "sortFilter.hosts": "主机最多在前",
  "stateFilter.any": "全部路由",
  "stateFilter.drained": "有主机排空",
  "stateFilter.failing": "有调用失败",
  "stateFilter.out": "有主机被摘除",
  "stateFilter.quiet": "没有调用",
};
