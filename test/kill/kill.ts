import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { silentLog } from '#lib/log.ts'
import { objectAt, recordedObjects } from '#main/history/objects/object-reader.ts'
import { openHistory } from '#main/history/store.ts'
import { systemClock } from '#main/system-clock.ts'

export interface Killed {
  /** Up to here it had said that all is in the file. */
  readonly said: number
  /** The newest number that is in the file. */
  readonly found: number
  /** What opening the file told, such as that it was damaged. */
  readonly notices: readonly string[]
}

/** Lets the recording run for some ms after its first word, kills it as `kill -9` does, and looks at what it has left. */
export async function killRecording(path: string, first: number, afterMs: number): Promise<Killed> {
  const child = spawn(process.execPath, ['test/kill/recording.ts', path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = first
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    said = Number(line)
  })
  const exited = once(child, 'exit')
  await once(lines, 'line')
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await exited
  const history = openHistory({ path, clock: systemClock, log: silentLog })
  const numbers = recordedObjects(history, { context: 'harbor', kind: 'rollouts' }).map(({ id }) => {
    const object = objectAt(history, id, systemClock.now()) as
      | { readonly status?: { readonly number?: number } }
      | undefined
    return object?.status?.number ?? -1
  })
  const notices = history.notices.map(({ id }) => id)
  history.close()
  return { said, found: Math.max(-1, ...numbers), notices }
}
