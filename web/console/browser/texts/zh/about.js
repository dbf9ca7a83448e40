/** Texts of the page About alone, in Simplified Chinese. */
export default {
  "about.api": "API 的 OpenAPI 文档",
  "about.keyBack": "返回",
  "about.keyOpen": "打开",
  "about.keyRows": "下一行、上一行",
  "about.keySearch": "搜索",
  "about.keys": "按键",
  "about.libraries": "使用的库",
  "nav.about": "关于",
};
