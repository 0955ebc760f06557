import {
  type FiguresView,
  failureKinds,
  type SpanView,
  type StatisticsView,
  type TroubleView,
} from '#contract/statistics-views.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { History } from '#main/history/store.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { oneLine, shorten, versionsOf } from './history-words.ts'
import { type CliIo, UsageError } from './io.ts'
import { foundOr } from './search-problem.ts'
import { shownDuration } from './shown-age.ts'
import { type Cell, formatTable } from './text-table.ts'

export interface StatisticsOptions {
  readonly app?: string
  readonly namespace?: string
  readonly context?: readonly string[]
  readonly filter?: string
  readonly since: string
  readonly output?: 'json'
}

const dayMs = 86_400_000
/** By weeks where days would be too many lines. */
const daysMax = 31

/** `7d`, `2w`, `36h`: so long before now. */
export function spanMsOf(text: string): number {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
  if (unit === undefined || Number(count) === 0)
    throw new UsageError(`invalid --since "${text}": 24h, 30d or 12w is expected`)
  return Number(count) * { h: 3_600_000, d: dayMs, w: 7 * dayMs }[unit as 'h' | 'd' | 'w']
}

async function read(
  history: History,
  options: StatisticsOptions,
  troubles: number,
  io: CliIo,
): Promise<StatisticsView> {
  const { statisticsOf } = await import('#main/history/statistics/statistics.ts')
  const { app: name, namespace, context: contexts, filter } = options
  const spanMs = spanMsOf(options.since)
  const now = io.clock.now()
  const bucket = spanMs > daysMax * dayMs ? 'week' : 'day'
  const query = { filter, name, namespace, contexts, since: Math.max(0, now - spanMs), bucket, troubles } as const
  return foundOr(await statisticsOf(history, query, now, async () => undefined))
}

/** `argosy history stats` */
export async function showStatistics(history: History, options: StatisticsOptions, io: CliIo): Promise<ExitCode> {
  const told = await read(history, options, 100, io)
  if (options.output === 'json') io.out(JSON.stringify(told, undefined, 2))
  else if (told.all.ended + told.all.returns + told.all.deleted + told.all.underWay === 0)
    io.err(`No recorded rollout has ended since ${formatSeconds(told.since)}.`)
  else for (const line of statisticsLines(told, io)) io.out(line)
  return exitCodes.ok
}

function statisticsLines({ since, all, apps, clusters }: StatisticsView, { colours }: CliIo): readonly string[] {
  const beside = [
    ...(all.underWay > 0 ? [`${all.underWay} under way`] : []),
    ...(all.returns > 0 ? [`${all.returns} back to a former version`] : []),
    ...(all.deleted > 0 ? [`${all.deleted} deleted`] : []),
    ...(all.unseen > 0 ? [`the end of ${all.unseen} not seen, so in no time`] : []),
  ]
  const facts = [
    ['Since:', formatSeconds(since)],
    ['Ended:', `${all.ended}, ${all.completed} completed`],
    ['Failed:', failedText(all)],
    ['Lead time:', `${spanText(all.lead)}; everywhere ${spanText(all.leadEverywhere)}`],
    ['Time to restore:', spanText(all.restore) + (all.notRestored > 0 ? `; ${all.notRestored} not restored yet` : '')],
    ['Took, completed:', spanText(all.durations.Completed)],
    ['Took, aborted:', spanText(all.durations.Aborted)],
    ['Beside these:', beside.join('; ')],
  ].filter(([, text]) => text !== '')
  return [
    ...formatTable(
      facts.map((row) => row.map((text) => [{ text }])),
      colours,
    ),
    '',
    ...groupLines(
      'APP',
      apps.map((each) => [`${each.namespace}/${each.name}`, each]),
      colours,
    ),
    '',
    ...groupLines(
      'CONTEXT',
      clusters.map((each) => [each.context, each]),
      colours,
    ),
  ]
}

