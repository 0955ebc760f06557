import type { Notice } from '#contract/views.ts'
import type { DatabaseFailure } from './database.ts'
import type { Salvaged } from './salvage.ts'

/** What was wrong with it, where it is now, and what of it is in the new one; `isGoingOn`: more is being read. */
export function movedAside(path: string, { why, aside, salvaged, isGoingOn }: Damage): Notice {
  const places = salvaged?.unreadable === 1 ? '1 place' : `${salvaged?.unreadable ?? 0} places`
  const soFar = salvaged && `${salvaged.rows} entries of it are in the new one; ${places} could not be read.`
  const back = soFar ?? 'Nothing of it could be read.'
  const more = isGoingOn ? ' The rest is being read.' : ''
  return {
    id: 'history.damaged',
    severity: 'warning',
    title: 'The history file was damaged',
    detail: `${path} could not be read as a history: ${why}. It was moved, unchanged, to ${aside}, and a new one was begun. ${back}${more}`,
  }
}

export interface Damage {
  readonly why: string
  readonly aside: string
  /** Absent: not even its list of tables could be read. */
  readonly salvaged: Salvaged | undefined
  readonly isGoingOn: boolean
}

export function notUsable(path: string, problem: DatabaseFailure): Notice {
  const why = problem.kind === 'Newer' ? `It was written by a later Argosy. ${problem.message}` : problem.message
  const until =
    problem.kind === 'NotWritable'
      ? 'What happens now is kept in memory and moved there once that works again. Free some space, or check the rights of that file.'
      : 'What happens now can be read until Argosy ends.'
  return {
    id: 'history.memory',
    severity: 'warning',
    title: 'History is kept in memory only',
    detail: `${path} cannot be used: ${why}. It was left as it is. ${until}`,
  }
}

export const movedToFile = (path: string): Notice => ({
  id: 'history.memory',
  severity: 'info',
  title: 'History is being written again',
  detail: `What was kept in memory is in ${path} now.`,
})

export const notWritten = (path: string, problem: DatabaseFailure, queueMax: number): Notice => ({
  id: 'history.unwritten',
  severity: 'warning',
  title: 'History cannot be written',
  detail: `${path}: ${problem.message}. Free some space, or check the rights of that file. Up to ${queueMax} entries wait in memory and are written once that works again; what was stored before can be read.`,
})

export const writtenAgain = (dropped: number): Notice => ({
  id: 'history.unwritten',
  severity: 'info',
  title: 'History is being written again',
  detail: dropped === 0 ? 'Nothing was lost.' : `${dropped} entries did not fit and are lost.`,
})
