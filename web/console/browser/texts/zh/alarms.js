/** Texts of the page Alarms alone, in Simplified Chinese. */
export default {
  "alarms.ended": "已结束",
  "alarms.firing": "触发中",
  "alarms.none": "没有告警",
  "alarms.over": "最近结束",
  "alarms.rules": "规则",
  "alarms.silence": "静默",
  "alarms.silenced": "被 {who} 静默至",
  "alarms.test": "发送测试……",
  "alarms.toNoOne": "未发送",
  "alarms.unsilence": "结束静默",
  "alarms.unwatched":
    "还没有上报服务在此存储中检查告警：在 reporter.conf 的 [alarms] 中开启。",
  "column.alarm": "告警",
  "column.sent": "发送",
  "kept.alarms":
    "已结束的告警保留一天，每个告警只保留最后一次触发；当时的静默不保留。",
};
