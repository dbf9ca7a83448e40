/** Texts of the head of pages of the past, in Simplified Chinese. */
export default {
  "kept.change": "变更与当时所做的一样。",
  "kept.changes": "截至当时的变更。",
  "kept.route":
    "调用是之前一分钟的；超过三小时的，主机为十分钟的平均值，保留一周。调用方如何看待主机、进行中的调用和注册不保留。名称是现在的。",
  "past.ago": "（{age}前）",
  "past.asOf": "当时的状态：",
  "past.back": "回到现在",
  "past.dayEarlier": "早一天",
  "past.hourEarlier": "早一小时",
  "past.hourLater": "晚一小时",
  "past.other": "其他时间……",
};
