import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WriteSink } from '#main/cluster/recorded-client.ts'
import { historyFiles } from '#main/data-folder.ts'
import type { createWriteRecord, WriteRecord } from '#main/history/write-record.ts'
import { kubeconfigMark } from '#main/sandbox/fleet-kubeconfig.ts'
import type { CliIo } from './io.ts'

/** Keeps what a command writes to a cluster, in the same file as what the window writes (ACT-15). */
export interface CliWriteSink {
  readonly onWrite: WriteSink
  readonly onClose: () => void
}

interface SinkOptions {
  /** The files whose contexts are written to. */
  readonly kubeconfigs: readonly string[]
  /** The disk of a pod goes with it, its output does not: there the record is a JSON line on stderr for each write. */
  readonly isAround: boolean
}

type Io = Pick<CliIo, 'clock' | 'err' | 'dataFolder'>

/** Nothing is opened before the first write. A record that cannot be kept is told once, and the write stands. */
export function createWriteSink(options: SinkOptions, io: Io): CliWriteSink {
  let opened: Promise<Opened> | undefined
  let close = (): void => undefined
  const open = async (): Promise<Opened> => {
    const made = await openRecord(options, io)
    close = made.close
    return made
  }
  return {
    onWrite: async (write) => {
      opened ??= open()
      const { record } = await opened
      record?.add(write)
    },
    onClose: () => close(),
  }
}

interface Opened {
  readonly record: WriteRecord | undefined
  readonly close: () => void
}

async function openRecord({ kubeconfigs, isAround }: SinkOptions, io: Io): Promise<Opened> {
  const { createWriteRecord } = await import('#main/history/write-record.ts')
  const { clock } = io
  if (isAround) {
    const record = createWriteRecord({ history: lines(io), clock, via: 'cli' })
    return { record, close: () => record.stop() }
  }
  const { appendHistory } = await import('#main/history/store.ts')
  const { silentLog } = await import('#lib/log.ts')
  const path = historyPathOf(io.dataFolder, kubeconfigs)
  const history = appendHistory({ path, clock, log: silentLog })
  if (!history.ok) {
    tellNotKept(io, path, history.error.message)
    return { record: undefined, close: () => undefined }
  }
  history.value.onNotice(({ title, detail }) => io.err(`argosy: ${title}: ${detail}`))
  const record = createWriteRecord({ history: history.value, clock, via: 'cli' })
  return {
    record,
    close: () => {
      record.stop()
      history.value.close()
    },
  }
}

const lines = ({ err }: Io): Parameters<typeof createWriteRecord>[0]['history'] => ({
  all: () => [],
  add: (rows) => {
    for (const row of rows)
      if (row.table === 'written') err(`{"time":"${new Date(row.at).toISOString()}","written":${row.body}}`)
  },
})

const toldOf = new WeakMap<object, Set<string>>()

/** Once for each file; the action stands. */
export function tellNotKept(io: Pick<CliIo, 'err'>, path: string, why: string): void {
  const told = toldOf.get(io) ?? new Set()
  toldOf.set(io, told)
  if (!told.has(path)) io.err(`argosy: not kept in the history: ${path}: ${why}`)
  told.add(path)
}

/** What is done to the sandbox must never be taken for what happened to somebody's clusters. */
export const historyPathOf = (folder: string, kubeconfigs: readonly string[]): string =>
  join(folder, kubeconfigs.every(isOfSandbox) ? historyFiles.sandbox : historyFiles.clusters)

export function isOfSandbox(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').startsWith(kubeconfigMark)
  } catch {
    // Not there or not readable: whoever reads it for its contexts says so.
    return false
  }
}
