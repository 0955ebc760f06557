import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kubeconfigPaths } from '#main/cluster/kubeconfig.ts'
import { historyFiles } from '#main/data-folder.ts'
import { localActor } from '#main/history/actor.ts'
import { appendAction } from '#main/history/journal.ts'
import type { ActionTarget, RecordedAction } from '#main/history/journal-entry.ts'
import { kubeconfigMark } from '#main/sandbox/fleet-kubeconfig.ts'
import type { CliIo } from './io.ts'

/** What the command line did, in the same file as what the window did (ACT-15). */
export interface ActionJournal {
  /** Never fails: a history that cannot be written is told once on stderr, and the action stands. */
  add(target: ActionTarget, action: Omit<RecordedAction, 'actor' | 'reason' | 'via'>): void
}

interface JournalOptions {
  readonly dataFolder: string
  readonly reason: string
  /** As given on the command line. */
  readonly kubeconfig: readonly string[] | undefined
}

export function createActionJournal({ dataFolder, reason, kubeconfig }: JournalOptions, io: CliIo): ActionJournal {
  const paths = kubeconfigPaths(kubeconfig === undefined ? {} : { paths: kubeconfig })
  const path = join(dataFolder, paths.every(isOfSandbox) ? historyFiles.sandbox : historyFiles.clusters)
  let isTold = false
  return {
    add(target, action) {
      const recorded = { ...action, actor: localActor(), reason, via: 'cli' } as const
      const written = appendAction(path, target, recorded, Math.trunc(io.clock.now()))
      if (written.ok || isTold) return
      isTold = true
      io.err(`argosy: not kept in the history: ${path}: ${written.error.message}`)
    },
  }
}

/** What is done to the sandbox must never be taken for what happened to somebody's clusters. */
function isOfSandbox(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').startsWith(kubeconfigMark)
  } catch {
    // Not there or not readable: whoever reads it for its contexts says so.
    return false
  }
}
