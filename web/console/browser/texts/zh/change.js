/** Texts of the page Change alone, in Simplified Chinese. */
export default {
  "change.action": "操作",
  "change.request": "请求",
  "change.ticket": "工单",
  "change.title": "变更 {id}",
  "change.when": "时间",
  "past.before": "变更前的路由",
  "past.everything": "变更前的一切",
};
