export const desktopZhCN = {
  'notify.label': '桌面通知',
  'notify.on': '桌面通知：开',
  'notify.off': '桌面通知：关',
}
