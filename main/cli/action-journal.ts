import { kubeconfigPaths } from '#main/cluster/kubeconfig.ts'
import { actorAs } from '#main/history/actor.ts'
import { appendAction } from '#main/history/journal.ts'
import type { ActionTarget, RecordedAction } from '#main/history/journal-entry.ts'
import type { CliIo } from './io.ts'
import { historyPathOf, tellNotKept } from './write-sink.ts'

/** What the command line did, in the same file as what the window did (ACT-15). */
export interface ActionJournal {
  /** Never fails: a history that cannot be written is told once on stderr, and the action stands. */
  add(target: ActionTarget, action: ActionDone, user: string | undefined): void
}

/** Without who did it. */
export type ActionDone = Omit<RecordedAction, 'actor' | 'host' | 'user' | 'reason' | 'via'>

interface JournalOptions {
  readonly dataFolder: string
  readonly reason: string
  /** As given on the command line. */
  readonly kubeconfig: readonly string[] | undefined
}

export function createActionJournal({ dataFolder, reason, kubeconfig }: JournalOptions, io: CliIo): ActionJournal {
  const paths = kubeconfigPaths(kubeconfig === undefined ? {} : { paths: kubeconfig })
  const path = historyPathOf(dataFolder, paths)
  return {
    add(target, action, user) {
      const recorded = { ...action, ...actorAs(user), reason, via: 'cli' } as const
      const written = appendAction(path, target, recorded, Math.trunc(io.clock.now()))
      if (!written.ok) tellNotKept(io, path, written.error.message)
    },
  }
}
