/** Texts of the page First alone, in Simplified Chinese. */
export default {
  "first.help": "此链接只能使用一次。第一个用户拥有全部权限。",
  "first.submit": "创建用户",
  "first.title": "第一个用户",
};
