import { kubeconfigPaths } from '#main/cluster/kubeconfig.ts'
import { actorAs } from '#main/history/actor.ts'
import type { RecordedOwnership } from '#main/history/journal-entry.ts'
import type { CliIo } from './io.ts'
import type { Target, TargetOptions } from './targets.ts'
import { historyPathOf, tellNotKept } from './write-sink.ts'

/** Who drives a cluster, as an engine without a window knows it, in the same file as what the window did (ACT-15). */
export interface OwnershipJournal {
  /** Never fails: a history that cannot be written is told once on stderr. */
  add(recorded: Omit<RecordedOwnership, 'actor' | 'host' | 'user' | 'via'>): void
  /** What was added is stored. */
  close(): Promise<void>
}

type Io = Pick<CliIo, 'clock' | 'err' | 'dataFolder'>

export function createOwnershipJournal(
  targets: readonly Target[],
  { kubeconfig }: Pick<TargetOptions, 'kubeconfig'>,
  io: Io,
): OwnershipJournal {
  const path = historyPathOf(io.dataFolder, kubeconfigPaths(kubeconfig === undefined ? {} : { paths: kubeconfig }))
  let stored = Promise.resolve()
  const store = async (recorded: RecordedOwnership, at: number, isAround: boolean): Promise<void> => {
    if (isAround) return io.err(lineOf(recorded, at))
    // SQLite takes a while to load, and many engines never need it.
    const { appendOwnership } = await import('#main/history/journal.ts')
    const written = appendOwnership(path, recorded, at)
    if (!written.ok) tellNotKept(io, path, written.error.message)
  }
  return {
    add(recorded) {
      const target = targets.find(({ context }) => context === recorded.context)
      const at = Math.trunc(io.clock.now())
      const name = target?.whoAmI.name()
      stored = stored.then(async () =>
        store({ ...recorded, ...actorAs(await name), via: 'cli' }, at, target?.isAround === true),
      )
    },
    close: () => stored,
  }
}

/** The disk of a pod goes with it, its output does not. */
const lineOf = ({ outcome, ...recorded }: RecordedOwnership, at: number): string =>
  JSON.stringify({
    time: new Date(at).toISOString(),
    ownership: { ...recorded, result: outcome.ok ? { sent: true } : { sent: false, failure: outcome.error } },
  })
