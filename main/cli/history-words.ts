import type { HistoryEntryView, HistoryOutcome } from '#contract/views.ts'
import type { Cell, Colour } from './text-table.ts'

const colours: Readonly<Record<HistoryOutcome, Colour>> = {
  Completed: 'green',
  Aborted: 'red',
  RolledBack: 'yellow',
  Superseded: 'dim',
  Deleted: 'dim',
  Running: 'brightBlue',
}

export const outcomeCell = ({ outcome }: HistoryEntryView): Cell => ({ text: outcome, colour: colours[outcome] })

export const versionsOf = ({ fromVersion, toVersion }: Pick<HistoryEntryView, 'fromVersion' | 'toVersion'>): string =>
  [fromVersion, toVersion].filter((each) => each !== undefined).join(' → ')

const reasonLengthMax = 60

export const shorten = (text: string): string =>
  text.length <= reasonLengthMax ? text : `${text.slice(0, reasonLengthMax - 1)}…`

/** Texts from clusters and people must not move the cursor. */
export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

/** `ada@corp (ada on laptop)`: what the cluster calls them, and the account and machine that it was done from. */
export function byWhom(user: string | undefined, account: string, host: string | undefined): string {
  const place = host === undefined ? account : `${account} on ${host}`
  return user === undefined ? place : `${user} (${place})`
}
