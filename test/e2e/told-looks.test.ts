import { describe } from 'vitest'
import { lookAt, type Screen } from '#test/support/window-screens.ts'

const at = '#/history?id=record-5'
const shows = '.record-top .told-afterwards'

const screens: readonly Screen[] = [
  {
    name: 'history-told',
    scene: 'fleet',
    at,
    theme: 'system',
    shows,
    looks: [
      { width: 1440, height: 900, colorScheme: 'light' },
      { width: 1440, height: 900, colorScheme: 'dark' },
      { width: 1024, height: 700, colorScheme: 'light' },
    ],
  },
  { name: 'history-told-zh-cn', scene: 'long', at, locale: 'zh-CN', shows },
]

/** UI-HIST-4: a release that nobody saw. */
describe('what a cluster told afterwards', () => {
  lookAt(screens)
})
