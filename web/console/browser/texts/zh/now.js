/** Texts of the page Now alone, in Simplified Chinese. */
export default {
  "banner.dataOld": "没有新的调用上报，自",
  "banner.storeAway": "存储已无法读取 {age}：路由和数字停在那时",
  "banner.zones": "，都在区域 {zones}",
  "kept.now":
    "问题按之前一分钟失败的调用判断；超过两天的按一小时的平均值。调用方摘除了哪些主机、哪些代理失联，不保留。",
  "now.callers": "{n} 个调用方",
  "now.calm": "没有问题",
  "now.changeBefore": "之前最近的变更：",
  "now.changes": "最近的变更",
  "now.failing": "每秒 {rate} 次调用中 {share} 失败",
  "now.hostsOut": "{hosts} 台主机中 {out} 台被摘除",
  "now.noCalls": "现在没有上报的调用",
  "now.noChangeBefore": "在此之前该路由没有已知的变更。",
  "now.noData": "无数据：还没有代理上报调用",
  "now.noHosts": "该路由没有主机",
  "now.problems": "{n} 个问题",
  "now.usual": "平时 {share}",
  "past.events": "此前一小时的主机事件",
};
