/** Texts of the page Alarms alone, in English. */
export default {
  "alarms.ended": "ended",
  "alarms.firing": "fires",
  "alarms.none": "No alarm fires",
  "alarms.over": "Over lately",
  "alarms.rules": "Rules",
  "alarms.silence": "Silence",
  "alarms.silenced": "silenced by {who} until",
  "alarms.test": "Send a test …",
  "alarms.toNoOne": "to no one",
  "alarms.unsilence": "End silence",
  "alarms.unwatched":
    "No reporter has looked for alarms in this store: [alarms] of reporter.conf turns them on.",
  "column.alarm": "Alarm",
  "column.sent": "Sent",
  "kept.alarms":
    "An alarm that is over is kept for a day, and of each only the last time that it fired; silences of then are not.",
};
