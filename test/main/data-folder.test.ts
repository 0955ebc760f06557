import { expect, it } from 'vitest'
import { dataFolder, historyPath } from '#main/data-folder.ts'

it('is where Electron keeps the data of Argosy on each system', () => {
  expect(dataFolder({}, 'linux', '/home/ada')).toBe('/home/ada/.config/Argosy')
  expect(dataFolder({ XDG_CONFIG_HOME: '/conf' }, 'linux', '/home/ada')).toBe('/conf/Argosy')
  expect(dataFolder({ XDG_CONFIG_HOME: '' }, 'linux', '/home/ada')).toBe('/home/ada/.config/Argosy')
  expect(dataFolder({}, 'darwin', '/Users/ada')).toBe('/Users/ada/Library/Application Support/Argosy')
  const appData = 'C:\\Users\\ada\\AppData\\Roaming'
  expect(dataFolder({ APPDATA: appData }, 'win32', 'C:\\Users\\ada')).toBe(`${appData}\\Argosy`)
  expect(dataFolder({}, 'win32', 'C:\\Users\\ada')).toBe(`${appData}\\Argosy`)
})

it('ARGOSY_DATA overrides it everywhere', () => {
  const env = { ARGOSY_DATA: '/data', XDG_CONFIG_HOME: '/conf', APPDATA: 'C:\\x' }
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(dataFolder(env, platform, '/home/ada')).toBe('/data')
  }
})

it('holds the history file', () => {
  expect(historyPath({}, 'linux', '/home/ada')).toBe('/home/ada/.config/Argosy/history.db')
  expect(historyPath({ APPDATA: 'C:\\x' }, 'win32', 'C:\\Users\\ada')).toBe('C:\\x\\Argosy\\history.db')
})
