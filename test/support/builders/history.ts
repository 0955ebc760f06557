import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { silentLog } from '#lib/log.ts'
import { type History, type HistoryOptions, openHistory } from '#main/history/store.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** The path of a history file that is not there yet, in a folder that goes away with the test. */
export function aHistoryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-history-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'history.db')
}

/** An open history in a folder of its own, closed with the test. */
export function aHistory(options: Partial<HistoryOptions> = {}): History {
  const history = openHistory({ path: aHistoryPath(), clock: new VirtualClock(), log: silentLog, ...options })
  onTestFinished(() => history.close())
  return history
}
