/** Words about the desktop around the window. */
export const desktopEn = {
  'notify.label': 'Notifications on this desktop',
  'notify.on': 'Notifications on this desktop: on',
  'notify.off': 'Notifications on this desktop: off',
} as const
