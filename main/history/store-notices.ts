import type { Notice } from '#contract/views.ts'
import type { DatabaseFailure } from './database.ts'

export const movedAside = (path: string, aside: string): Notice => ({
  id: 'history.damaged',
  severity: 'warning',
  title: 'The history file was damaged',
  detail: `${path} could not be read as a history. It was moved, unchanged, to ${aside}, and a new one was begun.`,
})

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