const failedText = ({ ended, failed, failures }: FiguresView): string => {
  const rate = ended < rateFrom ? '' : ` (${Math.round((failed / ended) * 100)}%)`
  const kinds = failureKinds.flatMap((kind) => (failures[kind] > 0 ? [`${failures[kind]} ${kindText[kind]}`] : []))
  return `${failed} of ${ended}${rate}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}`
}

/** Of fewer no rate is told. */
const rateFrom = 5

const kindText = {
  aborted: 'aborted',
  rolledBack: 'rolled back',
  returned: 'taken back after completion',
  degraded: 'degraded',
} as const

function spanText({ count, medianMs, p90Ms }: SpanView): string {
  if (count === 0) return 'none'
  if (medianMs === undefined) return `too few (${count})`
  const late = p90Ms === undefined ? '' : `, 9 in 10 within ${shownDuration(p90Ms)}`
  return `median ${shownDuration(medianMs)} of ${count}${late}`
}

const medianText = ({ medianMs, count }: SpanView): string =>
  medianMs === undefined ? (count === 0 ? '' : `(${count})`) : shownDuration(medianMs)

const heads = ['ENDED', 'FAILED', 'LEAD', 'RESTORE', 'TOOK']

/** Times are medians; in brackets of how many, where that is too few. */
function groupLines(
  head: string,
  groups: readonly (readonly [string, FiguresView])[],
  colours: boolean,
): readonly string[] {
  const rows = groups.map(([name, { ended, failed, lead, restore, durations }]): readonly (readonly Cell[])[] => [
    [{ text: oneLine(name) }],
    [{ text: String(ended) }],
    [{ text: String(failed), ...(failed > 0 && { colour: 'red' as const }) }],
    ...[lead, restore, durations.Completed].map((span) => [{ text: medianText(span) }]),
  ])
  return formatTable([[head, ...heads].map((text) => [{ text }]), ...rows], colours)
}

/** `argosy history rollbacks` */
export async function showRollbacks(
  history: History,
  options: StatisticsOptions,
  last: number,
  io: CliIo,
): Promise<ExitCode> {
  const { troubles } = await read(history, options, last, io)
  if (options.output === 'json') io.out(JSON.stringify(troubles, undefined, 2))
  else if (troubles.length === 0) io.err('No recorded rollout has failed in this time.')
  else for (const line of troubleLines(troubles, io)) io.out(line)
  return exitCodes.ok
}

const troubleHeads = ['FAILED', 'APP', 'CONTEXT', 'VERSIONS', 'HOW', 'BY', 'RESTORED', 'WHY', 'ID']

function troubleLines(troubles: readonly TroubleView[], { colours }: CliIo): readonly string[] {
  const rows = troubles.map((each): readonly (readonly Cell[])[] => [
    [{ text: formatSeconds(each.failedAt) }],
    [{ text: oneLine(`${each.namespace}/${each.name}`) }],
    [{ text: oneLine(each.context) }],
    [{ text: oneLine(versionsOf(each)) }],
    [{ text: kindText[each.kind], colour: 'red' }],
    [{ text: oneLine(each.actor ?? '') }],
    [{ text: each.restoredAt === undefined ? 'not yet' : `after ${shownDuration(each.restoredAt - each.failedAt)}` }],
    [{ text: shorten(oneLine(whyOf(each))) }],
    [{ text: each.id, colour: 'dim' }],
  ])
  return formatTable([troubleHeads.map((text) => [{ text }]), ...rows], colours)
}

/** The metrics first: a reason may be long, and not name them. */
const whyOf = ({ metrics, reason = '' }: TroubleView): string => {
  const unnamed = metrics.filter((metric) => !reason.includes(metric))
  return [...(unnamed.length > 0 ? [`${unnamed.join(', ')} failed`] : []), ...(reason === '' ? [] : [reason])].join(
    '; ',
  )
}
