import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where Electron keeps the data of an application of this name, so that the window and the command line share one history. */
export function dataFolder(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const chosen = env['ARGOSY_DATA']
  if (chosen !== undefined && chosen !== '') return chosen
  if (platform === 'win32') return win32.join(env['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), 'Argosy')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Argosy')
  return posix.join(env['XDG_CONFIG_HOME'] || posix.join(home, '.config'), 'Argosy')
}

/** The history files of that folder: what happened to somebody's clusters, and what the sandbox did. */
export const historyFiles = { clusters: 'history.db', sandbox: 'history-sandbox.db' } as const

/** The history file of somebody's clusters. */
export const historyPath = (env?: Environment, platform: NodeJS.Platform = process.platform, home?: string): string =>
  (platform === 'win32' ? win32 : posix).join(dataFolder(env, platform, home), historyFiles.clusters)
