/** Texts of the page Host alone, in Simplified Chinese. */
export default {
  "drain.everywhere": "在所有路由中排空",
  "host.none": "没有路由使用该主机。",
  "host.routes": "路由",
  "instance.removeDo": "永久移除",
  "instance.removeLabel": "永久移除：{route} 的 {host}",
  "instance.title": "注册信息",
  "kept.host":
    "调用是之前一分钟的；超过三小时的是十分钟的平均值，保留一周。调用方如何看待主机、进行中的调用和注册不保留。",
};
