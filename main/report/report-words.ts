import type { HistoryActionView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { ChainReport } from '#main/history/verify.ts'
import type { ReportData, ReportedRelease } from './report-data.ts'

/** `2026-01-15 10:00:00`, in UTC. */
export const timeText = (at: EpochMs): string => formatSeconds(at).slice(0, 19).replace('T', ' ')

export function titleOf({ header: { about }, releases, plans }: ReportData): string {
  if (about.kind === 'plan') return `Fleet plan ${plans[0]?.name ?? about.name}`
  const [first] = releases
  if (about.kind === 'rollout' && first !== undefined)
    return `${first.entry.namespace}/${first.entry.name} in ${first.entry.context}`
  return about.kind === 'rollout' ? 'A rollout' : 'What happened'
}

export const versionsText = ({ entry: { fromVersion, toVersion } }: ReportedRelease): string =>
  [fromVersion, toVersion].filter((each) => each !== undefined).join(' → ') || 'version not known'

export const tookText = ({ entry: { startedAt, endedAt } }: ReportedRelease): string =>
  endedAt === undefined ? 'not over' : humanDuration(endedAt - startedAt)

/** The most that the new version was given. */
export const reachedWeight = ({ timeline }: ReportedRelease): number =>
  Math.max(0, ...timeline.map((moment) => (moment.kind === 'weight' ? moment.actualWeight : 0)))

/** In how long it was back, of one that was aborted. */
export function backAfter({ timeline }: ReportedRelease): string | undefined {
  const aborted = timeline.find((moment) => moment.kind === 'status' && moment.status === 'Aborted')
  const back =
    aborted &&
    timeline.find(({ at, ...moment }) => at >= aborted.at && 'actualWeight' in moment && moment.actualWeight === 0)
  return aborted === undefined || back === undefined ? undefined : humanDuration(back.at - aborted.at)
}

export const actText = ({ action, name, namespace, context, sent, result }: HistoryActionView): string =>
  `${action} ${name === '' ? context : `${namespace}/${name} in ${context}`}${sent ? '' : `: ${result}`}`

export const whoText = ({ user, actor, host }: Pick<HistoryActionView, 'user' | 'actor' | 'host'>): string =>
  [user ?? actor, host === undefined ? '' : `on ${host}`].filter(Boolean).join(' ')

const recordNames = { journal: 'acts', written: 'writes' } as const

export const proofText = ({ name, head, verdict }: ChainReport): string =>
  verdict.isUnbroken
    ? `${recordNames[name]}: unbroken, ${verdict.entries} entries, head ${name}:${head.last}:${head.head}`
    : `${recordNames[name]}: broken at entry ${verdict.id}, which was ${verdict.what}`
